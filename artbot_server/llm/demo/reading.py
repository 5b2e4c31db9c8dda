"""What one clause of a user's message asks for, and the few words both readers share. Pure records."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from artbot_server.llm.demo.lexicon import words
from artbot_server.llm.demo.scene import Kind, Phrase, Scene, Subject, Thing

BACKGROUND = "background"
"""As a target: every place there is."""
Change = Literal["say", "add", "remove", "replace", "again"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One wish.

    Attributes:
        scene: what the words name by themselves; empty for a bare "make it blue".
        change: `say` describes (a new picture, or more about the old one), the others alter the picture there is.
        target: the noun a change is about ("hat" in "make the hat red"); "" means the main subject.
        refers: the words point at the picture there is ("it", "them", "the same").
        request: the words ask for a picture anew ("draw me", "我想看").
        loose: qualities without a noun ("blue").
        count: a count without a noun ("two of them").
        unknown: words that were not understood, as written.
    """

    scene: Scene = field(default_factory=Scene)
    change: Change = "say"
    target: str = ""
    refers: bool = False
    request: bool = False
    loose: tuple[str, ...] = ()
    count: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing that could be drawn or changed was said."""
        said = (self.scene.subjects, self.scene.phrases, self.scene.styles, self.loose, self.count)
        return not any(said) and self.change != "again" and self.target != BACKGROUND


ENVIRONMENT = frozenset({"place", "building", "nature", ""})
"""Kinds of noun that, after "in" or "on", are where the picture happens; "" because an unknown noun most often is."""
CARRIED = frozenset({"wearing", "holding", "holding up", "carrying", "with", "of"})
"""Leads that add to what the subject does instead of taking its place."""


def located(lead: str, thing: Thing) -> Phrase:
    """A phrase of place, weather or mere relation, by what kind of noun follows the preposition."""
    kind = words().kind(thing.noun)
    what: Kind = "place" if kind in ENVIRONMENT else "weather" if kind == "sky" else "relation"
    return Phrase(lead, (thing,), what)


def definite(thing: Thing) -> Thing:
    """A place or a light in the sky by its name alone is a known one: "in the garden", "under the moon"."""
    known = words().kind(thing.noun) in ("place", "sky") and not thing.qualities and not thing.count
    return replace(thing, article="the") if known else thing


def with_places(subjects: list[Subject], phrases: list[Phrase], places: list[tuple[int, Phrase]]) -> Scene:
    """A scene whose places belong to all of it, unless an earlier one of several subjects has its own.

    Args:
        places: each with how many subjects had been named before it.
    """
    apart = any(0 < before < len(subjects) for before, _ in places)
    own = [[place for before, place in places if apart and before == number] for number in range(1, len(subjects) + 1)]
    shared = [place for before, place in places if not apart or before == 0]
    placed = (replace(subject, phrases=(*subject.phrases, *mine)) for subject, mine in zip(subjects, own, strict=True))
    return Scene(tuple(placed), tuple(dict.fromkeys([*shared, *phrases])))


def doing(lead: str, things: tuple[Thing, ...] = ()) -> Phrase:
    """What a subject does, or wears or carries."""
    return Phrase(lead, things, "relation" if lead in CARRIED else "action")
