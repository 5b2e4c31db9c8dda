"""Bodies for people."""

from artbot_server.sd.demo.lexicon import load_lexicon
from artbot_server.sd.demo.people import OUTFITS, standing_bust, standing_person


def test_people_stand_on_legs():
    lexicon = load_lexicon()
    for name, entry in lexicon.entries.items():
        picture = lexicon.tones.get(name, [name])[0]
        if entry.part == "head":
            assert standing_person(picture, 1, None).image.height > 300
        elif entry.part in ("bust", "gown"):
            assert standing_bust(picture, entry.part == "gown", None).image.height > 300


def test_clothes_follow_the_look_and_the_colour():
    looks = {standing_person("1f466-1f3fb", look, None).image.tobytes() for look in range(len(OUTFITS))}
    assert len(looks) == len(OUTFITS)
    red = standing_person("1f466-1f3fb", 1, "red").image
    middle = red.getpixel((red.width // 2, round(red.height * 0.7)))
    assert middle[0] > middle[1] + 60


def test_a_knight_wears_a_plume_in_three_colours():
    assert len({standing_person("knight", look, None).image.tobytes() for look in range(3)}) == 3


def test_a_gown_takes_the_colour_of_the_bust_or_another():
    own, red = standing_bust("1f478-1f3fb", True, None).image, standing_bust("1f478-1f3fb", True, "red").image

    def hem(image):
        return image.getpixel((image.width // 2, round(image.height * 0.92)))

    assert hem(own)[2] > hem(own)[1]  # violet
    assert hem(red)[0] > hem(red)[2] + 60
