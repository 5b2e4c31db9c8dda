"""Colours and light."""

import random

import pytest

from artbot_server.sd.demo.palette import light_for, mix, near, tint_of


def test_mix_goes_from_one_colour_to_the_other():
    assert mix((0, 0, 0), (100, 200, 50), 0) == (0, 0, 0)
    assert mix((0, 0, 0), (100, 200, 50), 0.5) == (50, 100, 25)
    assert mix((0, 0, 0), (100, 200, 50), 1) == (100, 200, 50)


def test_a_word_that_is_no_colour_is_grey():
    assert tint_of("loud") == tint_of("grey")


def test_neighbours_stay_colours():
    rng = random.Random(1)
    assert all(0 <= channel <= 255 for _ in range(50) for channel in near(rng, (250, 4, 128), 30))


@pytest.mark.parametrize("time", ["day", "sunset", "dawn", "night"])
def test_the_time_that_was_asked_for_comes(time):
    assert {light_for(time, "", "", random.Random(seed)).time for seed in range(20)} == {time}


def test_without_a_time_the_seed_decides():
    assert {light_for("", "", "", random.Random(seed)).time for seed in range(60)} == {"day", "sunset", "dawn"}


def test_rain_is_grey_and_night_is_dark():
    assert light_for("", "rain", "", random.Random(1)).sky == light_for("sunset", "storm", "", random.Random(2)).sky
    night = light_for("night", "", "", random.Random(3))
    assert sum(night.on((200, 200, 200))) < 600
