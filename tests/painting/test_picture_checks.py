import io
import struct
import zlib

import pytest
from PIL import Image

from artbot_server.errors import BadRequest, TooLarge
from artbot_server.painting.picture_checks import MAX_PIXELS, check_picture
from tests.painting.scripted_backend import png

LIMIT = 10_000_000


def encoded(image, kind, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def opened(data) -> Image.Image:
    return Image.open(io.BytesIO(data))


def halves(left="red", right="blue", size=(40, 20)) -> Image.Image:
    image = Image.new("RGB", size, left)
    image.paste(right, (size[0] // 2, 0, size[0], size[1]))
    return image


def png_that_claims(width, height) -> bytes:
    """A few bytes that say they are a huge picture."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_plain_pictures_stay_as_they_came(kind, mime):
    data = encoded(halves(), kind)
    checked = check_picture(data, LIMIT)
    assert (checked.data, checked.mime, checked.size) == (data, mime, (40, 20))


def test_the_thumbnail_is_a_webp_of_768_px():
    thumbnail = opened(check_picture(encoded(halves(size=(2000, 1000)), "PNG"), LIMIT).thumbnail)
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (768, 384))


def test_a_small_picture_is_not_blown_up():
    assert opened(check_picture(png(size=(30, 20)), LIMIT).thumbnail).size == (30, 20)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_colour_gets_a_thumbnail(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new("I;16", (40, 20), 9000) if mode == "I;16" else halves().convert(mode)
    assert opened(check_picture(encoded(image, kind), LIMIT).thumbnail).size == (40, 20)


def test_transparency_stays():
    clear = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    assert opened(check_picture(encoded(clear, "PNG"), LIMIT).thumbnail).convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_a_turned_picture_is_set_upright(kind):
    exif = Image.Exif()
    exif[0x0112] = 6  # The camera was held so that the picture has to be turned by 90 degrees clockwise.
    checked = check_picture(encoded(halves(), kind, exif=exif), LIMIT)
    assert (checked.mime, checked.size) == ("image/png", (20, 40))
    upright = opened(checked.data).convert("RGB")
    assert upright.getpixel((10, 3))[0] > 200  # Left is now above.
    assert upright.getpixel((10, 36))[2] > 200
    assert opened(checked.data).getexif().get(0x0112, 1) == 1
    assert opened(checked.thumbnail).size == (20, 40)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_taken(kind):
    frames = [Image.new("RGB", (30, 30), "red"), Image.new("RGB", (30, 30), "blue")]
    checked = check_picture(encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50), LIMIT)
    assert checked.mime == "image/png"
    first = opened(checked.data)
    assert getattr(first, "n_frames", 1) == 1
    assert first.convert("RGB").getpixel((5, 5))[0] > 200


def test_a_gif_becomes_a_png():
    assert check_picture(encoded(halves().convert("P"), "GIF"), LIMIT).mime == "image/png"


def test_too_many_bytes():
    with pytest.raises(TooLarge) as caught:
        check_picture(png(), 50)
    assert caught.value.detail == {"field": "image", "limit": 50}


@pytest.mark.parametrize("size", [(8000, 6000), (12000, 12000), (60000, 60000)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size):
    with pytest.raises(TooLarge) as caught:
        check_picture(png_that_claims(*size), LIMIT)
    assert caught.value.detail == {"field": "image", "limit": MAX_PIXELS}


@pytest.mark.parametrize("data", [b"", b"hello", b"<svg/>", b"%PDF-1.7", b"BM" + b"\0" * 60])
def test_other_things_are_refused(data):
    with pytest.raises(BadRequest) as caught:
        check_picture(data, LIMIT)
    assert caught.value.detail["field"] == "image"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_cut_files_are_refused(kind, part):
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    data = encoded(noise, kind)
    with pytest.raises(BadRequest) as caught:
        check_picture(data[: int(len(data) * part)], LIMIT)
    assert caught.value.detail["field"] == "image"


def test_a_head_with_nonsense_behind_it_is_refused():
    for head in (png()[:16], encoded(halves(), "JPEG")[:20], encoded(halves(), "WEBP")[:24]):
        with pytest.raises(BadRequest):
            check_picture(head + bytes(range(256)) * 4, LIMIT)
