"""What is drawn because the pack has no good picture of it."""

import pytest

from artbot_server.sd.demo.drawn import PAINTERS, drawn, held_bamboo
from artbot_server.sd.demo.lexicon import DRAWN


def test_every_drawn_name_has_its_painter():
    assert set(PAINTERS) == DRAWN - {"knight"}  # who is a person


@pytest.mark.parametrize("name", sorted(PAINTERS))
def test_it_is_cropped_and_drawn_once(name):
    image = drawn(name, None)
    assert image.mode == "RGBA"
    assert image.getbbox() == (0, 0, *image.size)
    assert image.tobytes() == drawn(name, None).tobytes()


@pytest.mark.parametrize("name", sorted(set(PAINTERS) - {"sakura"}))
def test_it_takes_another_colour(name):
    assert drawn(name, None).tobytes() != drawn(name, "blue").tobytes()


def test_a_panda_holds_a_single_stalk():
    assert held_bamboo().getbbox() is not None
