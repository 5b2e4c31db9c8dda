"""Cutting an English description into subjects and phrases."""

from __future__ import annotations

import pytest

from artbot_server.llm.demo.phrases_en import bare_time, parse
from artbot_server.llm.demo.scene import scene_words


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("cat", ["a cat"]),
        ("cats", ["cats"]),
        ("three small black cats", ["three small black cats"]),
        ("5 cats", ["five cats"]),
        ("a couple of dogs", ["two dogs"]),
        ("a bowl of rice", ["a bowl of rice"]),
        ("a vase of sunflowers", ["a vase of sunflowers"]),
        ("two cups of coffee", ["two cups of coffee"]),
        ("a flying pig", ["a flying pig"]),
        ("sleeping cat", ["a sleeping cat"]),
        ("a black and white cat", ["a black and white cat"]),
        ("a cat and a dog", ["a cat and a dog"]),
        ("a cat sitting on a chair", ["a cat", "sitting on a chair"]),
        ("a cat looking at the moon", ["a cat", "looking at the moon"]),
        ("a dog who wears a hat and boots", ["a dog", "wearing a hat and boots"]),
        ("two dogs eat pizza", ["two dogs", "eating pizza"]),
        ("a girl with long red hair", ["a girl", "with long red hair"]),
        ("a king of the jungle", ["a king of the jungle"]),
        ("a house in front of a lake", ["a house", "in front of a lake"]),
        ("a cat at sunset in the park", ["a cat", "in the park", "at sunset"]),
        ("in a garden with roses", ["a garden", "with roses"]),
        ("a cat, garden, night", ["a cat", "at night", "garden"]),
        ("a cat, (big eyes:1.2), <lora:x:1>", ["a cat", "(big eyes:1.2)", "<lora:x:1>"]),
        ("a cat dressed as a pirate", ["a cat", "dressed as a pirate"]),
        ("grandma's kitchen", ["grandma's kitchen"]),
        ("a polar bear", ["a polar bear"]),
        ("the sun over mountains", ["the sun", "over the mountains"]),
        (
            "a cat on a chair and a dog on the floor in the rain",
            ["a cat on a chair", "a dog on the floor", "in the rain"],
        ),
        ("a cat in a garden and a dog in a house", ["a cat in a garden", "a dog in a house"]),
    ],
)
def test_descriptions(text: str, parts: list[str]) -> None:
    assert scene_words(parse(text)) == parts


@pytest.mark.parametrize(
    "text", ["", ",", "of and", "in", "the", "with with", "and", "a a a", "two", "is", "in in the"]
)
def test_fragments_are_no_error(text: str) -> None:
    parse(text)


def test_hours_and_weather_stand_alone() -> None:
    assert [phrase.lead for word in ("night", "winter", "morning", "snow") if (phrase := bare_time(word))] == [
        "at night", "in winter", "in the morning", "in the snow",
    ]  # fmt: skip
    assert bare_time("cat") is None
