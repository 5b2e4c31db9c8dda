"""Files change while the server runs."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from artbot_server import errors
from artbot_server.painting.template_store import LOOK_EVERY_S, TemplateStore
from tests.painting.files import put, template


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_changed_file_is_seen_after_a_second(tmp_path: Path) -> None:
    clock = Clock()
    put(tmp_path, "t/a.json", template(steps=20))
    store = TemplateStore(tmp_path, clock=clock)
    first = store.current()
    put(tmp_path, "t/a.json", template(steps=21, seed=5))
    put(tmp_path, "t/b.json", template())
    assert store.current() is first
    clock.now += LOOK_EVERY_S
    second = store.current()
    assert list(second.folders["t"].templates) == ["a", "b"]
    assert store.find("t", "a")[1].fields == {"steps": 21, "seed": 5}
    assert second.version != first.version
    assert first.folders["t"].templates["a"].fields == {"steps": 20}


def test_nothing_is_read_again_while_nothing_changed(tmp_path: Path) -> None:
    clock = Clock()
    put(tmp_path, "t/a.json", template())
    store = TemplateStore(tmp_path, clock=clock)
    first = store.current()
    clock.now += LOOK_EVERY_S
    assert store.current() is first


def test_a_file_that_breaks_takes_only_itself_away(tmp_path: Path) -> None:
    clock = Clock()
    path = put(tmp_path, "t/a.json", template())
    put(tmp_path, "t/b.json", template())
    store = TemplateStore(tmp_path, clock=clock)
    path.write_text("{")
    clock.now += LOOK_EVERY_S
    folder = store.current().folders["t"]
    assert (list(folder.templates), list(folder.broken)) == (["b"], ["a.json"])
    with pytest.raises(errors.NotFound):
        store.find("t", "a")
    path.write_text(template(steps=30))
    clock.now += LOOK_EVERY_S
    assert store.find("t", "a")[1].fields == {"steps": 30}


def test_a_root_that_goes_away_leaves_the_old_library_until_it_is_back(tmp_path: Path) -> None:
    clock = Clock()
    root = tmp_path / "root"
    put(root, "t/a.json", template())
    store = TemplateStore(root, clock=clock)
    first = store.current()
    shutil.move(root, tmp_path / "away")
    clock.now += LOOK_EVERY_S
    assert store.current() is first
    shutil.move(tmp_path / "away", root)
    os.utime(root / "t/a.json", ns=(1, 1))
    clock.now += LOOK_EVERY_S
    assert store.current().version == first.version
    assert store.current() is not first


def test_a_missing_root_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigError, match="ARTBOT_TEMPLATES_DIR"):
        TemplateStore(tmp_path / "missing")


def test_others_go_on_with_the_old_library_while_one_reads(tmp_path: Path) -> None:
    """A named pipe as a template holds the reader until somebody writes into it."""
    clock = Clock()
    put(tmp_path, "t/a.json", template())
    store = TemplateStore(tmp_path, clock=clock)
    first = store.current()
    os.mkfifo(tmp_path / "t/slow.json")
    clock.now += LOOK_EVERY_S
    reader = threading.Thread(target=store.current)
    reader.start()
    with open(tmp_path / "t/slow.json", "w") as pipe:  # opens only when the reader has come to it
        clock.now += LOOK_EVERY_S
        assert store.current() is first
        pipe.write(template(steps=25))
    reader.join(timeout=10)
    clock.now -= LOOK_EVERY_S  # no further look: it would wait at the pipe again
    assert store.current().folders["t"].templates["slow"].fields == {"steps": 25}
