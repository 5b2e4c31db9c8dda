"""Every place can be painted at every hour, and tells where its ground is."""

import random

import pytest
from PIL import ImageStat

from artbot_server.sd.demo.backdrops import FLAT, OUTDOORS, paint_backdrop
from artbot_server.sd.demo.palette import light_for
from artbot_server.sd.demo.words import read_prompt

PLACES = sorted({*OUTDOORS, "underwater", "clouds", "room", "table", "studio", "space", "cave"})


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("time", ["day", "night"])
def test_a_place_has_ground_and_colours(place, time):
    light = light_for(time, "", "", random.Random(1))
    backdrop = paint_backdrop(read_prompt(""), place, light, (96, 80), random.Random(2))
    assert (backdrop.image.size, backdrop.image.mode) == ((96, 80), "RGB")
    assert 0.3 < backdrop.far < backdrop.near <= 1.0
    assert max(ImageStat.Stat(backdrop.image).stddev) > 2
    assert backdrop.stage == ("float" if place == "underwater" else "flat" if place in FLAT else "land")


def test_a_night_is_darker_than_a_day():
    means = [
        sum(
            ImageStat.Stat(
                paint_backdrop(
                    read_prompt(""), "meadow", light_for(time, "", "", random.Random(1)), (64, 64), random.Random(2)
                ).image
            ).mean
        )
        for time in ("day", "night")
    ]
    assert means[0] > means[1] + 100
