"""Reading one Chinese description."""

from __future__ import annotations

import pytest

from artbot_server.llm.demo.phrases_zh import describe
from artbot_server.llm.demo.scene import scene_words
from artbot_server.llm.demo.tokens_zh import normalise


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("猫", ["a cat"]),
        ("三只黑色的小猫", ["three black kittens"]),
        ("两杯咖啡", ["two cups of coffee"]),
        ("一双红鞋", ["a pair of red shoes"]),
        ("猫和狗", ["a cat and a dog"]),
        ("戴帽子和围巾的猫", ["a cat", "wearing a hat and a scarf"]),
        ("戴红色的帽子的猫", ["a cat", "wearing a red hat"]),
        ("猫坐在红色的沙发上", ["a cat", "sitting on a red sofa"]),
        ("两只在森林里跳舞的鹿", ["two deer", "dancing in the forest"]),
        ("一只红眼睛的白兔", ["a white rabbit", "with red eyes"]),
        ("女孩的帽子", ["a girl's hat"]),
        ("草莓蛋糕", ["a strawberry cake"]),
        ("向日葵田", ["a sunflower field"]),
        ("桌子下的狗", ["a dog", "under a table"]),
        ("有翅膀的猫", ["a cat", "with wings"]),
        ("猫有蓝色的眼睛", ["a cat", "with blue eyes"]),
        ("花园里有一只猫", ["a cat", "in the garden"]),
        ("坐雪橇的狗", ["a dog", "riding in a sleigh"]),
        ("猫在椅子上睡觉,狗在地板上玩球", ["a cat sleeping on a chair", "a dog playing with a ball on the floor"]),
        ("秋天的枫叶和一条小路", ["maple leaves and a path", "in autumn"]),
        ("猫,很可爱", ["a cute cat"]),
        ("在家里", ["at home"]),
        ("猫看日落", ["a cat", "looking at the sunset"]),
        ("火星上的机器人", ["a robot", "on mars"]),
        ("一只猫,蓝眼睛,月亮", ["a cat", "with blue eyes", "the moon"]),
    ],
)
def test_descriptions(text: str, parts: list[str]) -> None:
    assert scene_words(describe(normalise(text)).scene) == parts


def test_what_has_no_noun_is_loose() -> None:
    assert describe("蓝色的").loose == ("blue",)
    assert describe("两只").count == "two"


def test_pronouns_point_at_the_picture_there_is() -> None:
    assert describe("它戴着帽子").refers


def test_unknown_words_are_named_once() -> None:
    assert describe("貔貅和貔貅").unknown == ("貔貅",)


@pytest.mark.parametrize("text", ["", "的", "在", "的的的", "在在里", "戴", "戴的", "和和", "两", "有", "有的", "坐的"])
def test_fragments_are_no_error(text: str) -> None:
    describe(text)
