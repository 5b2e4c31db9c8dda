"""Chinese noun phrases as English things."""

from __future__ import annotations

import pytest

from artbot_server.llm.demo.nouns_zh import as_thing, compounds, english_noun, place_phrase
from artbot_server.llm.demo.scene import phrase_words, thing_words
from artbot_server.llm.demo.tokens_zh import Token, tokens


def _token(word: str) -> Token:
    (token,) = tokens(word)
    return token


@pytest.mark.parametrize(
    ("word", "qualities", "count", "unit", "text"),
    [
        ("猫", (), "", "", "a cat"), ("猫", ("red",), "two", "", "two red cats"), ("白马", (), "", "", "a white horse"),
        ("花", (), "", "", "flowers"), ("花", (), "one", "", "a flower"), ("月亮", (), "", "", "the moon"), ("竹子", (), "",
        "", "bamboo"),
        ("眼镜", (), "one", "", "glasses"), ("鞋", (), "one", "pair", "a pair of shoes"), ("猫", (), "one", "pair",
        "two cats"),
        ("石头", (), "one", "piece", "a stone"), ("蛋糕", (), "one", "piece", "a piece of cake"),
    ],
)  # fmt: skip
def test_things(word: str, qualities: tuple[str, ...], count: str, unit: str, text: str) -> None:
    assert thing_words(as_thing(_token(word), qualities, count, unit)) == text


def test_places_come_with_their_preposition() -> None:
    for word, text in (
        ("花园", "in the garden"),
        ("沙滩", "on the beach"),
        ("室内", "indoors"),
        ("家里", "at home"),
        ("巴黎", "in paris"),
    ):
        token = _token(word)
        assert phrase_words(place_phrase(token, as_thing(token, (), "", ""))) == text


def test_neighbours_make_one_noun_or_two() -> None:
    assert compounds(_token("草莓"), _token("蛋糕"))
    assert compounds(_token("机器人"), _token("厨师"))
    assert not compounds(_token("小猫"), _token("小狗"))
    assert not compounds(_token("森林"), _token("小屋"))


def test_a_word_s_english_noun() -> None:
    assert [english_noun(_token(word)) for word in ("猫", "花园", "室内")] == ["cat", "garden", "indoors"]
