"""Both halves together: what is asked about a file, and what comes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from artbot_server.errors import BadRequest, TooLarge
from artbot_server.painting.file_answers import FILE_QUESTIONS, answer_file
from artbot_server.painting.file_questions import FileQuestions
from artbot_server.painting.handed_files import HandedFiles
from artbot_server.sd.demo.infotext import to_png
from artbot_server.storage.picture_files import FolderFiles
from tests.painting import infotexts
from tests.painting.files import ARTICLE
from tests.painting.test_template_bundles import zipped
from tests.painting.writing import article, as_text, picture


@pytest.fixture
def questions(tmp_path: Path) -> FileQuestions:
    """Asks a worker that answers in this thread, with answers that went through JSON."""

    def ask(kind: str, body: Any, blob: bytes = b"", *, timeout_s: float) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(json.dumps(answer_file(kind, body, FolderFiles(tmp_path / "pictures"))))
        return answer

    return FileQuestions(HandedFiles(FolderFiles(tmp_path / "pictures"), 100_000, ask))


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path) -> Any:
    yield
    assert list((tmp_path / "pictures").glob("*/*")) == []


def test_pictures_are_recoded(questions: FileQuestions) -> None:
    assert questions.recode(picture(), "png") == picture()
    assert questions.recode(picture("red", "JPEG"), "png").startswith(b"\x89PNG")
    assert questions.recode(picture(), "webp")[8:12] == b"WEBP"


def test_texts_are_read(questions: FileQuestions) -> None:
    assert questions.text(to_png(Image.new("RGB", (8, 8)), infotexts.CHINESE)) == infotexts.CHINESE
    assert questions.text(picture()) == ""


def test_shared_files_are_opened(questions: FileQuestions) -> None:
    bundle = questions.open_bundle(ARTICLE.encode(), "1.json")
    assert (bundle.name, bundle.template, bundle.pictures) == ("1", json.loads(ARTICLE), {})
    fields = {"init_images": ["in/a.png"], "mask": as_text(picture("blue"))}
    bundle = questions.open_bundle(zipped(**{"a.json": json.dumps(article(**fields)), "in/a.png": picture()}), "a.zip")
    assert bundle.pictures == {"init_image": picture(), "mask": picture("blue")}


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n cut"])
def test_errors_come_back_as_what_they_were(questions: FileQuestions, data: bytes) -> None:
    for act in (lambda: questions.recode(data, "png"), lambda: questions.text(data)):
        with pytest.raises(BadRequest) as caught:
            act()
        assert caught.value.detail["field"] == "image"
    with pytest.raises(BadRequest) as caught:
        questions.open_bundle(data, "a.zip")
    assert caught.value.detail["field"] == "file"


def test_what_is_too_large_is_not_even_written(questions: FileQuestions) -> None:
    for act in (lambda: questions.recode(b"x" * 100_001, "png"), lambda: questions.open_bundle(b"x" * 100_001, "a")):
        with pytest.raises(TooLarge):
            act()


@pytest.mark.parametrize("kind", FILE_QUESTIONS)
def test_a_file_that_is_gone_or_elsewhere(tmp_path: Path, kind: str) -> None:
    (tmp_path / "secret.handed").write_bytes(picture())
    files = FolderFiles(tmp_path / "pictures")
    for id in ("gone", "../secret", str(tmp_path / "secret")):
        answer = answer_file(kind, {"id": id, "form": "png", "filename": "", "max_bytes": 9}, files)
        assert answer["error"]["code"] == "unavailable"
