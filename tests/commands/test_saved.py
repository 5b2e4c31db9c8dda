import io

import pytest
from PIL import Image

from artbot_server.commands.saved import save, write_new
from artbot_server.errors import BadRequest
from artbot_server.sd.base import Picture


def encoded(kind="PNG"):
    buffer = io.BytesIO()
    Image.new("RGB", (20, 10)).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_a_picture_is_kept_as_it_came(tmp_path, kind, extension):
    data = encoded(kind)
    saved = save(Picture(data, seed=7, infotext="a cat"), tmp_path / "new", "crayon_7")
    assert saved.path == tmp_path / "new" / f"crayon_7.{extension}"
    assert saved.path.read_bytes() == data
    assert saved.as_json() == {
        "path": str(saved.path), "width": 20, "height": 10, "seed": 7, "infotext": "a cat",
    }  # fmt: skip


def test_what_is_no_picture_is_not_written(tmp_path):
    with pytest.raises(BadRequest):
        save(Picture(b"<html>", seed=1), tmp_path / "new", "a")
    assert not (tmp_path / "new").exists()


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
