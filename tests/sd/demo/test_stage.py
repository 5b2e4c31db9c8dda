"""How things move on a stage."""

import random

import pytest
from PIL import Image

from artbot_server.sd.demo.backdrops import Backdrop
from artbot_server.sd.demo.layout import Spot
from artbot_server.sd.demo.palette import light_for
from artbot_server.sd.demo.stage import Stage, company_of, manner_of, varied
from artbot_server.sd.demo.words import read_prompt


def stage(prompt: str, place: str = "meadow", kind: str = "land", water: tuple[float, float] | None = None) -> Stage:
    image = Image.new("RGB", (100, 80))
    backdrop = Backdrop(image, 0.5, 0.6, 0.9, kind, water)
    return Stage(read_prompt(prompt), light_for("day", "", "", random.Random(1)), backdrop, image, place, 7)


@pytest.mark.parametrize(
    ("prompt", "place", "kind", "water", "manner"),
    [
        ("a cat", "meadow", "land", None, "stand"),
        ("a bee", "meadow", "land", None, "hang"),
        ("a bird", "meadow", "land", None, "stand"),
        ("a bird flying", "meadow", "land", None, "hang"),
        ("an eagle", "mountains", "land", None, "hang"),
        ("a superhero flying", "city", "land", None, "hang"),
        ("a duck", "lake", "land", (0.5, 0.8), "swim"),
        ("a duck", "meadow", "land", None, "stand"),
        ("a sailboat", "sea", "land", (0.5, 1.0), "swim"),
        ("a cat in a boat", "lake", "land", (0.5, 0.8), "swim"),
        ("a lighthouse", "sea", "land", (0.5, 1.0), "stand"),
        ("a cat", "lake", "land", (0.5, 0.8), "stand"),
        ("a fish", "underwater", "float", None, "hang"),
        ("a crab", "underwater", "float", None, "stand"),
        ("a whale", "clouds", "land", None, "hang"),
        ("a castle", "clouds", "land", None, "stand"),
        ("a bee", "table", "flat", None, "stand"),
    ],
)
def test_manner(prompt, place, kind, water, manner):
    set_up = stage(prompt, place, kind, water)
    assert manner_of(set_up, set_up.idea.things[0]) == manner


def test_each_step_has_its_own_chance():
    set_up = stage("a cat")
    assert set_up.rng("a").random() == set_up.rng("a").random() != set_up.rng("b").random()


def test_what_is_added_takes_its_place():
    set_up = stage("a cat")
    set_up.add(Image.new("RGBA", (10, 20)), Spot(50, 70, 40), "stand")
    assert set_up.taken == [(40, 30, 60, 70)]
    assert set_up.queue[0][2] == "stand"
    assert set_up.size == (100, 80)


def test_company():
    idea = read_prompt("a cat wearing a hat, a dog")
    assert [thing.noun for thing in company_of(idea, idea.things[0])] == ["hat"]
    assert company_of(idea, idea.things[2]) == []


def test_only_what_is_motley_varies():
    def colours(prompt: str) -> set[str | None]:
        thing = read_prompt(prompt).things[0]
        return {varied(thing, random.Random(seed)).colour for seed in range(30)}

    assert len(colours("five balloons")) > 3
    assert colours("five red balloons") == {"red"}
    assert colours("a balloon") == colours("five cats") == {None}
