"""How a scene reads as English words."""

from __future__ import annotations

import pytest

from artbot_server.llm.demo.lexicon import words
from artbot_server.llm.demo.scene import (
    Phrase,
    Scene,
    Subject,
    Thing,
    article_for,
    is_plural,
    phrase_words,
    pluralise,
    scene_words,
    singularise,
    thing_words,
)

CAT = Thing("cat")


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("cat", "cats"), ("fox", "foxes"), ("butterfly", "butterflies"), ("monkey", "monkeys"), ("wolf", "wolves"),
        ("sheep", "sheep"), ("child", "children"), ("polar bear", "polar bears"), ("goldfish", "goldfish"),
        ("snowman", "snowmen"),
        ("bamboo", "bamboo"), ("sea of flowers", "seas of flowers"), ("brush", "brushes"), ("zorblax", "zorblaxes"),
        ("glasses", "glasses"),
        ("wildebeest", "wildebeest"), ("bus", "buses"), ("children", "children"),
    ],
)  # fmt: skip
def test_plurals(one: str, many: str) -> None:
    assert pluralise(one) == many


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("cats", "cat"), ("foxes", "fox"), ("butterflies", "butterfly"), ("wolves", "wolf"), ("sheep", "sheep"),
        ("glass", "glass"),
        ("cookies", "cookies"), ("octopus", "octopus"), ("trees", "tree"), ("cat", "cat"), ("horses", "horse"),
        ("bus", "bus"),
        ("hanfus", "hanfu"), ("balls of yarn", "ball of yarn"),
    ],
)  # fmt: skip
def test_singulars(many: str, one: str) -> None:
    assert singularise(many) == one


def test_the_singular_of_a_lexicon_noun_s_plural_is_the_noun() -> None:
    wrong = [noun for noun in words().kinds if not is_plural(noun) and singularise(pluralise(noun)) != noun]
    assert wrong == []


@pytest.mark.parametrize(
    ("noun", "plural"),
    [
        ("flowers", True),
        ("glasses", True),
        ("grass", False),
        ("bus", False),
        ("cat", False),
        ("children", True),
        ("sea of flowers", False),
    ],
)
def test_plural_forms_are_known(noun: str, plural: bool) -> None:
    assert is_plural(noun) is plural


@pytest.mark.parametrize(
    ("word", "article"),
    [("owl", "an"), ("unicorn", "a"), ("hour", "an"), ("umbrella", "an"), ("eucalyptus", "a"), ("cat", "a")],
)
def test_the_article_follows_the_sound(word: str, article: str) -> None:
    assert article_for(word) == article


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (CAT, "a cat"),
        (Thing("owl", qualities=("old",)), "an old owl"),
        (Thing("duckling", count="three", qualities=("yellow",)), "three yellow ducklings"),
        (Thing("coffee", count="two", unit="cup"), "two cups of coffee"),
        (Thing("elephant", unit="group"), "a group of elephants"),
        (Thing("moon", article="the"), "the moon"),
        (Thing("flower", plural=True), "flowers"),
        (Thing("glasses"), "glasses"),
        (Thing("dog", article="my"), "my dog"),
        (Thing("mars"), "mars"),
        (Thing("grape", unit="bunch"), "a bunch of grapes"),
        (Thing("happiness", article=""), "happiness"),
    ],
)  # fmt: skip
def test_noun_phrases(thing: Thing, text: str) -> None:
    assert thing_words(thing) == text


def test_phrases_join_their_things() -> None:
    assert phrase_words(Phrase("wearing", (Thing("hat"), Thing("scarf")))) == "wearing a hat and a scarf"
    assert phrase_words(Phrase("at night", kind="time")) == "at night"


def test_a_place_joins_the_action_before_it_and_time_comes_after() -> None:
    night = Phrase("at night", kind="time")
    garden = Phrase("in", (Thing("garden", article="the"),), "place")
    asleep = Phrase("sleeping", kind="action")
    assert scene_words(Scene((Subject(CAT, (asleep,)),), (night, garden))) == [
        "a cat",
        "sleeping in the garden",
        "at night",
    ]


def test_the_posture_is_what_the_place_belongs_to() -> None:
    knits = Phrase("knitting", (Thing("scarf"),), "action")
    sits = Phrase("sitting", kind="action")
    chair = Phrase("on", (Thing("chair"),), "relation")
    assert scene_words(Scene((Subject(CAT, (sits, chair, knits)),))) == [
        "a cat",
        "knitting a scarf",
        "sitting on a chair",
    ]


def test_several_subjects_are_joined() -> None:
    three = tuple(Subject(Thing(noun)) for noun in ("cat", "dog", "owl"))
    assert scene_words(Scene(three)) == ["a cat, a dog and an owl"]
    assert scene_words(Scene(three[:2])) == ["a cat and a dog"]


def test_subjects_with_phrases_of_their_own_stay_apart() -> None:
    cat = Subject(CAT, (Phrase("wearing", (Thing("hat"),)),))
    assert scene_words(Scene((cat, Subject(Thing("dog"))))) == ["a cat wearing a hat", "a dog"]


def test_of_stays_with_its_noun() -> None:
    king = Subject(Thing("king"), (Phrase("of", (Thing("jungle", article="the"),)), Phrase("sleeping", kind="action")))
    assert scene_words(Scene((king,))) == ["a king of the jungle", "sleeping"]


def test_without_a_subject_the_place_is_it() -> None:
    forest = Phrase("in", (Thing("forest", article="the"),), "place")
    assert scene_words(Scene(phrases=(Phrase("at night", kind="time"), forest))) == ["a forest", "at night"]
    assert scene_words(Scene(phrases=(Phrase("at night", kind="time"),))) == ["at night"]


def test_nothing_is_said_twice() -> None:
    night = Phrase("at night", kind="time")
    assert scene_words(Scene((Subject(CAT),), (night, Phrase("at night", kind="weather")))) == ["a cat", "at night"]
