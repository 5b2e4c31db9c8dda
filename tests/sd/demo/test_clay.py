"""Modelled shapes."""

from PIL import Image

from artbot_server.sd.demo.clay import Clay, shade_of


def test_shade_runs_from_light_over_the_colour_to_dark():
    colour = (120, 160, 90)
    assert shade_of(colour, 0.4) == colour
    assert sum(shade_of(colour, 0.0)) > sum(colour) > sum(shade_of(colour, 1.0))


def test_a_blob_lies_where_it_should_and_is_lit_from_the_upper_left():
    clay = Clay(100)
    clay.blob(0.5, 0.5, 0.3, 0.2, (120, 160, 90))
    image = clay.done()
    assert image.size == (100, 100)
    left, top, right, bottom = image.getbbox() or (0, 0, 0, 0)
    assert (abs(left - 20), abs(top - 30), abs(right - 80), abs(bottom - 70)) <= (2, 2, 2, 2)
    assert sum(image.getpixel((38, 42))[:3]) > sum(image.getpixel((62, 58))[:3])


def test_a_turned_pill_lies_across():
    clay = Clay(100)
    clay.pill((0.3, 0.45, 0.7, 0.55), 0.05, (200, 50, 50), turn=90)
    left, top, right, bottom = clay.done().getbbox() or (0, 0, 0, 0)
    assert bottom - top > right - left


def test_shapes_and_pictures_may_stick_out():
    clay = Clay(60)
    clay.shape([(-0.2, 0.5), (0.5, 0.2), (1.2, 0.9)], (10, 200, 100))
    clay.paste(Image.new("RGBA", (10, 10), (255, 0, 0, 255)), 0.0, 0.1, 0.4)
    image = clay.done()
    assert image.getpixel((30, 30))[3] == 255
    assert image.getpixel((2, 2))[0] == 255
