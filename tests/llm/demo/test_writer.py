"""The writer as a whole: what a conversation gets as its answer."""

from __future__ import annotations

import random

import pytest

from artbot_server.chat.prompts import find_prompt
from artbot_server.llm.demo.lexicon import words
from artbot_server.llm.demo.scene import pluralise
from artbot_server.llm.demo.writer import LONGEST_READ, read, write
from tests.llm.demo.conversation import holds, last_prompt, last_reply, parted, prompt_in, replies
from tests.llm.demo.wishes import HELD_OUT, TALK, TALK_HELD_OUT, TUNED, Wish

ARTICLE_PROMPT = (
    "As an AI text-to-image prompt generator of an animal theme, your primary role is to generate detailed, dynamic, "
    "and stylized prompts for image generation. 2. Prompt should be within 10 words. 3. You might be given in Chinese, "
    "but always respond the prompt in English. 5. This is a prompt for kid's illustration, always give friendly prompt"
)
ENDS = (".", "!", "?", "。", "！", "？")


@pytest.mark.parametrize("wish", [*TUNED, *HELD_OUT], ids=lambda wish: " / ".join(wish[0]))
def test_a_prompt_holds_what_was_asked_and_nothing_taken_away(wish: Wish) -> None:
    turns, wanted, unwanted = wish
    prompt = last_prompt(*turns)
    assert [word for word in parted(wanted) if not holds(prompt, word)] == [], prompt
    assert [word for word in parted(unwanted) if holds(prompt, word)] == [], prompt


def test_the_table_is_large_and_a_third_of_it_was_held_out() -> None:
    assert len(TUNED) + len(HELD_OUT) >= 60
    assert len(HELD_OUT) >= (len(TUNED) + len(HELD_OUT)) * 0.3


@pytest.mark.parametrize("text", [*TALK, *TALK_HELD_OUT])
def test_talk_ends_like_a_sentence_and_holds_no_prompt(text: str) -> None:
    reply = last_reply(text)
    assert reply.endswith(ENDS)
    assert "Prompt:" not in reply
    assert prompt_in(reply) == ""


@pytest.mark.parametrize("wish", [*TUNED, *HELD_OUT], ids=lambda wish: " / ".join(wish[0]))
def test_every_prompt_is_ascii_in_parts_and_without_a_sentence_end(wish: Wish) -> None:
    for reply in replies(*wish[0]):
        prompt = prompt_in(reply)
        if "thanks" in wish[0] or "谢谢" in wish[0]:
            continue
        assert prompt.isascii()
        assert ", " in prompt
        assert not prompt.endswith(ENDS)
        assert prompt == prompt.strip()


def test_an_understood_wish_is_answered_by_the_prompt_alone() -> None:
    assert last_reply("一只橙色的小猫").startswith("a")
    assert "\n" not in last_reply("一只橙色的小猫")
    assert "Prompt" not in last_reply("a kitten")


def test_unknown_chinese_is_named_in_chinese_before_the_prompt() -> None:
    said, line = last_reply("一只貔貅在森林里").split("\n")
    assert "貔貅" in said
    assert said.endswith(("?", "？"))
    assert line.startswith("Prompt: ")
    assert holds(line, "forest")


def test_nothing_but_unknown_chinese_asks_for_other_words_without_a_prompt() -> None:
    reply = last_reply("貔貅")
    assert "貔貅" in reply
    assert prompt_in(reply) == ""


def test_nothing_but_unknown_chinese_leaves_the_earlier_picture_for_the_next_turn() -> None:
    assert holds(last_prompt("一只猫", "貔貅", "晚上"), "cat")


def test_what_is_excluded_becomes_a_negative_prompt_line() -> None:
    assert last_reply("a garden with roses", "no roses").split("\n")[-1] == "Negative prompt: roses"
    assert "Negative prompt: flowers" in last_reply("一只猫", "不要花")
    assert "flower" not in last_prompt("一只猫", "不要花")


