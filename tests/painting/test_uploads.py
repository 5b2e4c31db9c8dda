import pytest

from artbot_server.errors import BadRequest, TooLarge, Unavailable
from tests.painting.house import until
from tests.painting.scripted_backend import ScriptedBackend, png


@pytest.fixture
def worker(house):
    house.work(ScriptedBackend())
    until(lambda: house.hub.workers)


def waiting_files(house):
    return list((house.data_dir / "pictures").rglob("*.handed*"))


def test_a_picture_is_kept(house, worker):
    kept = house.upload(png("green", (30, 20)))
    assert (kept.kind, kept.width, kept.height, kept.mime) == ("upload", 30, 20, "image/png")
    assert house.pictures.get(kept.id, "anna") == kept
    assert house.pictures.read(kept) == png("green", (30, 20))
    assert house.pictures.read(kept, "thumbnail")[8:12] == b"WEBP"
    assert waiting_files(house) == []


def test_a_mask_is_a_mask(house, worker):
    assert house.upload(png("white"), kind="mask").kind == "mask"


def test_what_is_no_picture_is_refused(house, worker):
    with pytest.raises(BadRequest) as caught:
        house.upload(b"hello")
    assert caught.value.detail == {"field": "image", "allowed": ["PNG", "JPEG", "WEBP", "GIF"]}
    assert waiting_files(house) == []


def test_too_many_bytes_are_not_even_written(house):
    with pytest.raises(TooLarge) as caught:
        house.upload(bytes(1_000_001))
    assert caught.value.detail == {"field": "image", "limit": 1_000_000}
    assert not (house.data_dir / "pictures").exists()


def test_without_a_worker(house):
    with pytest.raises(Unavailable):
        house.upload(png())
    assert waiting_files(house) == []
