import io

import pytest
from PIL import Image

from artbot_server.commands.saved import checked_pictures, require_room, save, write_new
from artbot_server.errors import BackendFailed, BadRequest
from artbot_server.sd.base import Picture, Result


def encoded(kind="PNG"):
    buffer = io.BytesIO()
    Image.new("RGB", (20, 10)).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_a_picture_is_kept_as_it_came(tmp_path, kind, extension):
    data = encoded(kind)
    ((picture, checked),) = checked_pictures(Result((Picture(data, seed=7, infotext="a cat"),)))
    saved = save(picture, checked, tmp_path / "new", "crayon_7")
    assert saved.path == tmp_path / "new" / f"crayon_7.{extension}"
    assert saved.path.read_bytes() == data
    assert saved.as_json() == {
        "path": str(saved.path), "width": 20, "height": 10, "seed": 7, "infotext": "a cat",
    }  # fmt: skip


def test_grids_and_maps_are_no_pictures():
    result = Result((Picture(encoded(), "grid"), Picture(encoded(), seed=1), Picture(encoded(), "map")))
    assert [picture.seed for picture, _ in checked_pictures(result)] == [1]


@pytest.mark.parametrize(
    "pictures", [(), (Picture(b"", "grid"),), (Picture(encoded(), seed=1), Picture(b"<html>", seed=2))]
)
def test_what_is_no_picture_is_the_backends_fault(pictures):
    with pytest.raises(BackendFailed):
        checked_pictures(Result(pictures))


def test_nothing_is_written_over(tmp_path):
    paths = [write_new(f"{number}".encode(), tmp_path, "a", "png") for number in range(3)]
    assert [path.name for path in paths] == ["a.png", "a_2.png", "a_3.png"]
    assert [path.read_bytes() for path in paths] == [b"0", b"1", b"2"]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadRequest) as caught:
        write_new(b"x", tmp_path / "file" / "folder", "a", "png")
    assert caught.value.detail["field"] == "out"


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(BadRequest, match="cannot be written"):
        write_new(b"x", tmp_path, "a" * 240, "x" * 40)  # longer than a name may be, though its part is not
    assert list(tmp_path.iterdir()) == []


def test_room_is_a_folder_that_is_there_or_can_be_made(tmp_path):
    require_room(tmp_path)
    require_room(tmp_path / "not" / "yet")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(BadRequest, match="is no folder"):
            require_room(place)
