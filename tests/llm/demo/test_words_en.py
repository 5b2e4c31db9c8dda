"""English verb forms and the style pattern."""

from __future__ import annotations

import pytest

from artbot_server.llm.demo.words_en import STYLE, STYLES, is_verb, verb_forms


@pytest.mark.parametrize(
    ("form", "ing"),
    [
        ("eats", "eating"),
        ("eat", "eating"),
        ("rides", "riding"),
        ("sits", "sitting"),
        ("watches", None),
        ("flies", None),
        ("cat", None),
    ],
)
def test_finite_forms(form: str, ing: str | None) -> None:
    assert verb_forms().get(form) == ing


@pytest.mark.parametrize("word", ["eating", "snowboarding", "zorbing"])
def test_ing_words_are_verbs(word: str) -> None:
    assert is_verb(word)


@pytest.mark.parametrize("word", ["morning", "king", "duckling", "building", "thing", "cat", "wing", "ring"])
def test_nouns_in_ing_are_not(word: str) -> None:
    assert not is_verb(word)


def test_every_style_is_found_by_the_pattern() -> None:
    for style in STYLES:
        found = STYLE.search(f"a cat in {style} style")
        assert found is not None
        assert STYLES[found[1]] == STYLES[style]
