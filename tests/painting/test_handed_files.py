"""A file and a question about it, handed to a worker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from artbot_server.errors import BadRequest, TooLarge, Unavailable
from artbot_server.painting.handed_files import ANSWER_WITHIN_S, HandedFiles


class Worker:
    """Answers with what it was asked and read, or as it is told to."""

    def __init__(self, uploads_dir: Path) -> None:
        self.uploads_dir = uploads_dir
        self.answer: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, Any], bytes]] = []

    def __call__(self, kind: str, body: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        assert timeout_s == ANSWER_WITHIN_S
        self.asked.append((kind, body, (self.uploads_dir / body["name"]).read_bytes()))
        return self.answer


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    return Worker(tmp_path / "uploads")


@pytest.fixture
def files(worker: Worker) -> HandedFiles:
    return HandedFiles(worker.uploads_dir, 10, worker)


def test_the_worker_finds_the_file_and_the_asker_what_became_of_it(files: HandedFiles, worker: Worker) -> None:
    worker.answer = {"id": "7"}
    with files.asked("look", "image", b"0123456789", {"form": "png"}) as (answer, path):
        assert answer == {"id": "7"}
        assert path.read_bytes() == b"0123456789"
    assert worker.asked == [("look", {"name": path.name, "max_bytes": 10, "form": "png"}, b"0123456789")]
    assert list(worker.uploads_dir.iterdir()) == []


def test_no_two_files_have_one_name(files: HandedFiles) -> None:
    with files.asked("look", "file", b"a", {}) as (_, one), files.asked("look", "file", b"b", {}) as (_, other):
        assert (one.read_bytes(), other.read_bytes()) == (b"a", b"b")


def test_what_the_worker_finds_wrong_is_raised_as_it_was(files: HandedFiles, worker: Worker) -> None:
    worker.answer = {"error": BadRequest("No picture.", field="image").as_json()}
    with pytest.raises(BadRequest, match="No picture") as caught, files.asked("look", "image", b"a", {}):
        pass
    assert caught.value.detail == {"field": "image"}
    assert list(worker.uploads_dir.iterdir()) == []


def test_nothing_stays_behind_when_nobody_answers(tmp_path: Path) -> None:
    def nobody(kind: str, body: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        raise Unavailable("No worker answers.")

    with pytest.raises(Unavailable), HandedFiles(tmp_path, 10, nobody).asked("look", "image", b"a", {}):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("field", ["image", "file"])
def test_what_is_too_large_is_neither_written_nor_asked(files: HandedFiles, worker: Worker, field: str) -> None:
    with pytest.raises(TooLarge) as caught, files.asked("look", field, b"x" * 11, {}):
        pass
    assert (caught.value.message, caught.value.detail["field"]) == (f"The {field} is larger than 10 bytes.", field)
    assert (worker.asked, worker.uploads_dir.exists()) == ([], False)
