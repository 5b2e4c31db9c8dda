"""The styles."""

import random

import pytest
from PIL import Image, ImageChops, ImageStat

from artbot_server.sd.demo.scene import compose
from artbot_server.sd.demo.styles import STYLES, edges, stylize
from artbot_server.sd.demo.vocabulary import STYLES as WORDS
from artbot_server.sd.demo.words import read_prompt

SCENE = compose(read_prompt("a red fox, garden"), (200, 160), 1)


def test_every_style_word_has_its_painter():
    assert set(STYLES) == set(WORDS)


def test_no_style_leaves_the_picture_alone():
    assert stylize(SCENE, "", random.Random(1)) is SCENE


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_style_changes_the_look_repeatably(style):
    first = stylize(SCENE, style, random.Random(1))
    assert (first.size, first.mode) == (SCENE.size, "RGB")
    assert first.tobytes() == stylize(SCENE, style, random.Random(1)).tobytes()
    assert sum(ImageStat.Stat(ImageChops.difference(first, SCENE)).mean) > 6


@pytest.mark.parametrize("style", sorted(STYLES))
def test_styles_take_the_smallest_and_odd_sizes(style):
    assert stylize(SCENE.resize((64, 67)), style, random.Random(1)).size == (64, 67)


def test_pixel_art_has_few_colours_and_a_sketch_has_none():
    assert (
        len(stylize(SCENE, "pixel", random.Random(1)).getcolors(1000) or []) <= 2 * 40
    )  # each one plain and under an outline
    red, green, blue = ImageStat.Stat(stylize(SCENE, "sketch", random.Random(1))).mean
    assert max(red, green, blue) - min(red, green, blue) < 12


def test_edges_are_found_where_they_are():
    image = Image.new("RGB", (60, 60))
    image.paste((255, 255, 255), (30, 0, 60, 60))
    found = edges(image, soften=0.5, gain=3, floor=10)
    assert found.getpixel((30, 30)) > 100
    assert found.getpixel((10, 30)) == found.getpixel((0, 0)) == 0
