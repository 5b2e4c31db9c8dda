"""What a picture holds, as plain records, and how that reads as English words. Pure.

Both readers produce scenes; `changes` alters them; `writer` adds words around them. Nothing here knows where a
word came from, so that a Chinese and an English wish for the same picture become the same record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from artbot_server.llm.demo.lexicon import words

Kind = Literal["action", "relation", "place", "weather", "time", "tag"]
_ORDER: tuple[Kind, ...] = ("action", "relation", "place", "weather", "time", "tag")
WHERE = frozenset(
    {"in", "on", "at", "by", "under", "near", "beside", "above", "behind", "over", "next to", "in front of", "around"}
)
_POSTURES = frozenset({"sitting", "standing", "lying", "kneeling", "squatting", "leaning"})
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
    "mango": "mangoes", "hero": "heroes", "superhero": "superheroes", "wildebeest": "wildebeest",
    "bookshelf": "bookshelves",
    "scarf": "scarves", "aircraft": "aircraft", "spacecraft": "spacecraft", "cactus": "cacti", "octopus": "octopuses",
    "bus": "buses", "walrus": "walruses", "platypus": "platypuses", "hippopotamus": "hippopotamuses",
    "rhinoceros": "rhinoceroses",
    "cyclops": "cyclopes", "lens": "lenses", "gas": "gases", "iris": "irises", "lotus": "lotuses", "fungus": "fungi",
    "canvas": "canvases", "piano": "pianos", "alpaca": "alpacas", "toothbrush": "toothbrushes",
}  # fmt: skip
_SINGULAR = {plural: one for one, plural in _IRREGULAR.items() if plural != one}
_SAME = frozenset(one for one, plural in _IRREGULAR.items() if plural == one)
_HARD_AN = ("hour", "honest", "heir", "honor")
_SOFT_A = ("uni", "use", "eu", "one", "ukulele", "ewe")


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
        finished: it is somebody's finished prompt: no words are added, except for another one.
    """

    subjects: tuple[Subject, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    styles: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    wording: str = ""
    variation: int = 0
    finished: bool = False


def pluralise(noun: str) -> str:
    """The plural of an English noun: "polar bear" to "polar bears"; mass nouns and plurals stay."""
    if " of " in noun:
        first, rest = noun.split(" of ", 1)
        return f"{pluralise(first)} of {rest}"
    head, _, last = noun.rpartition(" ")
    lead = f"{head} " if head else ""
    if noun in words().mass or last in words().mass or last in _SINGULAR:
        return noun
    if last in _IRREGULAR:
        return lead + _IRREGULAR[last]
    if last.endswith(("ss", "sh", "ch", "x", "z")):
        return f"{noun}es"
    if last.endswith("s"):
        return noun
    if last.endswith("y") and last[-2:-1] not in set("aeiou"):
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def singularise(noun: str) -> str:
    """The singular of an English noun where the plural is known or regular: "wolves" to "wolf"."""
    if " of " in noun:
        first, rest = noun.split(" of ", 1)
        return f"{singularise(first)} of {rest}"
    head, _, last = noun.rpartition(" ")
    lead = f"{head} " if head else ""
    if last in _SINGULAR:
        return lead + _SINGULAR[last]
    if last.endswith("us") and words().knows(noun[:-1]):
        return noun[:-1]
    if last in _IRREGULAR or last.endswith(("ss", "us")) or not last.endswith("s") or len(last) < 4:
        return noun
    candidates = [noun[:-1]]
    if last.endswith("ies"):
        candidates.insert(0, f"{noun[:-3]}y")
    if last.endswith(("sses", "shes", "ches", "xes", "zes")):
        candidates.insert(0, noun[:-2])
    known = [candidate for candidate in candidates if words().knows(candidate)]
    if not known and words().knows(noun):
        return noun
    return known[0] if known else candidates[0]


def is_plural(noun: str) -> bool:
    """Whether this form already names several: "flowers", "children", "glasses"."""
    last = noun.partition(" of ")[0].rpartition(" ")[2]
    if last in _SAME or last in words().mass or last.endswith(("ss", "us")) or last in _IRREGULAR:
        return False
    return last in _SINGULAR or last.endswith("s")


def article_for(text: str) -> str:
    """ "a" or "an" by the sound of the next word."""
    vowel = text[:1] in "aeiou" and not text.startswith(_SOFT_A)
    return "an" if vowel or text.startswith(_HARD_AN) else "a"


def thing_words(thing: Thing) -> str:
    """The noun phrase: "three fluffy ducklings", "a cup of coffee", "the moon"."""
    counted = thing.count not in ("", "one")
    several = counted or thing.plural
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
        noun = f"{qualities} {pluralise(thing.noun) if many or thing.plural else thing.noun}".strip()
        unit = pluralise(thing.unit) if counted else thing.unit
        lead = thing.count if counted else article_for(unit)
        return f"{lead} {unit} of {noun}"
    noun = f"{qualities} {pluralise(thing.noun) if several else thing.noun}".strip()
    if thing.count:
        return f"{thing.count} {noun}"
    bare = thing.plural or thing.noun in words().no_article or is_plural(thing.noun)
    if thing.article == "a":
        return noun if bare else f"{article_for(noun)} {noun}"
    return noun if thing.noun in words().no_article else f"{thing.article} {noun}".strip()


def phrase_words(phrase: Phrase) -> str:
    """ "riding a bicycle", "in a garden", "at night"."""
    return f"{phrase.lead} {' and '.join(map(thing_words, phrase.things))}".strip()


def scene_words(scene: Scene) -> list[str]:
    """The picture as comma-separated parts, subjects first, styles left out."""
    if not scene.subjects:
        return _grouped(_led_by_place(scene.phrases))
    *others, last = scene.subjects
    if any(other.phrases for other in others):
        return [*(" ".join(_subject_words(subject)) for subject in scene.subjects), *_grouped(scene.phrases)]
    names = [thing_words(other.thing) for other in others]
    head = _subject_words(last)[0]
    subjects = f"{', '.join(names)} and {head}" if names else head
    return [subjects, *_grouped([*_unbound(last), *scene.phrases])]


def _unbound(subject: Subject) -> list[Phrase]:
    return [phrase for phrase in subject.phrases if phrase.lead != "of"]


def _subject_words(subject: Subject) -> list[str]:
    """The noun phrase, "a bunch of keys" and the like in one, then its phrases."""
    bound = [phrase_words(phrase) for phrase in subject.phrases if phrase.lead == "of"]
    return [" ".join([thing_words(subject.thing), *bound]), *_grouped(_unbound(subject))]


def _led_by_place(phrases: Iterable[Phrase]) -> list[Phrase]:
    """Without a subject the place itself is the subject: "in a forest" reads "a forest"."""
    listed = list(phrases)
    first = next((phrase for phrase in listed if phrase.kind == "place" and phrase.things), None)
    if first is None:
        return listed
    things = tuple(replace(thing, article="a") if thing.article == "the" else thing for thing in first.things)
    return [Phrase("", things, "action"), *(phrase for phrase in listed if phrase is not first)]


def _order_of(phrase: Phrase) -> tuple[int, bool, bool]:
    """Postures come last among actions, so that the place that follows is where one sits."""
    return _ORDER.index(phrase.kind), phrase.lead in _POSTURES, phrase.lead not in WHERE


def _grouped(phrases: Iterable[Phrase]) -> list[str]:
    """Phrases in a fixed order; where something happens joins the action before it ("sitting on a chair")."""
    groups: list[str] = []
    action_open = False
    for phrase in sorted(phrases, key=_order_of):
        text = phrase_words(phrase)
        if action_open and phrase.kind in ("place", "relation") and phrase.lead in WHERE:
            groups[-1] += f" {text}"
        elif text not in groups:
            groups.append(text)
        action_open = phrase.kind == "action" and bool(phrase.lead)
    return groups
