"""A fake web UI, and a backend that looks at it twenty times a second."""

from pathlib import Path

import pytest

from artbot_server.sd.automatic1111 import Automatic1111
from tests.sd.fake_automatic1111 import FakeAutomatic1111

ROOT = Path(__file__).parents[3]
RECORDINGS = next(
    (path for parent in ROOT.parents if (path := parent / "shared" / "recordings") / "a1111" in path.glob("*")), None
)
"""Recorded calls, where they lie beside the checkout."""

collect_ignore = [] if RECORDINGS else ["test_recordings.py", "test_recordings_of_fake.py"]


@pytest.fixture
def fake():
    with FakeAutomatic1111() as fake:
        yield fake


@pytest.fixture
def backend(fake):
    return Automatic1111(url=fake.url, poll_s=0.03)
