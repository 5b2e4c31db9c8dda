import pytest
from PIL import Image, ImageDraw, ImageFont

from artbot_server.painting.grid_layout import Box
from artbot_server.painting.labels import SMALLEST_PX, draw_label, fitting, font_file, width_of

STRIP = Box(10, 20, 600, 100)


def ink(text, box=STRIP):
    """The edges of what was drawn, left, top, right, bottom."""
    image = Image.new("L", (box.left * 2 + box.width, box.top * 2 + box.height), "white")
    draw_label(ImageDraw.Draw(image), text, box, "black")
    return image.point(lambda value: 255 - value).getbbox()


@pytest.mark.parametrize(
    "text",
    [
        "crayon",
        "赛璐璐风格",
        "Акварель",
        "アニメの夜",
        "한국어",
        "نص عربي",
        "हिन्दी",
        "ไทย",
        "שלום",
        "Ünï 2.0",
        "雪 Snow снег",
    ],
)
def test_a_label_in_any_script_stands_in_the_middle_of_its_strip(text):
    left, top, right, bottom = ink(text)
    assert STRIP.left <= left < right <= STRIP.left + STRIP.width
    assert STRIP.top <= top < bottom <= STRIP.top + STRIP.height
    assert abs((left + right) / 2 - 310) < 12
    assert 40 < bottom - top < 100


@pytest.mark.parametrize("character", "aßЖяΩ雪雾漫喵あカ한ऄعไאგʻ—…★🎨")
def test_every_character_has_a_glyph_of_its_own(character):
    """A box in its place would look like that of a code point nobody has."""
    font = ImageFont.truetype(str(font_file(character)), 40)
    assert bytes(font.getmask(character)) != bytes(font.getmask("\U0010ffff"))


def test_letters_of_one_word_share_a_font():
    assert {font_file(letter).name for letter in "SDXL 1.0, Ünï"} == {"NotoSans[wght].ttf"}
    assert {font_file(letter).name for letter in "动漫风，アニメ"} == {"NotoSansCJK-Regular.ttc"}


@pytest.mark.parametrize(("text", "size"), [("cat", 80), ("a label of forty letters or a few more", 35)])
def test_the_size_goes_down_to_the_strips_width(text, size):
    fitted = fitting(text, STRIP)
    assert fitted == size
    assert width_of(text, fitted) <= STRIP.width


def test_a_label_that_would_be_too_small_to_read_is_cut():
    endless = "超现实主义" * 40
    assert fitting(endless, STRIP) == SMALLEST_PX
    left, _, right, _ = ink(endless)
    assert STRIP.left <= left < right <= STRIP.left + STRIP.width
    assert right - left > 500


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_to_write(text):
    assert ink(text) is None


def test_lines_become_one():
    assert ink("two\nlines") == ink("two lines")


def test_a_strip_narrower_than_a_letter_is_no_fault():
    assert ink("wide", Box(10, 10, 8, 100)) is not None
