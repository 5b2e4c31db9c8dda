"""The words added: few, fitting the folder, the place and the hour."""

from __future__ import annotations

import pytest

from artbot_server.llm.demo import flavour
from artbot_server.llm.demo.flavour import MOST_ADDED, flavoured, theme_of, word_limit
from artbot_server.llm.demo.phrases_en import parse
from artbot_server.llm.demo.scene import Scene, scene_words
from artbot_server.llm.demo.writer import read
from tests.llm.demo.conversation import holds, last_prompt
from tests.llm.demo.wishes import HELD_OUT, TUNED

SYSTEMS = {
    "child": "This is a prompt for kid's illustration, always give friendly prompt",
    "animal": "a prompt generator of an animal theme",
    "landscape": "You write landscape prompts",
    "portrait": "人像摄影提示词",
    "anime": "动漫风格",
    "product": "product photography for e-commerce",
    "pixel": "Pixel art sprites",
    "": "You are a helpful assistant",
}


def _scene(text: str) -> Scene:
    return next(reading.scene for reading in read(text))


@pytest.mark.parametrize(("theme", "system"), SYSTEMS.items())
def test_the_theme_is_read_from_the_system_prompt(theme: str, system: str) -> None:
    assert theme_of(system) == theme


def test_a_children_s_animal_folder_is_for_children() -> None:
    assert theme_of("generator of an animal theme, for kid's illustration") == "child"


@pytest.mark.parametrize(
    ("system", "limit"),
    [
        ("Prompt should be within 10 words.", 10),
        ("use at most 25 words", 25),
        ("20个词以内", 20),
        ("be brief", None),
        ("", None),
    ],
)
def test_the_word_limit_is_read_from_the_system_prompt(system: str, limit: int | None) -> None:
    assert word_limit(system) == limit


@pytest.mark.parametrize("system", SYSTEMS.values())
def test_never_more_than_ten_words_are_added(system: str) -> None:
    for turns, _, _ in (*TUNED, *HELD_OUT):
        scene = _scene(turns[0])
        own = sum(len(part.split()) for part in [*scene_words(scene), *scene.styles])
        whole = sum(len(part.split()) for part in flavoured(scene, system))
        assert 0 < whole - own <= MOST_ADDED


def test_a_limit_leaves_little_to_add_but_takes_nothing_away() -> None:
    long_wish = "seven tiny mice carrying a huge cheese across a bridge in the rain at night"
    prompt = last_prompt(long_wish, system="within 10 words")
    assert holds(prompt, "seven tiny mice")
    assert holds(prompt, "at night")
    assert len(prompt.split()) <= len(long_wish.split()) + 3


def test_an_adjective_is_added_only_where_there_is_none_but_a_colour() -> None:
    assert flavoured(_scene("a grumpy cat"), "")[0] == "a grumpy cat"
    first = flavoured(_scene("a white cat"), "")[0]
    assert first.endswith("white cat")
    assert first != "a white cat"


def test_the_night_has_no_sun_and_no_rainbow() -> None:
    for number in range(30):
        prompt = last_prompt(f"a cat {'very ' * number}in a garden at night", system=SYSTEMS["child"])
        assert not any(word in prompt for word in ("sun", "rainbow", "butterfl"))


def test_the_place_decides_the_background() -> None:
    assert "shell" in " ".join(last_prompt("a dog on the beach" + "!" * n) for n in range(9))
    assert "coral" in " ".join(last_prompt(f"a whale under the sea {n}") for n in range(9))


def test_themes_change_the_background() -> None:
    prompts = {last_prompt("a teapot", system=system) for system in SYSTEMS.values()}
    assert len(prompts) > 4


def test_the_wording_changes_the_choice() -> None:
    assert (
        len({last_prompt(text) for text in ("a cat", "draw a cat", "I want a cat", "show me a cat", "cat please")}) > 1
    )


def test_said_words_are_not_said_again() -> None:
    prompt = last_prompt("a cat with flowers and butterflies in a garden")
    assert prompt.count("flower") == 1
    assert prompt.count("butterfl") == 1


def test_styles_come_last_and_once() -> None:
    assert last_prompt("a castle, pixel art").endswith(", pixel art")
    assert last_prompt("a castle, pixel art", system=SYSTEMS["pixel"]).count("pixel art") == 1


def test_no_table_holds_anything_unfit_for_children() -> None:
    tables = [flavour._ADJECTIVES, flavour._SETTINGS, flavour._BACKGROUNDS, flavour._HOURS]
    listed = " ".join(tags for table in tables for tags in table.values())
    for word in ("gun", "sword", "knife", "blood", "weapon", "dead", "skull", "naked", "war", "fight"):
        assert not holds(listed.replace(",", " "), word)


def test_a_scene_without_a_subject_gets_background_only() -> None:
    assert flavoured(parse("at sunset"), "")[0] == "at sunset"
