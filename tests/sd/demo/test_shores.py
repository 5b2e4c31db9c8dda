"""Places with water."""

import random

import pytest

from artbot_server.sd.demo.backdrops import paint_backdrop
from artbot_server.sd.demo.palette import light_for
from artbot_server.sd.demo.words import read_prompt


@pytest.mark.parametrize("place", ["lake", "river", "beach", "sea"])
def test_open_water_lies_between_the_horizon_and_the_lower_edge(place):
    light = light_for("day", "", "", random.Random(1))
    top, bottom = paint_backdrop(read_prompt(""), place, light, (96, 80), random.Random(2)).water or (1, 0)
    assert 0.3 < top < bottom <= 1.0


def test_still_water_mirrors_its_shore():
    light = light_for("sunset", "", "", random.Random(1))
    image = paint_backdrop(read_prompt(""), "lake", light, (96, 80), random.Random(2)).image
    assert len(image.crop((0, 50, 96, 62)).getcolors(5000) or []) > 100


def test_the_sea_at_night_is_dark_below_too():
    means = []
    for time in ("day", "night"):
        light = light_for(time, "", "", random.Random(1))
        sunk = paint_backdrop(read_prompt(""), "underwater", light, (64, 64), random.Random(2)).image
        means.append(sum(sunk.resize((1, 1)).getpixel((0, 0))))
    assert means[1] < means[0] - 60
