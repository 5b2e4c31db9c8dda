"""What this server says of itself, above all whether it is the demo."""

import pytest

from artbot_server.config import Settings
from artbot_server.llm.demo.engine import DemoEngine
from artbot_server.storage.backends import KnownBackend
from artbot_server.web.server_record import server_record

REAL = ("http://127.0.0.1:7860",)


def known(name, *, demo, up=True):
    return KnownBackend(name=name, kind="demo" if demo else "automatic1111", demo=demo, up=up, abilities=None)


def record(backends=(), workers=1, **settings):
    return server_record(Settings(**settings), DemoEngine(), list(backends), workers)


@pytest.mark.parametrize(
    ("settings", "backends", "demo"),
    [
        ({}, [], True),
        ({}, [known("demo", demo=True)], True),
        # A row that an earlier start with a real painter left behind says nothing of this one.
        ({}, [known("sd:7860", demo=False)], True),
        ({"sd_urls": REAL}, [], False),
        ({"sd_urls": REAL}, [known("demo", demo=True)], False),
        ({"sd_urls": (*REAL, "demo:")}, [], False),
        ({"worker": "none"}, [], True),
        ({"worker": "none"}, [known("sd:7860", demo=False)], False),
        ({"worker": "none"}, [known("demo", demo=True), known("sd:7860", demo=False, up=False)], True),
    ],
)
def test_whether_the_painter_is_the_demo_one(settings, backends, demo):
    assert record(backends, **settings)["demo"] == {"engine": True, "backend": demo}


def test_painters_are_listed_also_when_they_are_down():
    told = record([known("a", demo=False), known("b", demo=False, up=False)])["backends"]
    assert [(backend["name"], backend["up"]) for backend in told] == [("a", True), ("b", False)]


def test_the_rest():
    told = record(workers=0, queue_limit=7, chat_limit=3)
    assert told["worker"] is False
    assert told["engine"] == {"name": "demo", "models": []}
    assert (told["limits"]["queue"], told["limits"]["chat_per_minute"]) == (7, 3)
    assert (told["limits"]["batch"], told["limits"]["times"]) == (200, 30)
    assert record(workers=2)["worker"] is True


def test_whether_batches_are_saved(tmp_path):
    assert record()["saves"] is False
    assert record(save_dir=tmp_path)["saves"] is True
