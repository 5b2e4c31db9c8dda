"""Sentences that pass and words that do not, in both languages, and every entry of the lists."""

from __future__ import annotations

from importlib.resources import files

import orjson
import pytest

from artbot_server.painting.suitable import unsuitable_words

LISTS = orjson.loads(files("artbot_server.painting").joinpath("unsuitable_words.json").read_bytes())


def entries(name: str) -> list[str]:
    return [word for group in LISTS[name].values() for word in group]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a cat with a gun", ("gun",)),
        ("two cats with guns", ("gun",)),
        ("a bloody knight killing a dragon", ("bloody", "killing")),
        ("NAKED woman", ("naked",)),
        ("a dead_body in the snow", ("dead body",)),
        ("self-harm", ("self harm",)),
        ("a zombie, (creepy:1.3), smoking a cigar", ("zombie", "creepy", "smoking", "cigar")),
        ("ｇｕｎ", ("gun",)),
        ("k.i.l.l the cat", ("kill",)),
        ("k i l l", ("kill",)),
        ("k-i-l-l", ("kill",)),
        ("ki\u200bll the cat", ("kill",)),
        ("k1ll, n4ked, $exy", ("kill", "naked", "sexy")),
        ("nüde", ("nude",)),
        ("blood orange juice and real blood", ("blood",)),
        ("一只小猫拿着手枪", ("手枪",)),
        ("手 枪", ("手枪",)),
        ("手.枪，杀\u200b人", ("手枪", "杀人")),
        ("一隻拿著手槍的貓，很血腥", ("手槍", "血腥")),
        ("裸体的女人在喝酒", ("裸体", "喝酒")),
        ("小猫 with a gun，血腥", ("gun", "血腥")),
        ("鲜血橙和一杯鲜血", ("鲜血",)),
        ("gun gun gun", ("gun",)),
    ],
)
def test_what_does_not_belong_is_named_once_in_its_plain_form(text: str, words: tuple[str, ...]) -> None:
    assert unsuitable_words(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "an adorable white and brown spotted kitten, (big bright eyes:1.2), sitting on a cozy armchair, (pink nose:1.1)",
        "In the middle of the screen, close shot,best quality, highres, masterpiece, cute",
        "grapes and a class of little foxes on the grass",
        "a killer whale jumping out of the sea",
        "two killer whales",
        "a slice of blood orange",
        "an assassin snail and a pistol shrimp in an aquarium",
        "a Tasmanian devil sleeping, a vampire bat hanging upside down",
        "blue tits on a branch, a herd of wild asses",
        "children with water guns, a rabbit with a bath bomb",
        "a shooting star above bamboo shoots",
        "a bullet train, tug of war, a drugstore",
        "a heroine in a cape, hello kitty, a cockatoo, a peacock",
        "a bombardier beetle, a bumblebee, Sussex, a cocktail dress",
        "bread and butter, buttery toast, a wary rabbit selling its wares",
        "a rose-breasted grosbeak, a robin with a red breast, a naked mole rat",
        "a panda, 4k, 8k, 1girl, 2 cats, a b c blocks",
        "the letters A, B and C on wooden blocks",
        "skilled gunnera gardener, a wardrobe, a warm sweater, award winning",
        "一只橙色的小猫坐在花园里",
        "一盘切开的血橙",
        "葡萄酒色的裙子",
        "小兔子弹钢琴，小狮子弹吉他",
        "大麻雀站在树枝上",
        "树上吊着一盏灯，孩子们做爱心饼干",
        "女性爱吃草莓，男性交谈",
        "手枪虾和魔鬼鱼在海里，还有杀人鲸",
        "小熊打架子鼓，跳楼机",
        "水枪大战，红色的酒窝",
        "消毒品放在柜子里，子弹头列车",
        "小兔子彈鋼琴，一隻橘貓",
        "一只吸血蝙蝠倒挂在洞里",
    ],
)
def test_innocent_sentences_pass(text: str) -> None:
    assert unsuitable_words(text) == ()


@pytest.mark.parametrize("word", entries("english") + entries("chinese"))
def test_every_word_of_the_lists_is_found(word: str) -> None:
    assert unsuitable_words(f"a cat, {word}, 小猫") != ()


@pytest.mark.parametrize("phrase", entries("innocent_english") + entries("innocent_chinese"))
def test_every_innocent_phrase_passes(phrase: str) -> None:
    assert unsuitable_words(f"a cat, {phrase}, 小猫") == ()


def test_no_word_stands_twice_in_its_list() -> None:
    for name in LISTS:
        assert len(entries(name)) == len(set(entries(name))), name
