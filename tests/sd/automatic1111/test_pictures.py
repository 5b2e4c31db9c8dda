"""Pictures are decoded by what they are and told apart by where they stand."""

import base64
import io

import pytest
from PIL import ExifTags, Image

from artbot_server.sd.automatic1111.pictures import File, decode, decode_preview, read_value, sort
from tests.sd.automatic1111.samples import IMAGE, infotext
from tests.sd.fake_automatic1111.drawing import encode

CHINESE = "一只猫\nSteps: 4, Sampler: Euler, Seed: 9, Size: 32x16"


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
@pytest.mark.parametrize("text", [infotext(), CHINESE])
def test_decodes_every_format_with_its_text(kind, text):
    file = decode(encode((32, 16), 9, text, kind))
    assert (file.width, file.height) == (32, 16)
    assert file.text == text


def test_a_data_uri_is_the_same_picture():
    assert decode(f"data:image/png;base64,{IMAGE}") == decode(IMAGE)
    assert decode(IMAGE).text == ""


def test_a_comment_in_another_encoding_is_read():
    image, out = Image.new("RGB", (8, 8)), io.BytesIO()
    exif = image.getexif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = b"ASCII\0\0\0Steps: 1"
    image.save(out, "JPEG", exif=exif)
    assert decode(base64.b64encode(out.getvalue()).decode()).text == "Steps: 1"


@pytest.mark.parametrize(
    "broken", ["", "zzz", "not base64!", base64.b64encode(b"hello").decode(), IMAGE[:20], "R0lGODlhAQABAAAAACw="]
)
def test_anything_else_is_no_picture(broken):
    with pytest.raises(ValueError, match=r".+"):
        decode(broken)


@pytest.mark.parametrize("nothing", [None, "", 5, "not base64!", "data:image/png;base64,"])
def test_a_preview_that_cannot_be_read_is_none(nothing):
    assert decode_preview(nothing) is None


def test_previews_come_bare_or_as_data_uris():
    raw = base64.b64decode(IMAGE)
    assert decode_preview(IMAGE) == decode_preview(f"data:image/png;base64,{IMAGE}") == raw


def file(mark: int, text: str = "") -> File:
    return File(bytes([mark]), 64, 64, text)


@pytest.mark.parametrize(
    ("marks", "info", "kinds"),
    [
        (2, {"infotexts": ["", ""], "all_seeds": [1, 2]}, "pp"),
        (3, {"infotexts": ["", "", ""], "all_seeds": [1, 2], "index_of_first_image": 1}, "gpp"),
        (3, {"infotexts": ["", ""], "all_seeds": [1, 2]}, "ppm"),
        (5, {"infotexts": ["", "", ""], "all_seeds": [1, 2], "index_of_first_image": 1}, "gppmm"),
        (1, {"infotexts": [""], "all_seeds": [1, 2, 3]}, "p"),  # interrupted in the first of three batches
        (1, {"infotexts": ["", "", ""], "all_seeds": [1, 2], "index_of_first_image": 1}, "g"),  # x/y/z plot
        (3, {"infotexts": ["", "", ""], "all_seeds": [1]}, "ppp"),  # prompts from file
        (2, {"all_seeds": [1, 2]}, "pp"),
        (0, {"infotexts": [], "all_seeds": []}, ""),
    ],
)
def test_tells_grids_pictures_and_maps_apart(marks, info, kinds):
    found = sort([file(mark) for mark in range(marks)], info)
    in_order = [*found.grids, *found.pictures, *found.maps]
    assert "".join(picture.kind[0] for picture in in_order) == kinds
    assert [picture.data for picture in in_order] == [bytes([mark]) for mark in range(marks)]
    assert len(found.files) == len(found.pictures)


def test_seeds_come_from_the_files_own_text_first():
    info = {"infotexts": [infotext(1), infotext(2), ""], "all_seeds": [7, 8, 9]}
    found = sort([file(0, infotext(5)), file(1), file(2)], info)
    assert [picture.seed for picture in found.pictures] == [5, 2, 9]
    assert found.pictures[0].infotext == infotext(5)
    assert found.pictures[1].infotext == infotext(2)


def test_a_seed_nobody_tells_is_none():
    assert sort([file(0)], {"infotexts": [""]}).pictures[0].seed is None


def test_grids_and_maps_have_no_seed():
    info = {"infotexts": [infotext()] * 2, "all_seeds": [5], "index_of_first_image": 1}
    found = sort([file(0, infotext()), file(1), file(2)], info)
    assert found.grids[0].seed is None
    assert found.maps[0].seed is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Steps", "4"),
        ("Sampler", "Euler"),
        ("Schedule type", "Automatic"),
        ("Seed", "5"),
        ("Nope", None),
        ("Negative prompt", None),
    ],
)
def test_reads_values_of_the_last_line_only(key, value):
    assert read_value(infotext(5), key) == value
