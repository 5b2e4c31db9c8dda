"""Streets and cities."""

import random

import pytest

from artbot_server.sd.demo.backdrops import paint_backdrop
from artbot_server.sd.demo.palette import light_for
from artbot_server.sd.demo.words import read_prompt


@pytest.mark.parametrize("place", ["city", "street", "village"])
def test_seeds_build_different_towns(place):
    light = light_for("day", "", "", random.Random(1))
    towns = {
        paint_backdrop(read_prompt("a cat"), place, light, (64, 64), random.Random(seed)).image.tobytes()
        for seed in (1, 2, 3)
    }
    assert len(towns) == 3


def test_windows_are_lit_by_night():
    light = light_for("night", "", "", random.Random(1))
    image = paint_backdrop(read_prompt("a cat"), "city", light, (256, 256), random.Random(2)).image
    warm = sum(number for number, (r, _, b) in image.getcolors(70000) or [] if r > 150 and r > b + 40)
    assert warm > 100


def test_cars_drive_where_nobody_stands():
    light = light_for("day", "", "", random.Random(1))
    alone, crowded = (
        paint_backdrop(read_prompt(words), "city", light, (96, 96), random.Random(2)) for words in ("", "a cat")
    )
    assert alone.image.tobytes() != crowded.image.tobytes()
