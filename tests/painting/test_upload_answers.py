import pytest

from artbot_server.painting.handed_files import HandedFile
from artbot_server.painting.picture_checks import MAX_PIXELS
from artbot_server.painting.upload_answers import answer_upload
from artbot_server.storage.picture_files import FolderFiles
from tests.painting.scripted_backend import png
from tests.painting.test_picture_checks import png_that_claims

ID = "ab" * 16


@pytest.fixture
def answer(house, tmp_path):
    """`answer(data)`: what the worker says to a file with these bytes."""
    files = FolderFiles(tmp_path / "handed")

    def answer(data, id=ID, **more):
        HandedFile(files, ID).write(data)
        body = {"id": id, "session_id": "anna", "kind": "upload", "max_bytes": 10_000} | more
        return answer_upload(body, house.pictures, files)

    return answer


def test_the_id_of_what_is_kept(house, answer):
    said = answer(png())
    assert said == {"id": house.pictures.get(said["id"], "anna").id}


def test_errors_are_answers(answer):
    assert answer(b"hello")["error"]["code"] == "bad_request"
    assert answer(png(), max_bytes=10)["error"]["detail"]["limit"] == 10
    assert answer(png_that_claims(9000, 9000))["error"]["detail"]["limit"] == MAX_PIXELS


def test_a_file_that_is_gone(answer):
    assert answer(png(), id="cd" * 16)["error"]["code"] == "unavailable"


def test_no_file_outside_the_folder_is_read(answer, tmp_path):
    outside = tmp_path / "outside.handed"
    outside.write_bytes(png())
    for id in (str(tmp_path / "outside"), "../outside"):
        assert answer(png(), id=id)["error"]["code"] == "unavailable"


def test_a_disk_that_cannot_be_written(answer, house):
    (house.data_dir / "pictures").write_text("a file where the folder should be")
    assert answer(png())["error"]["code"] == "no_room"
