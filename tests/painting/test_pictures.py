import pytest

from artbot_server.painting.pictures import StoredPicture, mime_of, picture_json, pictures_and_grid
from tests.painting.scripted_backend import png


def sign(name, variant):
    return f"/{variant}/{name}"


def stored(id, position=0, kind="picture", **more):
    return StoredPicture(
        id=id, session_id="anna", kind=kind, mime="image/png", width=8, height=6, bytes=90, position=position, **more
    )


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (png(), "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"GIF89a\x01\x00", "image/gif"),
        (b"GIF87a\x01\x00", "image/gif"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", None),
        (b"<svg xmlns=", None),
        (b"", None),
    ],
)
def test_mime_by_first_bytes(data, mime):
    assert mime_of(data) == mime


def test_the_record_has_the_documented_fields():
    assert picture_json(stored("p1", seed=7, infotext="a cat"), sign) == {
        "id": "p1",
        "url": "/original/p1",
        "thumbnail_url": "/thumbnail/p1",
        "mime": "image/png",
        "width": 8,
        "height": 6,
        "bytes": 90,
        "seed": 7,
        "infotext": "a cat",
        "shared_url": None,
    }


def test_a_shared_picture_says_where():
    assert picture_json(stored("p1", share_token="t"), sign)["shared_url"] == "/shared/t"


def test_pictures_come_in_order_and_the_grid_apart():
    pictures, grid = pictures_and_grid(
        [stored("b", 2), stored("map", 3, "map"), stored("grid", 0, "grid"), stored("a", 1)], sign
    )
    assert [picture["id"] for picture in pictures] == ["a", "b"]
    assert grid["id"] == "grid"


def test_there_may_be_no_grid():
    assert pictures_and_grid([], sign) == ([], None)
