"""Bodies for animals."""

import pytest

from artbot_server.sd.demo.animals import FURS, animal
from artbot_server.sd.demo.lexicon import load_lexicon

HEADS = sorted(name for name, entry in load_lexicon().entries.items() if entry.part == "sit")


@pytest.mark.parametrize("lying", [False, True])
def test_every_head_gets_a_body(lying):
    for name in HEADS:
        figure = animal(name, None, lying)
        assert figure.image.height > 150
        assert 0 < figure.crown[0] < 1
        assert figure.crown[1] < figure.eyes < figure.neck < figure.hands[1] < 1


def test_every_animal_head_has_its_fur():
    assert set(HEADS) == set(FURS)


def test_a_colour_dyes_head_and_body():
    pixels = [animal("1f431", colour, False).image.resize((1, 1)).getpixel((0, 0)) for colour in ("blue", "red")]
    assert pixels[0][2] > pixels[0][0]
    assert pixels[1][0] > pixels[1][2]


def test_a_panda_keeps_its_dark_limbs_in_any_colour():
    assert animal("1f43c", None, False).image.tobytes() != animal("1f43c", "green", False).image.tobytes()


def test_lying_is_lower_than_sitting():
    lying, sitting = animal("1f981", None, True).image, animal("1f981", None, False).image
    assert lying.height / lying.width < sitting.height / sitting.width
