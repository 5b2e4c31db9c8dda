from pathlib import Path

import pytest

from artbot_server import __version__
from artbot_server.config import load_settings
from artbot_server.sd.base import Abilities
from artbot_server.storage.backends import KnownBackend
from artbot_server.web.server_record import server_record
from tests.chat.scripted_engine import ScriptedEngine


def known(name="studio", *, demo=False, up=True):
    return KnownBackend(name=name, kind="scripted", demo=demo, up=up, abilities=Abilities())


def record(*backends, workers=1, **environ):
    return server_record(load_settings(environ, Path("/nowhere/.env")), ScriptedEngine(), backends, workers)


def test_it_tells_what_there_is():
    found = record(known(), known("attic", up=False), ARTBOT_QUEUE_LIMIT="7", ARTBOT_CHAT_LIMIT="3")
    assert found["version"] == __version__
    assert found["engine"] == {"name": "scripted", "models": []}
    assert found["backends"] == [
        {"name": "studio", "kind": "scripted", "demo": False, "up": True},
        {"name": "attic", "kind": "scripted", "demo": False, "up": False},
    ]
    assert (found["limits"]["queue"], found["limits"]["chat_per_minute"]) == (7, 3)
    assert set(found["limits"]) == {"text_chars", "image_bytes", "upload_bytes", "queue", "chat_per_minute"}


@pytest.mark.parametrize(("workers", "there"), [(0, False), (1, True), (3, True)])
def test_whether_a_worker_runs(workers, there):
    assert record(workers=workers)["worker"] is there


@pytest.mark.parametrize(
    ("urls", "backends", "demo"),
    [
        ("", [], True),
        ("demo:", [], True),
        ("http://a:7860", [], False),
        ("http://a:7860, demo:", [], False),
        ("", [known()], True),  # an earlier start's
        ("http://a:7860", [known(demo=True)], False),
    ],
)
def test_with_a_worker_of_our_own_the_settings_say_whether_it_is_the_demo(urls, backends, demo):
    assert record(*backends, ARTBOT_SD_URL=urls)["demo"] == {"engine": False, "backend": demo}


@pytest.mark.parametrize(
    ("backends", "demo"),
    [
        ([], True),
        ([known()], False),
        ([known(demo=True)], True),
        ([known(demo=True), known()], False),
        ([known(demo=True), known(up=False)], True),
    ],
)
def test_with_workers_elsewhere_their_backends_say_so(backends, demo):
    assert record(*backends, ARTBOT_WORKER="none")["demo"]["backend"] is demo
