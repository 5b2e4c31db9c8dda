"""The words the demo writer knows, read from lexicon.json once, at the first question. No rules in here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

WordClass = Literal["noun", "place", "time", "weather", "color", "adjective", "verb", "style"]
SMALL_NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
"""Numbers that are written as words; larger ones stay figures."""
ANIMATE = frozenset({"animal", "creature", "person"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One Chinese word: its class, its English, and for a noun its kind (animal, food …) or for a verb `t` or `i`."""

    word_class: WordClass
    english: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Chinese words to entries, and the same words seen from the English side.

    Attributes:
        chinese: simplified Chinese word to entry.
        kinds: English noun (singular as listed) to its kind: animal, food, place …
        traditional: translation table for `str.translate`, traditional characters to simplified ones.
    """

    chinese: Mapping[str, Entry]
    kinds: Mapping[str, str]
    mass: frozenset[str]
    no_article: frozenset[str]
    colors: frozenset[str]
    adjectives: frozenset[str]
    verbs: Mapping[str, str]
    styles: frozenset[str]
    traditional: Mapping[int, int]
    longest: int

    def knows(self, noun: str) -> bool:
        """Whether this is an English noun of the lexicon, in the form given."""
        return noun in self.kinds

    def without_color(self, noun: str) -> tuple[str, str]:
        """ "white horse" as ("white", "horse"), so that its colour can be changed; ("", noun) for other nouns."""
        color, _, rest = noun.partition(" ")
        split = color in self.colors and self.kinds.get(rest, "sky") != "sky"
        return (color, rest) if split else ("", noun)

    def kind(self, noun: str) -> str:
        """The kind of an English noun, by its last words where the whole is unknown; "" when nothing is known."""
        rest = noun
        while rest:
            if rest in self.kinds:
                return self.kinds[rest]
            rest = rest.partition(" ")[2]
        return ""


@cache
def words() -> Lexicon:
    """Read the lexicon (a few milliseconds, once)."""
    raw = json.loads(files(__package__).joinpath("lexicon.json").read_text("utf-8"))
    chinese: dict[str, Entry] = {}
    kinds: dict[str, str] = {}
    classes: dict[str, WordClass] = {
        "places": "place",
        "times": "time",
        "weather": "weather",
        "colors": "color",
        "adjectives": "adjective",
        "styles": "style",
    }
    for name, word_class in classes.items():
        chinese.update((zh.lower(), Entry(word_class, english)) for zh, english in raw[name].items())
    chinese.update((zh, Entry("verb", english, kind)) for zh, (english, kind) in raw["verbs"].items())
    for kind, nouns in raw["nouns"].items():
        chinese.update((zh.lower(), Entry("noun", english.lower(), kind)) for zh, english in nouns.items())
        for english in nouns.values():
            kinds.setdefault(english.lower(), kind)
    for phrase in raw["places"].values():
        kinds.setdefault((phrase.partition(" ")[2] or phrase).lower(), "place")
    old, new = raw["traditional"]
    return Lexicon(
        chinese=chinese,
        kinds=kinds,
        mass=frozenset(raw["mass"]),
        no_article=frozenset(raw["no_article"]),
        colors=frozenset(raw["colors"].values()),
        adjectives=frozenset(raw["adjectives"].values()),
        verbs=dict(raw["verbs"].values()),
        styles=frozenset(raw["styles"].values()),
        traditional=str.maketrans(old, new),
        longest=max(map(len, chinese)),
    )
