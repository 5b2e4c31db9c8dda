"""Sprites on a background."""

import random

from PIL import Image

from artbot_server.sd.demo.cast import cut, finish, lit, put, reflection, shadow
from artbot_server.sd.demo.layout import Spot
from artbot_server.sd.demo.palette import light_for

DAY, NIGHT = (light_for(time, "", "", random.Random(1)) for time in ("day", "night"))
ART = Image.new("RGBA", (40, 20), (200, 60, 60, 255))


def ground() -> Image.Image:
    return Image.new("RGB", (100, 100), (120, 180, 120))


def test_cut_takes_size_flip_and_tilt():
    assert cut(ART, Spot(50, 90, 10)).size == (20, 10)
    assert cut(ART, Spot(50, 90, 10, tilt=45)).height > 15
    half = ART.copy()
    half.paste((0, 0, 255, 255), (0, 0, 20, 20))
    assert cut(half, Spot(50, 90, 20, flip=True)).getpixel((35, 10)) == (0, 0, 255, 255)


def test_night_is_darker_and_keeps_the_outline():
    assert sum(lit(ART, NIGHT).getpixel((5, 5))[:3]) < sum(lit(ART, DAY).getpixel((5, 5))[:3])
    assert lit(ART, NIGHT).getchannel("A").tobytes() == ART.getchannel("A").tobytes()


def test_put_stands_on_its_foot():
    image = ground()
    put(image, ART, Spot(50, 80, 20), light=DAY)
    assert image.getpixel((50, 78))[0] > 150
    assert image.getpixel((50, 81)) == image.getpixel((50, 58)) == (120, 180, 120)


def test_haze_fades():
    near, far = ground(), ground()
    put(near, ART, Spot(50, 80, 20), light=DAY)
    put(far, ART, Spot(50, 80, 20), light=DAY, haze=0.6)
    assert far.getpixel((50, 70))[1] > near.getpixel((50, 70))[1] + 30


def test_a_shadow_darkens_the_ground_on_the_side_it_leans_to():
    for lean in (-0.9, 0.9):
        image = ground()
        shadow(image, ART, Spot(50, 80, 20), DAY, lean)
        assert sum(image.getpixel((50, 80))) < sum((120, 180, 120)) - 30
        assert image.getpixel((5, 20)) == (120, 180, 120)


def test_water_mirrors_what_swims():
    image = ground()
    reflection(image, ART, Spot(50, 60, 20), DAY, shore=66)
    assert image.getpixel((50, 62)) != (120, 180, 120)
    assert image.getpixel((50, 30)) == (120, 180, 120)
    assert image.getpixel((50, 69)) == (120, 180, 120)  # ashore


def test_finish_darkens_the_corners():
    image = finish(ground(), DAY)
    assert sum(image.getpixel((1, 1))) < sum(image.getpixel((50, 50)))
    assert image.size == (100, 100)
