"""Cutting Chinese text into known words."""

from __future__ import annotations

import pytest

from artbot_server.llm.demo.tokens_zh import normalise, tokens


def _cut(text: str) -> list[str]:
    return [token.text for token in tokens(normalise(text))]


def _english(text: str) -> list[str]:
    return [token.english for token in tokens(normalise(text)) if token.english]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("晚上海底", ["晚上", "海底"]),
        ("五颜六色的花", ["五颜六色", "的", "花"]),
        ("三文鱼", ["三文鱼"]),
        ("三只小鸭", ["三只", "小鸭"]),
        ("戴帽子的猫头鹰", ["戴", "帽子", "的", "猫头鹰"]),
        ("下雪天的企鹅", ["下雪天", "的", "企鹅"]),
        ("长颈鹿和梅花鹿", ["长颈鹿", "和", "梅花鹿"]),
        ("一朵花", ["一朵", "花"]),
        ("苹果树", ["苹果树"]),
        ("面条", ["面条"]),
    ],
)
def test_the_longest_sensible_words_win(text: str, cut: list[str]) -> None:
    assert _cut(text) == cut


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("两只", "two"), ("十二个", "twelve"), ("12只", "twelve"), ("30只", "30"), ("一对", "two"), ("几个", "several"),
        ("许多", "many"), ("一百只", "a hundred"), ("浅蓝色", "light blue"), ("深红", "dark red"), ("红红", "red"), ("高高", "tall"),
    ],
)  # fmt: skip
def test_numbers_measures_and_shades(text: str, english: str) -> None:
    assert _english(text) == [english]


def test_a_measure_that_holds_something_is_kept() -> None:
    (cup, coffee) = tokens("一杯咖啡")
    assert (cup.kind, cup.english, cup.detail) == ("count", "one", "cup")
    assert coffee.english == "coffee"


def test_traditional_and_full_width_text_is_made_plain() -> None:
    assert normalise("畫一隻貓ＡＢＣ") == "画一只猫abc"


def test_unknown_characters_that_stand_together_are_one_word() -> None:
    found = [token for token in tokens("一只貔貅和饕餮") if token.kind == "unknown"]
    assert [token.text for token in found] == ["貔貅", "饕餮"]


def test_english_words_and_marks_in_between_are_told_apart() -> None:
    found = tokens(normalise("画一个cat、t恤!"))
    assert [(token.kind, token.text) for token in found if token.kind in ("latin", "and")] == [
        ("latin", "cat"),
        ("and", "、"),
    ]
    assert found[-2].english == "t-shirt"


def test_nothing_gives_nothing() -> None:
    assert tokens("") == []
