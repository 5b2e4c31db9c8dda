"""The paper that backgrounds are painted on."""

import random

from PIL import Image

from artbot_server.sd.demo.palette import light_for
from artbot_server.sd.demo.sheet import Sheet, gradient, multiply, peaks, rolling


def sheet() -> Sheet:
    return Sheet((120, 80), light_for("day", "", "", random.Random(1)), random.Random(2))


def test_a_gradient_runs_through_its_stops():
    image = gradient((4, 101), ((0, 0, 0), (200, 0, 0), (0, 0, 200)))
    assert max(image.getpixel((1, 0))) < 4
    assert image.getpixel((1, 50))[0] > 190
    assert image.getpixel((1, 100))[2] > 190


def test_hills_and_peaks_stay_near_their_level():
    hills, mountains = rolling(random.Random(1), 0.5, 0.02), peaks(random.Random(1), 0.6, 0.3, 4)
    assert all(0.46 < hills(x / 50) < 0.54 for x in range(51))
    assert min(mountains(x / 50) for x in range(51)) < 0.5
    assert all(0.2 < mountains(x / 50) < 0.65 for x in range(51))


def test_land_covers_what_is_below_its_curve():
    paper = sheet()
    paper.wash(((10, 20, 200), (10, 20, 200)))
    paper.land(lambda x: 0.5, (0, 200, 0), (0, 100, 0), rim=0)
    assert paper.image.getpixel((60, 20)) == (10, 20, 200)
    assert paper.image.getpixel((60, 78)) == (0, 100, 0)


def test_a_glow_and_a_disc_are_round_and_soft():
    paper = sheet()
    paper.glow(0.5, 0.5, 0.2, (255, 255, 255), 200)
    assert paper.image.getpixel((60, 40))[0] > paper.image.getpixel((72, 40))[0] > 0
    paper.disc(0.1, 0.5, 0.1, (255, 0, 0))
    assert paper.image.getpixel((12, 40)) == (255, 0, 0)


def test_a_stamp_stands_on_its_foot_and_fades_into_the_haze():
    near, far = sheet(), sheet()
    near.stamp(Image.new("RGBA", (10, 20), (200, 30, 30, 255)), 0.5, 0.75, 0.5)
    far.stamp(Image.new("RGBA", (10, 20), (200, 30, 30, 255)), 0.5, 0.75, 0.5, 0.8)
    assert near.image.getpixel((60, 58))[0] > 150
    assert near.image.getpixel((60, 62)) == (0, 0, 0)
    assert far.image.getpixel((60, 40))[2] > near.image.getpixel((60, 40))[2] + 60


def test_a_dye_recolours_a_picture_of_the_pack():
    plain, dyed = sheet(), sheet()
    dyed.dyes = {"1f333": ("red",)}
    for paper in (plain, dyed):
        paper.stamp("1f333", 0.5, 1.0, 0.9)
    assert plain.image.tobytes() != dyed.image.tobytes()


def test_blur_softens_and_multiply_tints():
    paper = sheet()
    paper.disc(0.5, 0.5, 0.2, (255, 255, 255))
    paper.blur(0.1)
    assert 0 < paper.image.getpixel((60, 40))[0] < 255
    assert multiply(Image.new("RGB", (1, 1), (200, 100, 50)), (255, 128, 0)).getpixel((0, 0)) == (200, 50, 0)
