"""The lexicon and the art pack belong together."""

import ast
import re
from pathlib import Path

import artbot_server.sd.demo as demo
from artbot_server.sd.demo.art import picture_names
from artbot_server.sd.demo.lexicon import DRAWN, load_lexicon
from artbot_server.sd.demo.words import read_prompt

KINDS = {
    "animal",
    "bird",
    "fish",
    "insect",
    "person",
    "flower",
    "tree",
    "food",
    "drink",
    "vehicle",
    "boat",
    "aircraft",
    "building",
    "mountain",
    "furniture",
    "instrument",
    "wear",
    "sky",
    "object",
}


def test_every_entry_has_its_picture_or_is_drawn():
    lexicon, pack = load_lexicon(), picture_names()
    for name in lexicon.entries:
        assert name in DRAWN or name in pack or set(lexicon.tones[name]) <= pack, name


def test_every_word_and_pose_leads_to_an_entry():
    lexicon = load_lexicon()
    assert set(lexicon.words.values()) <= set(lexicon.entries)
    assert set(lexicon.poses.values()) <= set(lexicon.entries)
    assert all(lexicon.entries[pose].part == "sit" for pose in lexicon.poses.values())


def test_no_picture_lies_unused_in_the_pack():
    lexicon = load_lexicon()
    used = set(lexicon.entries) | {tone for tones in lexicon.tones.values() for tone in tones}
    assert picture_names() - used <= _names_in_code()


def test_every_picture_named_in_the_code_is_in_the_pack_or_the_lexicon():
    known = picture_names() | set(load_lexicon().entries)
    assert _names_in_code() - known <= {"1f3fb", "1f3fc", "1f3fd"}  # the tones themselves


def _names_in_code() -> set[str]:
    names: set[str] = set()
    for source in Path(demo.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names |= {
                    word for word in node.value.split() if re.fullmatch(r"(1f|2)[0-9a-f]{3,4}(-[0-9a-f]+)*", word)
                }
    return names


def test_entries_are_well_formed():
    for entry in load_lexicon().entries.values():
        assert entry.kind in KINDS
        assert 0.1 < entry.size < 5
        assert entry.face in ("left", "front")
        assert entry.part in ("whole", "sit", "head", "bust", "gown")


def test_chinese_words_mean_something():
    for chinese, english in load_lexicon().chinese.items():
        assert re.fullmatch(r"[a-z\- ]+", english), chinese


def test_there_is_enough_to_draw():
    assert len(load_lexicon().words) > 900
    assert len(load_lexicon().chinese) > 300
    assert len(read_prompt("cat, tree, rocket").things) == 3
