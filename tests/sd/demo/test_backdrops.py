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


@pytest.mark.parametrize("place", ["lake", "river", "beach", "sea"])
def test_open_water_lies_between_the_horizon_and_the_lower_edge(place):
    light = light_for("day", "", "", random.Random(1))
    top, bottom = paint_backdrop(read_prompt(""), place, light, (96, 80), random.Random(2)).water or (1, 0)
    assert 0.3 < top < bottom <= 1.0


@pytest.mark.parametrize("season", ["winter", "autumn", "spring"])
def test_seasons_change_the_land(season):
    light = light_for("day", "", "", random.Random(1))
    summer, other = (
        paint_backdrop(read_prompt(words), "forest", light, (96, 80), random.Random(2)).image for words in ("", season)
    )
    assert summer.tobytes() != other.tobytes()


def test_nothing_grows_in_the_snow():
    light = light_for("day", "", "", random.Random(1))
    assert all(
        paint_backdrop(read_prompt("snow"), place, light, (64, 64), random.Random(2)).plants == ()
        for place in ("meadow", "garden", "forest", "mountains")
    )


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
