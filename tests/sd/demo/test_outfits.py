"""Hats, held things and riders."""

import pytest
from PIL import Image

from artbot_server.sd.demo.figures import Figure
from artbot_server.sd.demo.lexicon import Entry
from artbot_server.sd.demo.outfits import equipped, seated

RED, BLUE = (255, 0, 0, 255), (0, 0, 255, 255)
BODY = Figure(Image.new("RGBA", (100, 200), RED), (0.5, 0.1, 0.5), (0.5, 0.6), 0.25, 0.4)


def blue(width: int, height: int) -> Image.Image:
    return Image.new("RGBA", (width, height), BLUE)


def entry(picture: str = "1f4d5", kind: str = "object") -> Entry:
    return Entry(picture, kind, 0.45, "left", "whole")


def box_of_blue(image: Image.Image) -> tuple[int, int, int, int]:
    return image.getchannel("B").point([0] * 200 + [255] * 56).getbbox() or (0, 0, 0, 0)


def test_a_hat_sits_on_the_head_and_may_stick_out():
    image = equipped(BODY, [("hat", blue(40, 60))], [])
    assert image.height > 200
    left, top, right, bottom = box_of_blue(image)
    assert top == 0
    assert abs((left + right) / 2 - 50) <= 1
    assert bottom - (image.height - 200) == pytest.approx(0.175 * 200, abs=2)


@pytest.mark.parametrize(("noun", "middle"), [("glasses", 0.28), ("scarf", 0.5)])
def test_glasses_are_at_the_eyes_and_a_scarf_at_the_neck(noun, middle):
    _, top, _, bottom = box_of_blue(equipped(BODY, [(noun, blue(40, 10))], []))
    assert (top + bottom) / 2 / 200 == pytest.approx(middle, abs=0.06)


def test_a_book_is_before_the_body_and_a_balloon_beside_it():
    left, _, right, _ = box_of_blue(equipped(BODY, [], [(entry(), blue(30, 30))]))
    assert abs((left + right) / 2 - 50) <= 1
    left, top, right, _ = box_of_blue(equipped(BODY, [], [(entry("1f388", "aircraft"), blue(30, 30))]))
    assert (left + right) / 2 > 75
    assert top < 100


def test_two_things_are_held_side_by_side():
    image = equipped(BODY, [], [(entry(), blue(10, 30)), (entry(), blue(10, 30))])
    left, _, right, _ = box_of_blue(image)
    assert right - left > 60


@pytest.mark.parametrize(
    ("kind", "relation", "rider_in_front"),
    [("vehicle", "ride", False), ("animal", "ride", True), ("object", "in", False), ("furniture", "on", True)],
)
def test_who_hides_whom(kind, relation, rider_in_front):
    rider = Image.new("RGBA", (60, 100), RED)
    both = seated(rider, kind, blue(90, 90), relation, 1.2)
    assert both.height > 100
    level = {"ride": 0.45, "in": 0.3, "on": 0.4}[relation]
    middle = both.getpixel((both.width // 2, round(both.height * (1 - level))))
    bottom = both.getpixel((both.width // 2, both.height - 3))
    assert bottom == BLUE
    assert (middle == RED) or not rider_in_front


def test_a_large_mount_carries_a_small_rider():
    rider = Image.new("RGBA", (60, 100), RED)
    small, large = (seated(rider, "vehicle", blue(90, 90), "ride", ratio) for ratio in (1.0, 3.0))
    assert large.height > small.height
