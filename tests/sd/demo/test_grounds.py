"""Land."""

import random

import pytest

from artbot_server.sd.demo.backdrops import paint_backdrop
from artbot_server.sd.demo.palette import light_for
from artbot_server.sd.demo.words import read_prompt


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


def test_a_garden_has_flowers_of_three_kinds():
    light = light_for("day", "", "", random.Random(1))
    assert len(set(paint_backdrop(read_prompt(""), "garden", light, (64, 64), random.Random(2)).plants)) == 3
