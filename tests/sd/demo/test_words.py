"""What the reader of prompts understands."""

import json
from pathlib import Path

import pytest

from artbot_server.sd.demo.words import MAX_COUNT, Idea, Thing, read_prompt


def things(prompt: str, negative: str = "") -> list[tuple[str, int, str | None]]:
    return [(thing.noun, thing.count, thing.colour) for thing in read_prompt(prompt, negative).things]


def thing(idea: Idea, noun: str) -> Thing:
    return next(t for t in idea.things if t.noun == noun)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a cat", [("cat", 1, None)]),
        ("an orange kitten, garden", [("kitten", 1, "orange")]),
        ("two pandas", [("panda", 2, None)]),
        ("a pair of white swans", [("swan", 2, "white")]),
        ("several dogs", [("dog", 4, None)]),
        ("3 red apples", [("apple", 3, "red")]),
        ("1girl, solo", [("girl", 1, None)]),
        ("2girls", [("girl", 2, None)]),
        ("penguins", [("penguin", 3, None)]),
        ("elephants", [("elephant", 2, None)]),
        ("fifteen cats", [("cat", 3, None)]),
        ("a lion with golden fur", [("lion", 1, "golden")]),
        ("a cat with blue eyes", [("cat", 1, None)]),
        ("a wolf, black wolf", [("wolf", 1, "black")]),
        ("orange", [("tangerine", 1, None)]),
        ("goldfish", [("goldfish", 1, "orange")]),
        ("a red car and a blue bus", [("car", 1, "red"), ("bus", 1, "blue")]),
        ("puppies, bunnies", [("puppy", 3, None), ("bunnies", 3, None)]),
        ("best quality, masterpiece, cute, 8k", []),
        ("", []),
    ],
)
def test_nouns_counts_and_colours(prompt: str, expected: list[tuple[str, int, str | None]]):
    assert things(prompt) == expected


def test_weights_and_loras_are_no_nouns():
    assert things("(red fox:1.3), <lora:big_cat_v2:0.8>, [[owl]], ((bear))") == [
        ("fox", 1, "red"),
        ("owl", 1, None),
        ("bear", 1, None),
    ]


def test_a_count_stops_at_the_most_that_is_painted():
    assert thing(read_prompt("99 bees"), "bee").count == MAX_COUNT


def test_sizes_scale_the_next_noun_only():
    idea = read_prompt("a huge mouse and a tiny elephant, a cat")
    assert [t.scale for t in idea.things] == [1.5, 0.6, 1.0]


@pytest.mark.parametrize(
    ("prompt", "noun", "relation"),
    [
        ("an owl wearing a hat", "hat", "wear"),
        ("a cat, red scarf", "scarf", "wear"),
        ("a girl in a red dress", "dress", "wear"),
        ("an owl reading a book", "book", "hold"),
        ("a robot holding a balloon", "balloon", "hold"),
        ("two pandas eating bamboo", "bamboo", "hold"),
        ("a rabbit riding a bicycle", "bicycle", "ride"),
        ("a princess riding a unicorn", "unicorn", None),
        ("a boy on a horse", "horse", "ride"),
        ("a dog in a boat", "boat", "ride"),
        ("a mouse in a teacup", "teacup", "in"),
        ("a cat on a sofa", "sofa", "on"),
        ("a frog in a castle", "castle", None),
        ("a bear and a cake", "cake", None),
    ],
)
def test_relations_bind_a_thing_to_its_owner(prompt: str, noun: str, relation: str | None):
    idea = read_prompt(prompt)
    bound = thing(idea, noun)
    if noun == "unicorn":
        relation = "ride"
    assert bound.relation == relation
    assert bound.owner == (0 if relation else None)


def test_each_owner_gets_what_follows_it():
    idea = read_prompt("a cat wearing a hat and a dog wearing a crown")
    assert thing(idea, "hat").owner == 0
    assert idea.things[thing(idea, "crown").owner or 0].noun == "dog"


def test_a_thing_without_a_being_has_no_owner():
    assert thing(read_prompt("a hat on a chair"), "hat").owner is None


@pytest.mark.parametrize(
    ("prompt", "field", "value"),
    [
        ("bamboo forest", "place", "bamboo forest"),
        ("a deer in the woods", "place", "forest"),
        ("underwater sea", "place", "underwater"),
        ("snowy mountains", "place", "mountains"),
        ("snowy mountains", "season", "winter"),
        ("a cozy room", "place", "room"),
        ("city at night", "time", "night"),
        ("sunrise over a lake", "time", "dawn"),
        ("golden hour", "time", "sunset"),
        ("a rainy street", "weather", "rain"),
        ("thick fog", "weather", "fog"),
        ("autumn leaves", "season", "autumn"),
        ("watercolor painting of a fox", "style", "watercolour"),
        ("pixel art, dragon", "style", "pixel"),
        ("pencil sketch", "style", "sketch"),
        ("oil painting", "style", "oil"),
        ("anime girl", "style", "anime"),
        ("chinese ink painting", "style", "ink"),
        ("low poly fox", "style", "lowpoly"),
        ("paper cut", "style", "paper"),
        ("product photography", "framing", "product"),
        ("portrait of a knight", "framing", "portrait"),
        ("landscape, lake", "framing", "landscape"),
        ("a cat", "place", ""),
    ],
)
def test_place_time_weather_season_style_and_framing(prompt: str, field: str, value: str):
    assert getattr(read_prompt(prompt), field) == value


def test_what_is_in_the_sky_is_no_thing_on_the_ground():
    idea = read_prompt("moon, stars, rainbow, clouds, fireworks")
    assert idea.things == ()
    assert idea.sky == {"moon", "stars", "rainbow", "clouds", "fireworks"}


def test_words_of_style_name_no_things():
    assert things("oil painting, pencil sketch, portrait of a fox") == [("fox", 1, None)]


def test_negatives_and_without_are_left_out():
    assert things("a cat without hat") == [("cat", 1, None)]
    idea = read_prompt("a cat, garden", "flowers, tulips, ugly")
    assert {"1f33c", "1f337"} <= idea.unwanted
    assert things("a cat, tulip", "tulip")[1][0] == "tulip"


@pytest.mark.parametrize(
    ("prompt", "expected", "place"),
    [
        ("一只在花园里的橙色小猫", [("kitten", 1, "orange")], "garden"),
        ("两只熊猫在吃竹子", [("panda", 2, None), ("bamboo", 1, None)], "bamboo forest"),
        ("三只小鸭子，池塘", [("duckling", 3, None)], "lake"),
        ("红色汽车，城市，夜晚", [("car", 1, "red")], "city"),
        ("你好", [], ""),
    ],
)
def test_chinese(prompt: str, expected: list[tuple[str, int, str | None]], place: str):
    assert things(prompt) == expected
    assert read_prompt(prompt).place == place


def test_chinese_relations_may_come_before_their_owner():
    idea = read_prompt("戴帽子的猫头鹰在看书")
    owl = next(i for i, t in enumerate(idea.things) if t.noun == "owl")
    assert {(t.noun, t.relation, t.owner) for t in idea.things if t.relation} == {
        ("hat", "wear", owl),
        ("book", "hold", owl),
    }


@pytest.mark.parametrize(
    "path", sorted(Path("sd_templates").rglob("*.json")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_a_templates_words_of_craft_put_nothing_into_the_picture(path):
    """Brush strokes, a limited palette or an anime key visual are how it is made, not what is to be seen."""
    prompt = json.loads(path.read_text())["api_model"]["prompt"]
    assert [thing.noun for thing in read_prompt(prompt.replace("{prompt}", "")).things] == []
