"""The word list itself and its look-ups."""

from __future__ import annotations

from importlib.resources import files

import pytest

from artbot_server.llm.demo import lexicon
from artbot_server.llm.demo.lexicon import words

LARGEST_BYTES = 120_000


def test_the_file_is_small_and_has_hundreds_of_nouns() -> None:
    data = files(lexicon.__package__).joinpath("lexicon.json").read_bytes()
    assert len(data) < LARGEST_BYTES
    assert sum(entry.word_class == "noun" for entry in words().chinese.values()) > 900


def test_it_is_read_once() -> None:
    assert words() is words()


def test_all_english_is_ascii_and_all_chinese_is_chinese() -> None:
    for chinese, entry in words().chinese.items():
        assert entry.english.isascii()
        assert entry.english.strip() == entry.english != ""
        assert not chinese.isascii() or chinese in ("4k", "8k")


def test_traditional_characters_pair_with_others() -> None:
    table = words().traditional
    assert chr(table[ord("貓")]) == "猫"
    assert all(old != new for old, new in table.items())
    assert not any(chr(old) in word for old in table for word in words().chinese)


@pytest.mark.parametrize(
    ("noun", "kind"),
    [
        ("cat", "animal"),
        ("polar bear", "animal"),
        ("tiny cat", "animal"),
        ("garden", "place"),
        ("hat", "clothes"),
        ("moon", "sky"),
        ("blixet", ""),
        ("", ""),
    ],
)
def test_the_kind_of_a_noun(noun: str, kind: str) -> None:
    assert words().kind(noun) == kind


def test_known_traps() -> None:
    chinese = words().chinese
    assert chinese["角马"].english == "wildebeest"
    assert chinese["长颈鹿"].english == "giraffe"
    assert chinese["下雪天"].word_class == "weather"
    assert chinese["五颜六色"].word_class == "color"


def test_no_weapons() -> None:
    listed = {entry.english for entry in words().chinese.values()}
    assert not listed & {"gun", "sword", "knife", "dagger", "bomb", "pistol", "rifle", "blood", "coffin", "cigarette"}
