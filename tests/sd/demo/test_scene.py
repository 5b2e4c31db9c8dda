"""Whole scenes: repeatable, different by seed, and what was asked for is in them."""

import pytest
from PIL import Image, ImageChops, ImageStat

from artbot_server.sd.demo.scene import compose
from artbot_server.sd.demo.words import read_prompt

SIZE = (160, 160)


def scene(prompt: str, seed: int = 1, size: tuple[int, int] = SIZE, negative: str = "") -> Image.Image:
    return compose(read_prompt(prompt, negative), size, seed)


def difference(a: Image.Image, b: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(a, b)).mean)


def test_the_same_seed_gives_the_same_picture():
    assert scene("a cat, garden").tobytes() == scene("a cat, garden").tobytes()


def test_seeds_differ_clearly():
    pictures = [scene("a cat, meadow", seed) for seed in range(1, 5)]
    for i, a in enumerate(pictures):
        assert all(difference(a, b) > 20 for b in pictures[:i])


@pytest.mark.parametrize(
    "prompt",
    [
        "two pandas eating bamboo",
        "a blue whale, underwater, night",
        "an owl wearing a hat, reading a book",
        "a knight, castle",
        "a bottle of perfume, product photography",
        "portrait of a girl, city at night",
        "landscape, mountains, lake, sunrise",
        "hot air balloons, clouds",
        "a rabbit riding a bicycle, rainbow, rain",
        "ten fish, seaweed, coral reef",
        "a castle, fireworks, night",
        "an eagle flying, storm",
        "a sailboat, sea, fog",
        "ducks, pond, snowing",
        "a mouse in a teacup",
        "a rocket and an alien, space",
        "a tree",
        "sunflowers",
        "a lighthouse, beach",
        "a dragon, cave",
        "nothing that is known",
        "",
    ],
)
@pytest.mark.parametrize("size", [(96, 64), (64, 96)])
def test_every_kind_of_prompt_gives_a_picture(prompt, size):
    image = scene(prompt, 3, size)
    assert (image.size, image.mode) == (size, "RGB")
    assert max(ImageStat.Stat(image).stddev) > 4


def test_a_colour_changes_the_subject_and_leaves_the_rest_in_its_place():
    plain, blue = scene("a cat, meadow"), scene("a blue cat, meadow")
    top = (0, 0, SIZE[0], SIZE[1] // 8)
    assert difference(plain, blue) > 3
    assert difference(plain.crop(top), blue.crop(top)) < 3


def test_more_of_a_thing_is_more_of_its_colour():
    def reddish(image: Image.Image) -> int:
        red, green, blue = image.split()
        mask = ImageChops.subtract(red, ImageChops.lighter(green, blue)).point(
            [255 if v > 70 else 0 for v in range(256)]
        )
        return mask.histogram()[255]

    with_three, without = scene("three red apples, table", 2), scene("three green apples, table", 2)
    assert reddish(with_three) > reddish(without) + 300


def test_unwanted_plants_are_left_out():
    assert difference(scene("a cat, meadow", 4), scene("a cat, meadow", 4, negative="flowers, tulips")) > 0


def test_unknown_text_seeds_its_landscape():
    looks = {scene(text, 1, (64, 64)).tobytes() for text in ("qwert", "asdfg", "yxcvb", "zuiop", "hjklm")}
    assert len(looks) > 1
