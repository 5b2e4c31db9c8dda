"""The tables of words fit together."""

from artbot_server.sd.demo import vocabulary as v
from artbot_server.sd.demo.backdrops import OUTDOORS
from artbot_server.sd.demo.interiors import PLACES as INDOORS
from artbot_server.sd.demo.lexicon import load_lexicon


def test_every_place_can_be_painted():
    assert set(v.PLACES) - {"bamboo forest"} <= {*OUTDOORS, *INDOORS, "underwater", "clouds"}


def test_words_that_bind_are_nouns_of_the_lexicon():
    words = load_lexicon().words
    for table in (v.MOUNTS, v.CONTAINERS, v.SEATS, v.HELD, v.NATURAL_COLOURS):
        unknown = {word for word in table if word not in words}
        assert unknown <= {"bowl"}, unknown


def test_natural_colours_and_scales_make_sense():
    assert set(v.NATURAL_COLOURS.values()) <= set(v.COLOURS)
    assert all(0.3 < scale < 2 for scale in v.SCALES.values())
    assert all(1 <= count <= 10 for count in v.COUNTS.values())


def test_a_table_finds_whole_words_only():
    assert v.PLACES["sea"].search("the sea")
    assert not v.PLACES["sea"].search("season")
    assert v.PLACES["city"].search("two cities")


def test_longest_first():
    assert v.longest_first(["a", "abc", "ab"]) == ["abc", "ab", "a"]