def test_what_was_excluded_may_be_added_again() -> None:
    assert "Negative" not in last_reply("a cat", "no hat", "add a hat")
    assert holds(last_prompt("a cat", "no hat", "add a hat"), "wearing a hat")


def test_another_one_differs_and_keeps_the_picture() -> None:
    first, second = replies("a cat on a sofa", "another one")
    assert first != second
    assert holds(second, "cat")
    assert holds(second, "on a sofa")


def test_talk_in_between_leaves_the_picture_alone() -> None:
    assert holds(last_prompt("一只橙色的猫", "你是谁?", "谢谢", "晚上"), "orange cat")
    assert holds(last_prompt("an orange cat", "who are you?", "at night"), "orange cat")


def test_a_partial_reply_before_does_no_harm() -> None:
    messages = [
        {"role": "user", "content": "an orange kitten"},
        {"role": "assistant", "content": "a lively ora", "state": "stopped"},
        {"role": "user", "content": "at night"},
    ]
    assert holds(write(messages), "orange kitten")
    assert holds(write(messages), "at night")


def test_a_conversation_whose_beginning_is_cut_goes_on_from_the_last_prompt() -> None:
    whole = {"role": "assistant", "content": "a cheerful red fox, jumping over a river, flowers"}
    line = {"role": "assistant", "content": "Here you are.\nPrompt: a cheerful red fox, jumping over a river, flowers"}
    for earlier in (whole, line):
        prompt = write([earlier, {"role": "user", "content": "换成蓝色"}])
        assert holds(prompt, "blue fox")
        assert holds(prompt, "jumping over a river")


def test_an_earlier_talk_is_not_taken_for_a_prompt() -> None:
    talk = {"role": "assistant", "content": "Hello, tell me what you want, please."}
    assert prompt_in(write([talk, {"role": "user", "content": "make it blue"}])) == ""


def test_the_same_messages_give_the_same_reply() -> None:
    turns = ("一只猫", "晚上", "再来一张")
    assert replies(*turns) == replies(*turns)


def test_a_change_keeps_the_words_that_were_added() -> None:
    first, second = replies("a kitten", "make it blue")
    assert first.replace("kitten", "blue kitten") == second


def test_no_messages_and_strange_messages_get_a_greeting() -> None:
    assert write([]).startswith("Hello")
    assert prompt_in(write([{"role": "user"}])) == ""
    assert prompt_in(write([{"role": "user", "content": None}])) == ""


def test_text_parts_of_a_message_with_a_picture_are_read() -> None:
    parts = [{"type": "text", "text": "a red fox"}, {"type": "image_url", "image_url": {"url": "data:"}}]
    assert holds(write([{"role": "user", "content": parts}]), "red fox")


def test_only_the_beginning_of_a_very_long_message_is_read() -> None:
    assert len(last_reply("猫和" * 5000)) < 40 * LONGEST_READ
    assert not holds(last_prompt("a cat and " * 60 + "a zebra"), "zebra")


def test_the_article_s_system_prompt_keeps_the_prompt_short_and_friendly() -> None:
    prompt = last_prompt("一只在花园里的橙色小猫", system=ARTICLE_PROMPT)
    assert holds(prompt, "orange kitten")
    assert holds(prompt, "in the garden")
    assert len(prompt.split()) <= 10


def test_an_empty_wish_after_a_picture_does_not_repeat_it() -> None:
    assert prompt_in(last_reply("a cat", "???")) == ""


SUBJECTS = ("animal", "creature", "person")


def _every_noun() -> list[tuple[str, str]]:
    return [(zh, entry.english) for zh, entry in words().chinese.items() if entry.word_class == "noun"]


def test_every_chinese_noun_comes_out_as_its_english_one() -> None:
    lost = []
    for chinese, english in _every_noun():
        prompt = last_prompt(f"我想看一个{chinese}")
        if not (holds(prompt, english) or holds(prompt, pluralise(english))):
            lost.append((chinese, english, prompt))
    assert lost == []


