"""Beings and what they wear, hold and ride."""

import random

import pytest

from artbot_server.sd.demo.actors import act, plain
from artbot_server.sd.demo.words import read_prompt


def actor(prompt: str, seed: int = 1):
    idea = read_prompt(prompt)
    owner = next(t for t in idea.things if t.owner is None)
    company = [t for t in idea.things if t.owner == idea.things.index(owner)]
    return act(owner, company, idea.actions, random.Random(seed))


def test_clothes_take_the_colour_of_the_dress():
    red, blue = actor("a girl in a red dress").image, actor("a girl in a blue dress").image

    def middle(image):
        return image.getpixel((image.width // 2, round(image.height * 0.7)))

    assert middle(red)[0] > middle(red)[2] + 60
    assert middle(blue)[2] > middle(blue)[0] + 60


@pytest.mark.parametrize(
    "prompt",
    ["an owl wearing a hat", "a cat holding a balloon", "a bear with a scarf and glasses", "a girl reading a book"],
)
def test_an_outfit_shows(prompt):
    bare = prompt.split(" wearing")[0].split(" holding")[0].split(" with")[0].split(" reading")[0] + ", sitting"
    assert actor(prompt).image.tobytes() != actor(bare).image.tobytes()


@pytest.mark.parametrize(
    "prompt", ["a rabbit riding a bicycle", "a boy on a horse", "a mouse in a teacup", "a cat on a sofa"]
)
def test_a_seated_actor_is_larger_than_alone(prompt):
    alone = actor(prompt.split(" riding")[0].split(" on")[0].split(" in")[0] + ", sitting")
    both = actor(prompt)
    assert both.size > alone.size
    assert both.image.size != alone.image.size


def test_sizes_follow_the_words():
    assert actor("a tiny elephant").size < actor("an elephant").size < actor("a giant elephant").size


def test_poses_and_people_vary_with_the_seed():
    assert len({actor("a cat", seed).image.tobytes() for seed in range(12)}) >= 2
    assert len({actor("a boy", seed).image.tobytes() for seed in range(12)}) >= 4


def test_a_thing_alone_is_its_picture_in_its_colour():
    hat, red = (plain(read_prompt(text).things[0]) for text in ("a hat", "a red hat"))
    assert hat.size == red.size
    assert hat.tobytes() != red.tobytes()
