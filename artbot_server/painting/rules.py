"""Types and ranges of what clients may set, as data, and one function that holds a value against them. Pure.

A refusal names the place (`overrides.controlnet.0.model`), what is allowed there, and the nearest name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from artbot_server import errors

UNKEPT = re.compile("[\0\ud800-\udfff]")
"""No database takes half a character, PostgreSQL no NUL."""
SHOWN_NAMES = 50  # of a list in an error: some servers have thousands of models


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a range."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Number:
    """Any finite number in a range."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Switch:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text of at most so many characters."""

    longest: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One name of a list; an empty list means that nobody knows, and any name will do. `also`: spellings not shown."""

    names: Sequence[str]
    also: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Numbered:
    """One text of a short list, or its number as older programs write it."""

    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Choices:
    """Several names of a list."""

    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with some of these fields."""

    rules: Mapping[str, Rule]
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list of such objects."""

    each: Fields
    most: int


Rule = Whole | Number | Switch | Words | Choice | Numbered | Choices | Fields | Items


def checked(place: str, value: object, rule: Rule) -> Any:
    """The value, if it is of the right type and in range; names that differ only in case are written right.

    Raises:
        BadRequest: `field` is `place` or a place inside of it; `allowed` and maybe `did_you_mean`.
    """
    match rule:
        case Whole(low, high):
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise _out_of(place, "a whole number", low, high)
        case Number(low, high):
            if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
                raise _out_of(place, "a number", low, high)
        case Switch():
            if not isinstance(value, bool):
                raise refused(place, f"{_last(place)} has to be true or false", [True, False])
        case Words(longest):
            if not isinstance(value, str) or len(value) > longest or UNKEPT.search(value):
                raise refused(place, f"{_last(place)} has to be a text of up to {longest} characters", {"max": longest})
        case Numbered(names):
            is_number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names)
            return names[value] if is_number else _named(place, value, names)  # type: ignore[call-overload]
        case Choice(names, also):
            return _named(place, value, names, also)
        case _:
            return _checked_inside(place, value, rule)
    return value


def refused(
    place: str, sentence: str, allowed: Sequence[object] | Mapping[str, float], meant: str | None = None
) -> errors.BadRequest:
    """The error for one place. `meant`: the name that was probably meant, as `closest` finds it."""
    shown = allowed if isinstance(allowed, Mapping) else list(allowed)[:SHOWN_NAMES]
    detail: dict[str, Any] = {"field": place, "allowed": shown}
    end = "."
    if meant is not None:
        detail["did_you_mean"] = meant
        end = f"; did you mean {meant}?"
    return errors.BadRequest(sentence[:1].upper() + sentence[1:] + end, **detail)


def closest(word: str, names: Sequence[str]) -> str | None:
    """The name most like a word, case aside; None where none is."""
    by_folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    return by_folded[close[0]] if close else None


def _checked_inside(place: str, value: object, rule: Choices | Fields | Items) -> Any:
    match rule:
        case Choices(names):
            if not isinstance(value, list):
                raise refused(place, f"{_last(place)} has to be a list of names", names)
            return [_named(place, each, names) for each in value]
        case Items(each, most):
            if not isinstance(value, list) or len(value) > most:
                raise refused(place, f"{_last(place)} has to be a list of up to {most} objects", {"max": most})
            return [checked(f"{place}.{number}", item, each) for number, item in enumerate(value)]
        case Fields(rules, required):
            if not isinstance(value, Mapping):
                raise refused(place, f"{_last(place)} has to be an object", list(rules))
            for name in (*value, *required):
                if name not in rules:
                    sentence = f"{str(name)[:60]} is no field of {_last(place)}"
                    raise refused(f"{place}.{name}", sentence, list(rules), closest(str(name), list(rules)))
                if name not in value:
                    raise refused(f"{place}.{name}", f"{name} is missing", ["a value"])
            return {name: checked(f"{place}.{name}", each, rules[name]) for name, each in value.items()}


def _named(place: str, value: object, known: Sequence[str], also: Sequence[str] = ()) -> str:
    if not isinstance(value, str) or not value.strip() or UNKEPT.search(value):
        raise refused(place, f"{_last(place)} has to be a name", known)
    if not known or value in known or value in also:
        return value
    for each in (*known, *also):
        if each.casefold() == value.strip().casefold():
            return each
    raise refused(place, f"there is no {_last(place)} {value[:80]!r}", known, closest(value, [*known, *also]))


def _out_of(place: str, kind: str, low: float, high: float) -> errors.BadRequest:
    sentence = f"{_last(place)} has to be {kind} from {low:g} to {high:g}"
    if isinstance(low, int) and isinstance(high, int):
        sentence = f"{_last(place)} has to be {kind} from {low} to {high}"
    return refused(place, sentence, {"min": low, "max": high})


def _last(place: str) -> str:
    return place.rpartition(".")[2]
