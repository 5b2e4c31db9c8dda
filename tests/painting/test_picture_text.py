"""Where a parameter text stands in a file, by kind of file and by who wrote it."""

from __future__ import annotations

import io

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from artbot_server.errors import BadRequest, TooLarge
from artbot_server.painting.picture_text import LONGEST_TEXT, read_text
from artbot_server.sd.demo.infotext import to_png
from tests.painting import infotexts
from tests.painting.test_picture_checks import png_that_claims

TEXTS = ["", infotexts.HIRES, infotexts.CHINESE, "café\nSteps: 1"]


def file(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, kind, **options)
    return buffer.getvalue()


def with_comment(kind: str, comment: bytes) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = comment
    return file(kind, exif=exif.tobytes())


def with_chunk(name: str, *values: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    getattr(info, name)("parameters", *values)
    return file("PNG", pnginfo=info)


@pytest.mark.parametrize("text", TEXTS)
def test_our_own_png(text: str) -> None:
    assert read_text(to_png(Image.new("RGB", (8, 8)), text)) == text


def test_a_png_with_text_in_each_kind_of_chunk() -> None:
    assert read_text(with_chunk("add_text", infotexts.CLASSIC)) == infotexts.CLASSIC
    assert read_text(with_chunk("add_itxt", infotexts.CHINESE)) == infotexts.CHINESE
    assert read_text(with_chunk("add_text", "café, Seed: 1")) == "café, Seed: 1"
    assert read_text(with_chunk("add_text", "小猫".encode().decode("latin-1"))) == "小猫"


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("text", [infotexts.HIRES, infotexts.CHINESE])
def test_a_user_comment_in_either_byte_order(kind: str, encoding: str, text: str) -> None:
    assert read_text(with_comment(kind, b"UNICODE\0" + text.encode(encoding))) == text


@pytest.mark.parametrize("code", [b"ASCII\0\0\0", b"\0" * 8, b""])
def test_a_user_comment_in_plain_letters(code: bytes) -> None:
    assert read_text(with_comment("JPEG", code + infotexts.CLASSIC.encode())) == infotexts.CLASSIC


def test_a_gifs_comment() -> None:
    assert read_text(file("GIF", comment=infotexts.CLASSIC.encode())) == infotexts.CLASSIC


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_without_text(kind: str) -> None:
    assert read_text(file(kind)) == ""


@pytest.mark.parametrize("data", [b"", b"hello", file("BMP"), file("PNG")[:20], b"\x89PNG\r\n\x1a\n" + b"x" * 50])
def test_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(BadRequest) as caught:
        read_text(data)
    assert caught.value.detail["field"] == "image"


def test_texts_without_end_are_refused() -> None:
    with pytest.raises(TooLarge):
        read_text(with_chunk("add_text", "x" * (LONGEST_TEXT + 1)))


def test_a_picture_of_too_many_pixels_is_read_all_the_same() -> None:
    assert read_text(png_that_claims(9000, 9000)) == ""
