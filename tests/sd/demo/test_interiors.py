"""Places without a horizon."""

import random

import pytest
from PIL import ImageStat

from artbot_server.sd.demo.backdrops import paint_backdrop
from artbot_server.sd.demo.palette import light_for
from artbot_server.sd.demo.words import read_prompt


@pytest.mark.parametrize("place", ["room", "table", "studio", "space", "cave", "clouds"])
def test_seeds_furnish_differently(place):
    light = light_for("day", "", "", random.Random(1))
    looks = {
        paint_backdrop(read_prompt(""), place, light, (64, 64), random.Random(seed)).image.tobytes()
        for seed in (1, 2, 3)
    }
    assert len(looks) == 3


def test_a_studio_is_light_and_plain_and_space_is_dark():
    light = light_for("day", "", "", random.Random(1))
    studio = ImageStat.Stat(paint_backdrop(read_prompt(""), "studio", light, (64, 64), random.Random(2)).image)
    space = ImageStat.Stat(paint_backdrop(read_prompt(""), "space", light, (64, 64), random.Random(2)).image)
    assert min(studio.mean) > 190
    assert max(studio.stddev) < 30
    assert sum(space.mean) < 330
