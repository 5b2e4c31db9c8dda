"""What counts as a prompt, and how one is cleaned."""

from __future__ import annotations

import pytest

from artbot_server.chat.prompt_shape import clean, looks_like_prompt, mainly_latin, without_acceptance


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("  a fox, snow ", "a fox, snow"),
        ("a fox,\nsnow,\n\nmoon", "a fox, snow, moon"),
        ("a fox\n(red fur:1.2)", "a fox (red fur:1.2)"),
        ('"`a fox`".', "a fox"),
        ("**a fox**,", "a fox"),
        ("「a fox」。", "a fox"),
        ("a fox's den", "a fox's den"),
        ("a fox...", "a fox..."),
        ("", ""),
        ('"', '"'),
    ],
)
def test_cleaning_gives_one_bare_line(text: str, bare: str) -> None:
    assert clean(text) == bare


@pytest.mark.parametrize(
    ("text", "introduced", "is_prompt"),
    [
        ("a red fox", False, True),
        ("red fox", False, False),
        ("red fox", True, True),
        ("a fox, snow, moon.", False, True),
        ("A fox ran away.", False, False),
        ("A fox ran away.", True, True),
        ("a red fox?", True, False),
        ("a red fox! and snow", True, False),
        ("a fox, snow, and tell me more.", False, False),
        ("a fox, snow, moon…", False, False),
        ("一只红色的狐狸", True, False),
        ("", True, False),
        (" ".join(["fox"] * 300), False, True),
        (" ".join(["fox"] * 301), False, False),
    ],
)
def test_a_prompt_has_no_sentence_question_or_talker(text: str, introduced: bool, is_prompt: bool) -> None:
    assert looks_like_prompt(text, introduced=introduced) is is_prompt


@pytest.mark.parametrize(
    ("text", "latin"), [("fox", True), ("café", True), ("a fox 狐狸", False), ("狐狸", False), ("123", False)]
)
def test_accents_are_latin_and_digits_are_nothing(text: str, latin: bool) -> None:
    assert mainly_latin(text) is latin


def test_an_acceptance_before_the_prompt_goes() -> None:
    assert without_acceptance("好的，a red fox") == "a red fox"
    assert without_acceptance("Great idea! a red fox") == "a red fox"
    assert without_acceptance("great white shark, sea") == "great white shark, sea"
