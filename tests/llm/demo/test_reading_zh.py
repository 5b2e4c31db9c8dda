"""Reading Chinese messages: wishes and changes."""

from __future__ import annotations

import pytest

from artbot_server.llm.demo.reading_zh import read_zh


@pytest.mark.parametrize(
    ("text", "change", "target"),
    [
        ("一只猫", "say", ""), ("再来一张", "again", ""), ("换一张", "again", ""), ("重新画一张", "again", ""), ("再畫一次", "again", ""),
        ("不要花", "remove", ""), ("把花去掉", "remove", ""), ("去掉帽子吧", "remove", ""), ("去掉背景", "remove", "background"),
        ("加一顶帽子", "add", ""), ("再加两只狗", "add", ""), ("给它加上翅膀", "add", ""), ("旁边有一只狗", "add", ""),
        ("换成蓝色", "replace", ""), ("把猫换成狗", "replace", "cat"), ("帽子改成红色", "replace", "hat"), ("变成冬天", "replace", ""),
        ("让它睡觉", "say", ""),
    ],
)  # fmt: skip
def test_changes_are_told_from_descriptions(text: str, change: str, target: str) -> None:
    (reading,) = read_zh(text)
    assert (reading.change, reading.target) == (change, target)


@pytest.mark.parametrize("text", ["画一只猫", "请帮我画一只猫", "我想看一只猫", "给我来一只猫", "生成一张猫的图"])
def test_asking_for_a_picture_is_noticed(text: str) -> None:
    (reading,) = read_zh(text)
    assert reading.request
    assert [subject.thing.noun for subject in reading.scene.subjects] == ["cat"]


def test_clauses_that_describe_are_read_together() -> None:
    (reading,) = read_zh("一只猫，在花园里，晚上")
    assert [phrase.kind for phrase in reading.scene.phrases] == ["place", "time"]


def test_orders_after_a_description_are_wishes_of_their_own() -> None:
    assert [reading.change for reading in read_zh("一只猫,不要花,加一顶帽子")] == ["say", "remove", "add"]


def test_what_is_missing_inside_a_sentence_is_excluded() -> None:
    said, excluded = read_zh("一只没有帽子的猫")
    assert said.scene.subjects[0].thing.noun == "cat"
    assert (excluded.change, excluded.scene.subjects[0].thing.noun) == ("remove", "hat")
