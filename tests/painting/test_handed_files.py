"""A file and a question about it, handed to a worker."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from artbot_server.errors import BadRequest, TooLarge, Unavailable
from artbot_server.painting.handed_files import ANSWER_WITHIN_S, HandedFile, HandedFiles
from artbot_server.storage.picture_files import FolderFiles
from tests.painting.house import House, until
from tests.painting.scripted_backend import ScriptedBackend


class Worker:
    """Answers with what it was asked and read, or as it is told to; keeps its `parts` beside the file."""

    def __init__(self, files: FolderFiles) -> None:
        self.files = files
        self.answer: dict[str, Any] = {}
        self.parts: list[bytes] = []
        self.asked: list[tuple[str, dict[str, Any], bytes]] = []

    def __call__(self, kind: str, body: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        assert timeout_s == ANSWER_WITHIN_S
        file = HandedFile(self.files, body["id"])
        self.asked.append((kind, body, file.read()))
        for number, part in enumerate(self.parts):
            file.write(part, number)
        return self.answer


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    return Worker(FolderFiles(tmp_path / "pictures"))


@pytest.fixture
def files(worker: Worker) -> HandedFiles:
    return HandedFiles(worker.files, 10, worker)


def left(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_worker_finds_the_file_and_the_asker_what_became_of_it(
    files: HandedFiles, worker: Worker, tmp_path: Path
) -> None:
    worker.answer, worker.parts = {"id": "7"}, [b"one", b"two"]
    with files.asked("look", "image", b"0123456789", {"form": "png"}) as (answer, file):
        assert answer == {"id": "7"}
        assert [file.read(), file.read(0), file.read(1)] == [b"0123456789", b"one", b"two"]
        assert len(left(tmp_path)) == 3
    assert worker.asked == [("look", {"id": file.id, "max_bytes": 10, "form": "png"}, b"0123456789")]
    assert left(tmp_path) == []


def test_no_two_files_have_one_name(files: HandedFiles) -> None:
    with files.asked("look", "file", b"a", {}) as (_, one), files.asked("look", "file", b"b", {}) as (_, other):
        assert (one.read(), other.read()) == (b"a", b"b")


def test_no_picture_is_taken_for_a_handed_file(worker: Worker) -> None:
    id = "ab" * 16
    worker.files.write(f"ab/{id}.png", b"a picture")
    for wanted in (id, f"{id}.png", f"../ab/{id}.png"):
        with pytest.raises(Unavailable, match="could not be read"):
            HandedFile(worker.files, wanted).read()


def test_what_the_worker_finds_wrong_is_raised_as_it_was(files: HandedFiles, worker: Worker, tmp_path: Path) -> None:
    worker.answer = {"error": BadRequest("No picture.", field="image").as_json()}
    with pytest.raises(BadRequest, match="No picture") as caught, files.asked("look", "image", b"a", {}):
        pass
    assert caught.value.detail == {"field": "image"}
    assert left(tmp_path) == []


def test_nothing_stays_behind_when_nobody_answers(tmp_path: Path) -> None:
    def nobody(kind: str, body: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        raise Unavailable("No worker answers.")

    handed = HandedFiles(FolderFiles(tmp_path), 10, nobody)
    with pytest.raises(Unavailable, match="No worker"), handed.asked("look", "image", b"a", {}):
        pass
    assert left(tmp_path) == []


@pytest.mark.parametrize("field", ["image", "file"])
def test_what_is_too_large_is_neither_written_nor_asked(
    files: HandedFiles, worker: Worker, field: str, tmp_path: Path
) -> None:
    with pytest.raises(TooLarge) as caught, files.asked("look", field, b"x" * 11, {}):
        pass
    assert (caught.value.message, caught.value.detail["field"]) == (f"The {field} is larger than 10 bytes.", field)
    assert (worker.asked, left(tmp_path)) == ([], [])


def test_a_disk_that_cannot_be_written(files: HandedFiles, worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("a file where the folder should be")
    with pytest.raises(Unavailable) as caught, files.asked("look", "image", b"a", {}):
        pass
    assert (caught.value.error_code, worker.asked) == ("no_room", [])


def test_what_a_crash_left_is_swept(house: House) -> None:
    old, new = HandedFile(house.files, "ab" * 16), HandedFile(house.files, "cd" * 16)
    for file in (old, new):
        file.write(b"1")
        file.write(b"2", 0)
    for path in house.data_dir.rglob(f"{old.id}.*"):
        os.utime(path, (0, 0))
    house.work(ScriptedBackend())
    until(lambda: len([path for path in left(house.data_dir) if path.suffix == ".handed"]) == 2)
    assert (new.read(), new.read(0)) == (b"1", b"2")
