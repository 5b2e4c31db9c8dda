"""Reading English messages: wishes, changes, politeness."""

from __future__ import annotations

import pytest

from artbot_server.llm.demo.reading_en import fold, read_en
from artbot_server.llm.demo.scene import scene_words


@pytest.mark.parametrize(
    ("text", "change", "target"),
    [
        ("a cat", "say", ""), ("another one", "again", ""), ("one more time", "again", ""), ("try again please",
        "again", ""),
        ("remove the hat", "remove", ""), ("no flowers", "remove", ""), ("I don't want a hat", "remove", ""),
        ("add a hat", "add", ""), ("give it wings", "add", ""), ("more snow", "add", ""), ("two more cats", "add", ""),
        ("make it blue", "say", ""), ("make it a dog", "replace", ""), ("make the hat red", "replace", "hat"),
        ("change the cat to a dog", "replace", "cat"), ("a dog instead of the cat", "replace", "cat"),
        ("instead a dog", "replace", ""),
        ("replace the hats with crowns", "replace", "hat"), ("no background", "remove", "background"),
    ],
)  # fmt: skip
def test_changes_are_told_from_descriptions(text: str, change: str, target: str) -> None:
    (reading,) = read_en(text)
    assert (reading.change, reading.target) == (change, target)


@pytest.mark.parametrize(
    "text",
    [
        "a red fox", "draw a red fox", "Please draw me a red fox!", "can you paint a red fox?",
        "I want to see a red fox", "I'd like a red fox, please",
        "show me a picture of a red fox", "Could you please create an image of a red fox", "hello, a red fox",
        "generate a prompt for a red fox",
        "what about a red fox?", "an image prompt for a red fox", "let me see a red fox",
    ],
)  # fmt: skip
def test_politeness_is_no_part_of_the_picture(text: str) -> None:
    (reading,) = read_en(text)
    assert scene_words(reading.scene) == ["a red fox"]


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("a fox, watercolour", "watercolor"), ("a watercolor painting of a fox", "watercolor"),
        ("a fox in pixel art style", "pixel art"),
        ("a fox in the style of van gogh", "van gogh"), ("an anime fox", "anime"), ("a fox as an oil painting",
        "oil painting"),
        ("pencil sketch of a fox", "pencil sketch"), ("a portrait of a fox", "portrait"), ("ink wash fox", "ink wash"),
    ],
)  # fmt: skip
def test_styles_are_taken_out_of_the_sentence(text: str, style: str) -> None:
    (reading,) = read_en(text)
    assert reading.scene.styles == (style,)
    assert scene_words(reading.scene)[0].endswith("fox")


def test_qualities_and_counts_alone_are_loose() -> None:
    assert read_en("much bigger")[0].loose == ("big",)
    assert read_en("black and white")[0].loose == ("black and white",)
    assert read_en("two of them")[0].count == "two"
    assert read_en("three")[0].count == "three"


def test_sentences_and_joined_orders_are_several_wishes() -> None:
    assert [reading.change for reading in read_en("a cat. It is asleep. Add a hat and remove the ball")] == [
        "say",
        "say",
        "add",
        "remove",
    ]


def test_what_is_excluded_comes_after_what_is_said() -> None:
    said, excluded = read_en("a cat without a hat in a garden")
    assert scene_words(said.scene) == ["a cat", "in a garden"]
    assert (excluded.change, excluded.scene.subjects[0].thing.noun) == ("remove", "hat")


def test_pronouns_point_at_the_picture_there_is() -> None:
    assert read_en("it is sleeping")[0].refers
    assert read_en("put it on a boat")[0].refers
    assert not read_en("a cat")[0].refers


def test_falling_snow_and_rain_are_weather() -> None:
    assert read_en("it is raining")[0].scene.phrases[0].kind == "weather"


def test_text_is_folded_to_plain_ascii() -> None:
    assert fold("  A  Café’s\u200b Naïve 猫 CAT ") == "a cafe's naive cat"
    assert read_en("привет") == []
