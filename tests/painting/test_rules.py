"""Values against rules, whatever they are for; what clients may set is in test_overrides."""

from typing import Any

import pytest

from artbot_server import errors
from artbot_server.painting.rules import (
    Choice,
    Choices,
    Fields,
    Items,
    Number,
    Numbered,
    Switch,
    Whole,
    Words,
    checked,
    closest,
    refused,
)

PERSON = Fields({"name": Words(8), "age": Whole(0, 150), "tall": Number(0.5, 2.5), "here": Switch()}, ("name",))
MODES = Numbered(("Balanced", "Prompt first"))


@pytest.mark.parametrize(
    ("rule", "value", "result"),
    [
        (Whole(1, 3), 3, 3),
        (Number(0, 1), 1, 1),
        (Words(3), "", ""),
        (Choice(("Euler a",), ("Euler a Karras",)), " euler A karras", "Euler a Karras"),
        (Choice(()), "anything", "anything"),
        (Choices(("a", "b")), ["B"], ["b"]),
        (MODES, 1, "Prompt first"),
        (MODES, "balanced", "Balanced"),
        (PERSON, {"name": "Anna", "tall": 1.7}, {"name": "Anna", "tall": 1.7}),
        (Items(PERSON, 2), [{"name": "Anna"}, {"name": "Bo"}], [{"name": "Anna"}, {"name": "Bo"}]),
    ],
)
def test_what_fits_comes_back(rule: Any, value: Any, result: Any) -> None:
    assert checked("place", value, rule) == result


@pytest.mark.parametrize(
    ("rule", "value", "place", "allowed"),
    [
        (Whole(1, 3), 4, "place", {"min": 1, "max": 3}),
        (Whole(0, 1), True, "place", {"min": 0, "max": 1}),
        (Number(0, 1), float("nan"), "place", {"min": 0, "max": 1}),
        (Switch(), 1, "place", [True, False]),
        (Words(3), "four", "place", {"max": 3}),
        (Words(3), None, "place", {"max": 3}),
        (Words(3), "a\0", "place", {"max": 3}),
        (Choice(()), "half \ud83d", "place", []),
        (Choice(("a",)), "zzz", "place", ["a"]),
        (Choice(("a",)), ["a"], "place", ["a"]),
        (Choices(("a",)), "a", "place", ["a"]),
        (MODES, True, "place", ["Balanced", "Prompt first"]),
        (MODES, -1, "place", ["Balanced", "Prompt first"]),
        (PERSON, [], "place", ["name", "age", "tall", "here"]),
        (PERSON, {}, "place.name", ["a value"]),
        (PERSON, {"name": "Anna", "age": "9"}, "place.age", {"min": 0, "max": 150}),
        (Items(PERSON, 2), [{"name": "Anna"}, {"name": 5}], "place.1.name", {"max": 8}),
        (Items(PERSON, 2), [{}] * 3, "place", {"max": 2}),
    ],
)
def test_what_does_not_is_named(rule: Any, value: Any, place: str, allowed: Any) -> None:
    with pytest.raises(errors.BadRequest) as caught:
        checked("place", value, rule)
    assert (caught.value.detail["field"], caught.value.detail["allowed"]) == (place, allowed)


def test_a_refusal_is_a_sentence_with_the_name_that_was_meant() -> None:
    error = refused("overrides.vae", "there is no vae 'sotf'", ["soft"], closest("sotf", ["hard", "soft"]))
    assert error.message == "There is no vae 'sotf'; did you mean soft?"
    assert error.detail["did_you_mean"] == "soft"
    assert closest("zebra", ["soft"]) is None


def test_a_long_value_is_not_repeated_whole() -> None:
    with pytest.raises(errors.BadRequest) as caught:
        checked("place", "x" * 5000, Choice(("a",)))
    assert len(caught.value.message) < 150