def test_every_place_time_and_weather_comes_out() -> None:
    lost = []
    for chinese, entry in words().chinese.items():
        if entry.word_class in ("place", "time", "weather"):
            prompt = last_prompt(f"一只猫,{chinese}")
            if not holds(prompt, entry.english.split()[-1].lower()):
                lost.append((chinese, entry.english, prompt))
    assert lost == []


def test_made_up_chinese_wishes_keep_count_colour_noun_action_and_place() -> None:
    choose = random.Random(7)
    by_class: dict[str, list[tuple[str, str]]] = {}
    for chinese, entry in words().chinese.items():
        key = f"{entry.word_class} {entry.kind}".strip()
        by_class.setdefault(key, []).append((chinese, entry.english))
    lost = []
    for _ in range(400):
        (zh_color, color), (zh_animal, animal) = (
            choose.choice(by_class["color"]),
            choose.choice(by_class["noun animal"]),
        )
        (zh_clothes, clothes), (zh_place, place) = (
            choose.choice(by_class["noun clothes"]),
            choose.choice(by_class["place"]),
        )
        zh_count, count = choose.choice([("两只", "two"), ("三只", "three"), ("五条", "five"), ("一群", "a group of")])
        wish = f"{zh_count}戴着{zh_clothes}的{zh_color}的{zh_animal}在{zh_place}"
        prompt = last_prompt(wish)
        wanted = [count, color.split()[-1], pluralise(animal), place.split()[-1].lower()]
        if not all(holds(prompt, word) for word in wanted) or not (
            holds(prompt, clothes) or holds(prompt, f"a {clothes}")
        ):
            lost.append((wish, prompt))
    assert lost == []


def test_made_up_english_wishes_keep_all_their_words() -> None:
    choose = random.Random(11)
    lost = []
    for _ in range(300):
        parts = [
            choose.choice(["a", "two", "seven", "my"]),
            choose.choice(["red", "tiny", "black and white", "wooden", "sleepy blue"]),
            choose.choice(["zorblax", "quokka", "tram", "hedgehog", "snow globe"]),
            choose.choice(
                ["eating a purple plum", "wearing green boots", "dancing", "on top of a piano", "with long hair"]
            ),
            choose.choice(["in a spaceship", "near the old mill", "under the moon", "at night", "beside a blixet"]),
        ]
        prompt = last_prompt(" ".join(parts))
        wanted = {word for part in parts for word in part.split()} - {"a", "two", "seven", "my"}
        missing = [word for word in wanted if not (holds(prompt, word) or holds(prompt, pluralise(word)))]
        if missing:
            lost.append((parts, missing, prompt))
    assert lost == []


def test_no_text_whatever_makes_it_fail() -> None:
    chance = random.Random(3)
    alphabet = (
        "猫狗红蓝一二三只条在里上的和戴穿换成不要加再来画雪夜吗没貔貅，。！？、“”「」"
        "abcdefghij  ,.!?:;()[]{}'\"-_/\\\n\t0123456789éüßпривет🐱🎈\u200b\x00カナ"
    )
    phrases = [
        "make it",
        "instead",
        "without",
        "no",
        "add",
        "换成",
        "不要",
        "两只",
        "a",
        "of",
        "and",
        "with",
        "the cat",
        "Prompt:",
    ]
    for _ in range(600):
        turns = [
            "".join(chance.choice(alphabet) for _ in range(chance.randrange(30)))
            + " ".join(chance.choice(phrases) for _ in range(chance.randrange(4)))
            for _ in range(chance.randrange(1, 4))
        ]
        for reply in replies(*turns):
            prompt = prompt_in(reply)
            assert reply.strip()
            assert prompt.isascii()
            assert prompt or reply.endswith(ENDS), (turns, reply)


def test_reading_the_same_message_again_costs_nothing_new() -> None:
    assert read("一只橙色的猫") is read("一只橙色的猫")


def test_whose_it_is_is_not_said_so_that_the_prompt_is_one() -> None:
    reply = last_prompt("my dog Rex wearing a blue hat")
    assert "dog rex" in reply
    assert find_prompt(reply) is not None
