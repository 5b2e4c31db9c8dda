from contextlib import ExitStack

import pytest

from tests.live.ends import Hub, Link


@pytest.fixture
def ends(tmp_path):
    """`ends.hub()` and `ends.link()` make started ends on the same folder; all are stopped afterwards."""
    with ExitStack() as stack:
        yield Ends(tmp_path, stack)


class Ends:
    def __init__(self, folder, stack):
        self.folder = folder
        self._stack = stack

    def hub(self) -> Hub:
        return self._started(Hub(self.folder))

    def link(self, *backends) -> Link:
        return self._started(Link(self.folder, backends))

    def _started(self, end):
        end.start()
        self._stack.callback(end.stop)
        return end
