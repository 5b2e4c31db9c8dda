"""Skies and weather."""

import random

import pytest
from PIL import Image

from artbot_server.sd.demo.palette import light_for
from artbot_server.sd.demo.sheet import Sheet
from artbot_server.sd.demo.skies import paint_sky, paint_weather, stars
from artbot_server.sd.demo.words import read_prompt


def sky(prompt: str, time: str = "day") -> bytes:
    sheet = Sheet((120, 90), light_for(time, "", "", random.Random(1)), random.Random(2))
    paint_sky(sheet, read_prompt(prompt), 0.6)
    return sheet.image.tobytes()


@pytest.mark.parametrize("word", ["rainbow", "fireworks", "stars", "cloudy", "rain", "flock of birds"])
def test_what_the_prompt_wants_is_in_the_sky(word):
    assert sky(word) != sky("")


@pytest.mark.parametrize("time", ["day", "sunset", "dawn", "night"])
def test_every_hour_has_its_sky(time):
    assert sky("", time) == sky("", time)


def test_a_rainbow_lies_above_the_horizon():
    sheet = Sheet((120, 90), light_for("day", "", "", random.Random(1)), random.Random(2))
    sheet.wash(((0, 0, 0), (0, 0, 0)))
    stars(sheet, 0.5)
    assert sheet.image.crop((0, 0, 120, 45)).getbbox() is not None
    assert sheet.image.crop((0, 52, 120, 90)).getbbox() is None


@pytest.mark.parametrize("weather", ["rain", "storm", "snowfall", "fog"])
def test_weather_falls_over_the_scene_repeatably(weather):
    scene = Image.new("RGB", (120, 90), (60, 90, 60))
    first = paint_weather(scene, weather, random.Random(1))
    assert first.tobytes() == paint_weather(scene, weather, random.Random(1)).tobytes() != scene.tobytes()
    assert (first.size, first.mode) == (scene.size, "RGB")
