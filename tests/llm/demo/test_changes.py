"""What a later wish does to the picture there is."""

from __future__ import annotations

import pytest

from artbot_server.llm.demo.changes import applied, is_color, merged, place_lead
from artbot_server.llm.demo.scene import Phrase, Scene, Thing, scene_words
from artbot_server.llm.demo.writer import read


def _after(*turns: str) -> Scene | None:
    scene: Scene | None = None
    for turn in turns:
        for reading in read(turn):
            scene = applied(scene, reading, turn)
    return scene


def _words(*turns: str) -> str:
    scene = _after(*turns)
    return "" if scene is None else ", ".join([*scene_words(scene), *scene.styles])


@pytest.mark.parametrize(
    ("turns", "words"),
    [
        (("a red cat", "make it blue"), "a blue cat"),
        (("a light blue cat", "red"), "a red cat"),
        (("a big cat", "smaller"), "a small cat"),
        (("a white horse", "black instead"), "a black horse"),
        (("一匹白马", "换成黑色"), "a black horse"),
        (("a cat", "two of them"), "two cats"),
        (("two cats", "three cats"), "three cats"),
        (("两只猫", "三只"), "three cats"),
        (("两只猫", "换一只"), "two cats"),
        (("a cat eating a fish", "make it sleep"), "a cat, sleeping"),
        (("a cat wearing a hat", "it is dancing"), "a cat, dancing, wearing a hat"),
        (("a cat in a park", "on the beach"), "a cat, on the beach"),
        (("a cat in a park", "in the snow"), "a cat, in a park, in the snow"),
        (("a cat at night", "at dawn"), "a cat, at dawn"),
        (("a cat", "night"), "a cat, at night"),
        (("a cat", "forest"), "a cat, in the forest"),
        (("一只猫", "沙滩"), "a cat, on the beach"),
        (("a cat", "watercolor", "as pixel art"), "a cat, pixel art"),
        (("a cat", "add a hat", "add a scarf"), "a cat, wearing a hat and a scarf"),
        (("a cat", "add a ball"), "a cat, with a ball"),
        (("a cat", "add a dog"), "a cat and a dog"),
        (("a cat", "two more dogs"), "a cat and two dogs"),
        (("a cat", "add a rainbow"), "a cat, a rainbow"),
        (("a lake", "add a duck"), "a lake and a duck"),
        (("a cat and a dog", "remove the dog"), "a cat"),
        (("a cat with a hat and a ball", "no ball"), "a cat, with a hat"),
        (("a cat in a park", "remove the background"), "a cat"),
        (("一只猫在公园里", "去掉背景"), "a cat"),
        (("a cat in the rain", "no rain"), "a cat"),
        (("a fluffy cat, pixel art", "no pixel art"), "a fluffy cat"),
        (("a cat with a ball", "change the ball to a kite"), "a cat, with a kite"),
        (("a cat with a ball", "make the ball red"), "a cat, with a red ball"),
        (("一个女孩", "头发换成红色"), "a girl, with red hair"),
        (("two red cats in a park", "instead a dog"), "two red dogs, in a park"),
        (("a cat", "turn it into a green dog"), "a green dog"),
        (("a cat", "the cat is sleeping"), "a cat, sleeping"),
        (("a cat and a dog", "the dog wears a hat"), "a cat and a dog, wearing a hat"),
        (("一只猫", "旁边有一只狗"), "a cat and a dog"),
        (("a cat in a park", "a dog"), "a dog"),
        (("a cat", "draw a beach"), "a beach"),
        (("a cat", "I want to see a forest at night"), "a forest, at night"),
        (("一只猫", "我想看大海"), "a sea"),
        (("a cat", "换个颜色"), "a colorful cat"),
        (("a cat", "a different color"), "a colorful cat"),
    ],
    ids=lambda value: " / ".join(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_a_conversation_leads_to(turns: tuple[str, ...], words: str) -> None:
    assert _words(*turns) == words


@pytest.mark.parametrize(
    "wish", ["make it blue", "another one", "no hat", "再来一张", "不要花", "她在跳舞", "two of them"]
)
def test_there_is_nothing_to_change_at_the_beginning(wish: str) -> None:
    assert _after(wish) is None


def test_another_one_counts_and_keeps_the_wording() -> None:
    scene = _after("a cat", "another one", "再来一张", "blue")
    assert scene is not None
    assert (scene.variation, scene.wording) == (2, "a cat")


def test_the_only_subject_stays_and_is_not_excluded() -> None:
    scene = _after("a cat", "no cat")
    assert scene is not None
    assert (scene_words(scene), scene.without) == (["a cat"], ())


def test_a_new_picture_forgets_what_was_excluded() -> None:
    scene = _after("a cat", "no hat", "draw a dog")
    assert scene is not None
    assert scene.without == ()


def test_what_was_removed_is_remembered_in_the_singular() -> None:
    scene = _after("a garden with roses", "no roses", "no bees")
    assert scene is not None
    assert scene.without == ("rose", "bee")


def test_a_new_phrase_takes_the_place_of_one_of_its_kind_only() -> None:
    park, beach = Phrase("in", (Thing("park"),), "place"), Phrase("on", (Thing("beach"),), "place")
    night = Phrase("at night", kind="time")
    assert merged([park, night], [beach]) == (night, beach)


def test_colours_are_told_from_other_qualities() -> None:
    assert all(map(is_color, ("red", "light blue", "black and white", "spotted")))
    assert not any(map(is_color, ("big", "happy", "")))


@pytest.mark.parametrize(
    ("noun", "lead"), [("beach", "on"), ("garden", "in"), ("moon", "on"), ("rainbow", "under"), ("blixet", "in")]
)
def test_places_have_their_preposition(noun: str, lead: str) -> None:
    assert place_lead(noun) == lead
