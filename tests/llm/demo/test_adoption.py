"""A prompt that was changed by hand is what the conversation goes on from."""

from __future__ import annotations

import pytest

from artbot_server.llm.demo.adoption import adopted
from artbot_server.llm.demo.flavour import MOST_ADDED, flavoured, prompt_of
from artbot_server.llm.demo.writer import write
from tests.llm.demo.conversation import holds, last_prompt
from tests.llm.demo.wishes import HELD_OUT, TUNED, Wish


@pytest.mark.parametrize("wish", [*TUNED, *HELD_OUT], ids=lambda wish: " / ".join(wish[0]))
def test_a_prompt_of_ours_comes_back_with_all_its_parts(wish: Wish) -> None:
    prompt = last_prompt(*wish[0])
    if prompt:
        scene = adopted(prompt)
        assert scene is not None
        assert sorted(prompt_of(scene, "").split(", ")) == sorted(prompt.split(", "))


@pytest.mark.parametrize(
    "prompt",
    [
        "a wild stormy beach, black sand, volumetric light",
        "masterpiece, best quality, 1girl, silver hair, (blue eyes:1.2), <lora:x:0.8>",
        "a cozy wooden cabin, smoke from the chimney, at night",
        "a red panda, watercolor, 8k",
    ],
)
def test_what_somebody_wrote_is_kept_and_nothing_is_added(prompt: str) -> None:
    scene = adopted(prompt)
    assert scene is not None
    assert sorted(prompt_of(scene, "an animal theme, for kids").split(", ")) == sorted(prompt.split(", "))


@pytest.mark.parametrize("text", ["", " , ,", "!?"])
def test_nothing_to_draw_is_no_picture(text: str) -> None:
    assert adopted(text) is None


def _then(edited: str, wish: str) -> str:
    """What is written after a picture that was painted with another prompt than ours."""
    first = {"role": "user", "content": "a cat"}
    return write([first, {"role": "assistant", "content": edited}, {"role": "user", "content": wish}])


def test_a_change_builds_on_the_prompt_as_it_was_painted() -> None:
    prompt = _then("a fluffy white cat, wearing a red hat, rainbow", "make the cat blue")
    assert prompt == "a fluffy blue cat, wearing a red hat, rainbow"
    assert holds(_then("a wild stormy beach, black sand", "at sunset"), "a wild stormy beach, at sunset, black sand")


def test_a_prompt_without_a_comma_counts_too() -> None:
    assert holds(_then("a red fox in the snow", "at night"), "red fox")


def test_a_prompt_written_in_chinese_is_read_as_chinese() -> None:
    assert holds(_then("一只红色的熊猫在竹林里", "at night"), "red panda")


@pytest.mark.parametrize(
    "talk", ["1. a dog, green hills\n   A dog.", "1. a do", "Hello!", "hello", "Which dog do you mean?"]
)
def test_talk_and_lists_are_not_taken_for_the_painted_prompt(talk: str) -> None:
    assert holds(_then(talk, "make it blue"), "blue cat")


def test_another_one_of_a_finished_prompt_gets_new_words_around_it() -> None:
    prompt = _then("a red fox, snow", "another one")
    assert prompt.startswith("a ")
    assert holds(prompt, "red fox")
    scene = adopted("a red fox, snow")
    assert scene is not None
    assert len(prompt.split()) <= len(" ".join(flavoured(scene, "")).split()) + MOST_ADDED
    assert len(prompt) > len("a red fox, snow")
