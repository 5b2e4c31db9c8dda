"""What a picture holds, as plain records, and how that reads as English words. Pure.

Both readers produce scenes; `changes` alters them; `writer` adds words around them. Nothing here knows where a
word came from, so that a Chinese and an English wish for the same picture become the same record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from artbot_server.llm.demo.lexicon import words

Kind = Literal["action", "relation", "place", "weather", "time", "tag"]
_ORDER: tuple[Kind, ...] = ("action", "relation", "place", "weather", "time", "tag")
ONE_OF_A_KIND: frozenset[Kind] = frozenset({"action", "place", "weather", "time"})
"""A picture has one of these; a new one takes the place of the old. Relations and tags add up."""

_IRREGULAR = {
    "man": "men", "woman": "women", "child": "children", "person": "people", "mouse": "mice", "goose": "geese",
    "tooth": "teeth", "foot": "feet", "wolf": "wolves", "leaf": "leaves", "knife": "knives", "calf": "calves",
    "loaf": "loaves", "shelf": "shelves", "elf": "elves", "ox": "oxen", "samurai": "samurai", "fish": "fish",
    "sheep": "sheep", "deer": "deer", "goldfish": "goldfish", "jellyfish": "jellyfish", "starfish": "starfish",
    "pufferfish": "pufferfish", "clownfish": "clownfish", "salmon": "salmon", "squid": "squid", "shrimp": "shrimp",
    "bison": "bison", "moose": "moose", "carp": "carp", "reindeer": "reindeer", "swordsman": "swordsmen",
    "postman": "postmen", "fisherman": "fishermen", "snowman": "snowmen", "potato": "potatoes", "tomato": "tomatoes",
    "mango": "mangoes", "hero": "heroes", "superhero": "superheroes", "wildebeest": "wildebeest", "bookshelf": "bookshelves",
    "scarf": "scarves", "aircraft": "aircraft", "spacecraft": "spacecraft", "cactus": "cacti", "octopus": "octopuses",
    "bus": "buses", "walrus": "walruses", "platypus": "platypuses", "hippopotamus": "hippopotamuses", "rhinoceros": "rhinoceroses",
    "cyclops": "cyclopes", "lens": "lenses", "gas": "gases", "iris": "irises", "lotus": "lotuses", "fungus": "fungi",
    "canvas": "canvases", "piano": "pianos", "alpaca": "alpacas", "toothbrush": "toothbrushes",
}  # fmt: skip
_SINGULAR = {plural: one for one, plural in _IRREGULAR.items() if plural != one}
_SAME = frozenset(one for one, plural in _IRREGULAR.items() if plural == one)
_HARD_AN = ("hour", "honest", "heir", "honor")
_SOFT_A = ("uni", "use", "euro", "one", "ukulele", "ewe")


@dataclass(frozen=True, slots=True)
class Thing:
    """One noun with what was said about it.

    Attributes:
        noun: in the singular where it has one ("kitten", "polar bear").
        count: "", "two", "several", "many" …
        unit: what is counted where it is not the noun: "cup" in "two cups of coffee", "group".
        qualities: adjectives and colours in the order in which they are written.
        article: "a", "the", "his" …; left out where the count or the noun forbids it.
        plural: more than one without a number ("flowers").
    """

    noun: str
    count: str = ""
    unit: str = ""
    qualities: tuple[str, ...] = ()
    article: str = "a"
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a subject does or where it is: "riding" + a bicycle, "in" + the garden, "at night"."""

    lead: str
    things: tuple[Thing, ...] = ()
    kind: Kind = "relation"


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing in the picture's middle with its own phrases."""

    thing: Thing
    phrases: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole picture.

    Attributes:
        subjects: may be empty when only a place or a time was named.
        phrases: what is true of the whole picture.
        styles: "watercolor", "pixel art" … as the user gave them.
        without: nouns the picture must not hold.
        wording: the user's words that began it; the seed of every choice.
        variation: how often "another one" was asked.
    """

    subjects: tuple[Subject, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    styles: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    wording: str = ""
    variation: int = 0


def pluralise(noun: str) -> str:
    """The plural of an English noun: "polar bear" to "polar bears"; mass nouns and plurals stay."""
    head, _, last = noun.rpartition(" ")
    lead = f"{head} " if head else ""
    if noun in words().mass or last in words().mass or last in _SINGULAR:
        return noun
    if last in _IRREGULAR:
        return lead + _IRREGULAR[last]
    if " of " in f" {noun} ":
        first, rest = noun.split(" of ", 1)
        return f"{pluralise(first)} of {rest}"
    if last.endswith(("ss", "sh", "ch", "x", "z")):
        return f"{noun}es"
    if last.endswith("s"):
        return noun
    if last.endswith("y") and last[-2:-1] not in set("aeiou"):
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def singularise(noun: str) -> str:
    """The singular of an English noun where the plural is known or regular: "wolves" to "wolf"."""
    head, _, last = noun.rpartition(" ")
    lead = f"{head} " if head else ""
    if last in _SINGULAR:
        return lead + _SINGULAR[last]
    if last in _IRREGULAR or last.endswith(("ss", "us")) or not last.endswith("s") or len(last) < 4:
        return noun
    if words().knows(noun):
        return noun
    if last.endswith("ies") and len(last) > 4:
        return f"{noun[:-3]}y" if not words().knows(noun[:-1]) else noun[:-1]
    if last.endswith(("sses", "shes", "ches", "xes", "zes")):
        return noun[:-2]
    return noun[:-1]


def is_plural(noun: str) -> bool:
    """Whether this form already names several: "flowers", "children", "glasses"."""
    last = noun.rpartition(" ")[2]
    if last in _SAME or last in words().mass or last.endswith(("ss", "us")) or last in _IRREGULAR:
        return False
    return last in _SINGULAR or last.endswith("s")


def article_for(text: str) -> str:
    """ "a" or "an" by the sound of the next word."""
    vowel = text[:1] in "aeiou" and not text.startswith(_SOFT_A)
    return "an" if vowel or text.startswith(_HARD_AN) else "a"


def thing_words(thing: Thing) -> str:
    """The noun phrase: "three fluffy ducklings", "a cup of coffee", "the moon"."""
    several = bool(thing.count and thing.count not in ("one", "a half")) or thing.plural
    qualities = " ".join(thing.qualities)
    if thing.unit:
        many = thing.unit in (
            "group",
            "pile",
            "bunch",
            "bouquet",
            "basket",
            "row",
            "nest",
            "flock",
            "herd",
            "pack",
            "pair",
        )
        noun = f"{qualities} {pluralise(thing.noun) if many else thing.noun}".strip()
        unit = pluralise(thing.unit) if several else thing.unit
        lead = thing.count if thing.count not in ("", "one") else article_for(unit)
        return f"{lead} {unit} of {noun}"
    noun = f"{qualities} {pluralise(thing.noun) if several else thing.noun}".strip()
    if thing.count:
        return f"{thing.count} {noun}"
    bare = thing.plural or is_plural(thing.noun) or thing.noun in words().mass
    if thing.article == "a":
        return noun if bare else f"{article_for(noun)} {noun}"
    return f"{thing.article} {noun}".strip()


def phrase_words(phrase: Phrase) -> str:
    """ "riding a bicycle", "in a garden", "at night"."""
    return f"{phrase.lead} {' and '.join(map(thing_words, phrase.things))}".strip()


def scene_words(scene: Scene) -> list[str]:
    """The picture as comma-separated parts, subjects first, styles left out."""
    *others, last = scene.subjects or (None,)
    groups: list[str] = []
    if last is not None:
        inline = any(other.phrases for other in others if other)
        names = [subject_words(other, inline=True) for other in others if other]
        if inline:
            return [*names, subject_words(last, inline=True), *_grouped(scene.phrases)]
        names.append(thing_words(last.thing))
        groups.append(" and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0])
    return [*groups, *_grouped([*(last.phrases if last else ()), *scene.phrases])]


def subject_words(subject: Subject, *, inline: bool) -> str:
    """A subject with its phrases, in one run or parted by commas."""
    parts = [thing_words(subject.thing), *_grouped(subject.phrases)]
    return (" " if inline else ", ").join(parts)


def _grouped(phrases: Iterable[Phrase]) -> list[str]:
    """Phrases in a fixed order; a place joins the action before it ("sitting on a chair")."""
    ordered = sorted(phrases, key=lambda phrase: _ORDER.index(phrase.kind))
    groups: list[str] = []
    action_open = False
    for phrase in ordered:
        text = phrase_words(phrase)
        if action_open and phrase.kind == "place":
            groups[-1] += f" {text}"
        elif text not in groups:
            groups.append(text)
        action_open = phrase.kind == "action" and (not phrase.things or bool(phrase.lead))
    return groups
