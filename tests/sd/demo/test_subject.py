"""Whom a picture is about."""

import pytest

from artbot_server.sd.demo.subject import choose_subject, place_subject
from artbot_server.sd.demo.words import read_prompt
from tests.sd.demo.test_stage import stage


@pytest.mark.parametrize(
    ("prompt", "noun"),
    [
        ("flowers, trees, a cat", "cat"),
        ("a hat on an owl", "owl"),
        ("a cake and a tree", "cake"),
        ("a castle, trees", "castle"),
        ("a house, a car", "car"),
        ("tulips, oak", "tulip"),
        ("a girl and a perfume bottle, product photo", "girl"),
    ],
)
def test_subject(prompt, noun):
    subject = choose_subject(read_prompt(prompt))
    assert subject is not None
    assert subject.noun == noun


def test_a_landscape_has_no_subject():
    assert choose_subject(read_prompt("mountains, sunrise")) is None
    assert choose_subject(read_prompt("oaks")) is None


@pytest.mark.parametrize("count", [1, 2, 5, 10])
def test_as_many_as_were_asked_for_are_placed(count):
    set_up = stage(f"{count} cats")
    place_subject(set_up, set_up.idea.things[0])
    assert len(set_up.queue) == count
    assert set_up.unit > 0


def test_a_portrait_is_larger_and_a_landscape_smaller():
    def tall(prompt: str) -> float:
        set_up = stage(prompt)
        place_subject(set_up, set_up.idea.things[0])
        return set_up.queue[0][1].tall

    assert tall("portrait of a lion") > tall("a lion") > tall("a lion, wide shot")


def test_swimmers_are_in_the_water():
    set_up = stage("a sailboat", "sea", "land", (0.5, 1.0))
    place_subject(set_up, set_up.idea.things[0])
    _, spot, manner = set_up.queue[0]
    assert manner == "swim"
    assert 40 < spot.foot < 80
