import os

import pytest

from artbot_server.painting.picture_checks import MAX_PIXELS
from artbot_server.painting.upload_answers import answer_upload, sweep_uploads
from tests.painting.scripted_backend import png
from tests.painting.test_picture_checks import png_that_claims


@pytest.fixture
def answer(house, tmp_path):
    """`answer(data)`: what the worker says to a file with these bytes."""

    def answer(data, name="waiting", **more):
        (tmp_path / "waiting").write_bytes(data)
        body = {"name": name, "session_id": "anna", "kind": "upload", "max_bytes": 10_000} | more
        return answer_upload(body, house.pictures, tmp_path)

    return answer


def test_the_id_of_what_is_kept(house, answer):
    said = answer(png())
    assert said == {"id": house.pictures.get(said["id"], "anna").id}


def test_errors_are_answers(answer):
    assert answer(b"hello")["error"]["code"] == "bad_request"
    assert answer(png(), max_bytes=10)["error"]["detail"]["limit"] == 10
    assert answer(png_that_claims(9000, 9000))["error"]["detail"]["limit"] == MAX_PIXELS


def test_a_file_that_is_gone(answer):
    assert answer(png(), name="gone")["error"]["code"] == "unavailable"


def test_no_file_outside_the_folder_is_read(answer, tmp_path):
    outside = tmp_path.parent / "outside.png"
    outside.write_bytes(png())
    for name in (str(outside), "../outside.png"):
        assert answer(png(), name=name)["error"]["code"] == "unavailable"


def test_a_disk_that_cannot_be_written(answer, house):
    (house.data_dir / "pictures").write_text("a file where the folder should be")
    assert answer(png())["error"]["code"] == "no_room"


def test_what_a_crash_left_is_swept(tmp_path):
    sweep_uploads(tmp_path / "not there yet")
    (tmp_path / "old").write_bytes(b"1")
    os.utime(tmp_path / "old", (0, 0))
    (tmp_path / "new").write_bytes(b"2")
    sweep_uploads(tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name in ("old", "new")] == ["new"]
