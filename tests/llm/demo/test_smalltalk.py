"""What counts as talk, and what it is answered with."""

from __future__ import annotations

import pytest

from artbot_server.llm.demo.smalltalk import answer, is_chinese, not_understood, topic_of


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("你好", "hello"), ("您好！", "hello"), ("晚上好", "hello"), ("Hello there!", "hello"), ("hi hi hi", "hello"),
        ("你是谁？", "who"), ("who are you", "who"), ("what's your name?", "who"), ("你是人吗", "who"),
        ("你会做什么", "can"), ("what can you do?", "can"), ("help", "can"),
        ("你好吗？", "how"), ("how are you today?", "how"),
        ("谢谢你", "thanks"), ("Thank you so much!", "thanks"),
        ("再见", "bye"), ("bye bye", "bye"), ("good night", "bye"),
        ("讲个笑话", "joke"), ("tell me a joke", "joke"),
        ("太棒了!", "nice"), ("ok, cool", "nice"), ("哈哈哈", "nice"),
        ("1+1=?", "question"), ("1+1等于几", "question"), ("为什么天是蓝的", "question"), ("Why is the sky blue?", "question"),
        ("do you like cats?", "question"), ("I am sad", "question"),
        ("", "lost"), ("?!", "lost"), ("🐱", "lost"),
    ],
)  # fmt: skip
def test_talk_is_told_apart(text: str, topic: str) -> None:
    assert topic_of(text) == topic


@pytest.mark.parametrize(
    "text",
    [
        "你好,画一只猫", "你能画一只猫吗?", "可以加一顶帽子吗", "晚上", "好看的裙子", "画一个问号", "hello kitty in a garden",
        "can you draw a cat?", "could you make it blue?", "what about a dog?", "how about at night?", "a cat?",
        "a thank you card",
        "Is it possible to add a hat?", "show me what a dragon looks like", "good dog", "a great wave", "no flowers",
    ],
)  # fmt: skip
def test_wishes_are_no_talk(text: str) -> None:
    assert topic_of(text) == ""


def test_the_answer_is_in_the_user_s_language_with_ideas() -> None:
    chinese, english = answer("hello", "你好"), answer("hello", "hi")
    assert is_chinese(chinese)
    assert not is_chinese(english)
    assert chinese.count("“") == 2
    assert english.count('"') == 4


def test_asked_who_it_is_it_says_rules_and_names_the_key() -> None:
    assert "not a language model" in answer("who", "who are you")
    assert "key" in answer("who", "who are you")
    assert "不是大语言模型" in answer("who", "你是谁")
    assert "密钥" in answer("who", "你是谁")


def test_the_ideas_vary_with_the_wording_and_stay_for_the_same() -> None:
    said = {answer("hello", text) for text in ("hi", "hello", "hey", "good morning", "howdy")}
    assert len(said) > 1
    assert answer("hello", "hi") == answer("hello", "hi")


def test_unknown_words_are_named_and_asked_for() -> None:
    assert not_understood(("貔貅", "饕餮"), chinese=True) == "我没看懂“貔貅”、“饕餮”，能换个说法吗？"
    assert not_understood(("貔貅",), chinese=False).endswith("?")


@pytest.mark.parametrize(
    "text",
    [
        "哈" * 300 + "x",
        "hi" * 300 + "q",
        "ok " * 200 + "zz",
        "hahaha" * 100 + "z",
        "好" * 400 + "猫",
        "你好" * 200 + "猫",
    ],
)
def test_long_runs_are_answered_without_delay(text: str) -> None:
    assert topic_of(text) in ("", "nice", "question")
