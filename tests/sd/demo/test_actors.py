"""Beings and what they wear, hold and ride; drawn things; bodies for heads."""

import random

import pytest

from artbot_server.sd.demo.actors import act, plain
from artbot_server.sd.demo.drawn import PAINTERS, drawn, held_bamboo
from artbot_server.sd.demo.figures import FURS, animal, profile, standing_bust, standing_person
from artbot_server.sd.demo.lexicon import DRAWN, load_lexicon
from artbot_server.sd.demo.words import read_prompt


def actor(prompt: str, seed: int = 1):
    idea = read_prompt(prompt)
    owner = next(t for t in idea.things if t.owner is None)
    company = [t for t in idea.things if t.owner == idea.things.index(owner)]
    return act(owner, company, idea.actions, random.Random(seed))


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("lying", [False, True])
def test_every_head_gets_a_body(seed, lying):
    for name, entry in load_lexicon().entries.items():
        if entry.part == "sit":
            figure = animal(name, None, lying)
            assert figure.image.height > 150
            assert 0 < figure.crown[0] < 1


def test_every_animal_head_has_its_fur():
    heads = {name for name, entry in load_lexicon().entries.items() if entry.part == "sit"}
    assert heads == set(FURS)


def test_people_stand_on_legs():
    lexicon = load_lexicon()
    for name, entry in lexicon.entries.items():
        picture = lexicon.tones.get(name, [name])[0]
        if entry.part == "head":
            assert standing_person(picture, 1, None).image.height > 300
        elif entry.part in ("bust", "gown"):
            assert standing_bust(picture, entry.part == "gown", None).image.height > 300


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


def test_everything_drawn_can_be_drawn_in_its_own_and_in_another_colour():
    assert set(PAINTERS) == DRAWN - {"knight"}
    for name in PAINTERS:
        assert drawn(name, None).getbbox() is not None
        assert drawn(name, None).tobytes() != drawn(name, "blue").tobytes() or name == "sakura"
    assert held_bamboo().getbbox() is not None


def test_a_profile_wears_its_hat_where_the_head_is():
    cat = plain(read_prompt("a cat").things[0])
    assert profile(cat, front=False).crown[0] < 0.4
    assert profile(cat, front=True).crown[0] == 0.5
