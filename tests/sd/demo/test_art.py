"""The art pack and its tints."""

import pytest

from artbot_server.sd.demo.art import picture, picture_names, tinted


def test_every_picture_can_be_read_and_is_cropped():
    for name in sorted(picture_names())[::25]:
        image = picture(name)
        assert image.mode == "RGBA"
        assert 0 < max(image.size) <= 440
        assert image.getbbox() is not None


def test_an_unknown_picture_is_a_key_error():
    with pytest.raises(KeyError):
        picture("nothing")


def test_a_tint_moves_the_colour_and_keeps_the_outline():
    plain, blue = picture("1f408"), picture("1f408", "blue")
    assert blue.getchannel("A").tobytes() == plain.getchannel("A").tobytes()

    def mean(image, channel):
        return image.resize((1, 1)).getpixel((0, 0))[channel]

    assert mean(blue, 2) > mean(blue, 0) > 0
    assert mean(plain, 0) > mean(plain, 2)


def test_black_is_dark_and_white_is_light():
    cat = picture("1f408")
    dark = tinted(cat, (58, 56, 68)).convert("L").resize((1, 1)).getpixel((0, 0))
    light = tinted(cat, (246, 244, 242)).convert("L").resize((1, 1)).getpixel((0, 0))
    assert light - dark > 60


def test_boats_come_without_their_strip_of_water():
    sail = picture("26f5")
    red, _, blue, _ = (
        sail.crop((sail.width // 3, sail.height - 12, sail.width * 2 // 3, sail.height)).resize((1, 1)).getpixel((0, 0))
    )
    assert red > blue  # the hull, where the water was


def test_ships_have_two_ends():
    ship = picture("1f6f3-fe0f")
    assert ship.width > 1.5 * ship.height
