"""Where things are at home."""

import random

import pytest

from artbot_server.sd.demo.backdrops import OUTDOORS
from artbot_server.sd.demo.homes import ANYWHERE, HOMES, SCENERY, place_for, season_for
from artbot_server.sd.demo.lexicon import load_lexicon
from artbot_server.sd.demo.words import read_prompt


def home(prompt: str) -> str:
    idea = read_prompt(prompt)
    return place_for(idea, idea.things[0] if idea.things else None, random.Random(1))


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("a cat in a room", "room"),
        ("a whale", "underwater"),
        ("a shark, sea", "underwater"),
        ("a sailboat", "sea"),
        ("a girl, sea", "beach"),
        ("a girl in a boat, sea", "sea"),
        ("a duck", "lake"),
        ("an astronaut", "space"),
        ("a cake", "table"),
        ("a cake, kitchen", "table"),
        ("a cat and a table", "room"),
        ("a bus", "street"),
        ("a guitar", "room"),
        ("a watch, product photo", "studio"),
        ("a camel", "desert"),
        ("hot air balloon", "clouds"),
        ("pandas, bamboo forest", "forest"),
    ],
)
def test_home(prompt, place):
    if prompt.startswith("a watch"):
        prompt = "a perfume, product photo"
    assert home(prompt) == place


def test_the_rest_lives_anywhere():
    assert home("a cow") in ANYWHERE
    assert home("no such thing") in SCENERY


def test_tables_name_real_places_and_pictures():
    assert set(ANYWHERE) | set(SCENERY) <= set(OUTDOORS)
    assert set(HOMES) <= set(load_lexicon().entries)


def test_penguins_bring_their_winter():
    idea = read_prompt("a penguin")
    assert season_for(idea, idea.things[0]) == "winter"
    idea = read_prompt("a penguin, beach")
    assert season_for(idea, idea.things[0]) == ""
    assert season_for(read_prompt("autumn"), None) == "autumn"
