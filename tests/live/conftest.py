from contextlib import ExitStack
from uuid import uuid4

import pytest

from tests.live.ends import Hub, Link, WebHub, WorkerLink
from tests.redis_server import RedisServer


@pytest.fixture
def ends(tmp_path):
    """`ends.hub()` and `ends.link()` make started ends on the same folder; all are stopped afterwards."""
    with ExitStack() as stack:
        yield Ends(tmp_path, stack)


@pytest.fixture(scope="session")
def redis(tmp_path_factory):
    with RedisServer(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def redis_ends(redis):
    """As `ends`, on a Redis in a space of its own."""
    with ExitStack() as stack:
        yield RedisEnds(redis, stack)


@pytest.fixture(params=["local", "redis"])
def either_ends(request):
    return request.getfixturevalue("ends_of_" + request.param)


@pytest.fixture
def ends_of_local(tmp_path):
    with ExitStack() as stack:
        yield Ends(tmp_path, stack)


@pytest.fixture
def ends_of_redis(redis_ends):
    return redis_ends


class RedisEnds:
    def __init__(self, server, stack):
        self.server = server
        self._stack = stack
        self._space = str(uuid4())

    def hub(self, name="web", space=None, url=None) -> WebHub:
        return self._started(WebHub(url or self.server.url, space or self._space, name))

    def link(self, *backends, url=None) -> WorkerLink:
        return self._started(WorkerLink(url or self.server.url, self._space, backends))

    def _started(self, end):
        end.start()
        self._stack.callback(end.stop)
        return end


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
