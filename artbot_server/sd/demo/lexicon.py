"""The words the demo painter knows and the picture each stands for, read once from `lexicon.json`.

The English labels come from emojibase, the rest of the words from a hand-made table (art/README.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

# Drawn by `drawn.py` and `figures.py`, so they have no file in the art pack.
DRAWN = frozenset({
    "unicorn", "bamboo", "bush", "seaweed", "firefly", "lighthouse", "windmill", "hotair", "perfume", "table", "knight",
    "sakura",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture.

    Attributes:
        picture: its name in the art pack (code points), or a name out of `DRAWN`.
        kind: animal, bird, fish, insect, person, flower, tree, food, drink, vehicle, boat, aircraft, building,
            mountain, furniture, instrument, wear, sky or object.
        size: how tall it is beside a cat (1.0), compressed so that an elephant still fits.
        face: which way it looks: `left`, or `front` (also for what has no side).
        part: what the picture shows: `whole`, `sit` (an animal's head), `head`, `bust` or `gown` (of a person);
            the rest is drawn.
    """

    picture: str
    kind: str
    size: float
    face: str
    part: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All that is in `lexicon.json`: `tones` are variants of a person, `poses` a second view of an animal."""

    entries: dict[str, Entry]
    words: dict[str, str]
    chinese: dict[str, str]
    tones: dict[str, list[str]]
    poses: dict[str, str]


@cache
def load_lexicon() -> Lexicon:
    """Read the lexicon that lies beside this module."""
    raw = json.loads(resources.files(__package__).joinpath("lexicon.json").read_text(encoding="utf-8"))
    entries = {
        name: Entry(name, kind, size, face, part[0] if part else "whole")
        for name, (kind, size, face, *part) in raw["pictures"].items()
    }
    return Lexicon(entries, raw["words"], raw["chinese"], raw["tones"], raw["poses"])
