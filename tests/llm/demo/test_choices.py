"""Several prompts for one wish, as a system prompt may ask for them."""

from __future__ import annotations

import re

import pytest

from artbot_server.llm.demo.choices import number_asked
from tests.llm.demo.conversation import holds, last_reply, replies
from tests.llm.demo.wishes import HELD_OUT, TALK, TUNED, Wish

SYSTEM = "You draw animals. This time write {} numbered prompts instead of one."


def listed(reply: str) -> tuple[list[str], list[str]]:
    """The prompts and the explanations of a list."""
    prompts = re.findall(r"^\d\. (.+)$", reply, re.MULTILINE)
    return prompts, re.findall(r"^   (?!Negative)(.+)$", reply, re.MULTILINE)


@pytest.mark.parametrize(
    ("system", "count"),
    [("", 1), ("Write 3 numbered prompts", 3), ("6 numbered prompts", 6), ("7 numbered prompts", 1), ("3 prompts", 1)],
)
def test_the_number_is_read_from_the_system_prompt(system: str, count: int) -> None:
    assert number_asked(system) == count


@pytest.mark.parametrize("wish", [*TUNED, *HELD_OUT], ids=lambda wish: " / ".join(wish[0]))
def test_six_different_prompts_of_the_same_thing(wish: Wish) -> None:
    alone = last_reply(*wish[0])
    prompts, said = listed(last_reply(*wish[0], system=SYSTEM.format(6)))
    if ", " in alone:
        assert len(prompts) == len(set(prompts)) == len(said) == len(set(said)) == 6
        for word in wish[1].split("|") if isinstance(wish[1], str) else wish[1]:
            assert all(holds(prompt, word) for prompt in prompts), word


def test_the_explanation_is_in_the_users_language() -> None:
    _, chinese = listed(last_reply("花园里的小猫", system=SYSTEM.format(3)))
    _, english = listed(last_reply("a kitten in the garden", system=SYSTEM.format(3)))
    assert all(re.search("[\u3400-\u9fff]", text) for text in chinese)
    assert all(text.isascii() for text in english)


def test_a_setting_the_user_chose_is_the_setting_of_all() -> None:
    prompts, _ = listed(last_reply("a fox in the snow at night", system=SYSTEM.format(6)))
    assert all(holds(prompt, "at night") and holds(prompt, "in the snow") for prompt in prompts)
    assert not any("sunset" in prompt for prompt in prompts)


def test_what_was_taken_away_stays_away_in_each() -> None:
    reply = last_reply("a cat with a hat", "remove the hat", system=SYSTEM.format(2))
    assert reply.count("Negative prompt: hats") == 2


@pytest.mark.parametrize("text", TALK[:5])
def test_talk_is_no_list(text: str) -> None:
    assert listed(last_reply(text, system=SYSTEM.format(3)))[0] == []


def test_the_turns_before_count() -> None:
    _, second = replies("a cat", "make it blue", system=SYSTEM.format(3))
    assert all(holds(prompt, "blue cat") for prompt in listed(second)[0])


def test_unknown_words_are_named_before_the_list() -> None:
    reply = last_reply("画一只猫和一个囧囧怪", system=SYSTEM.format(2))
    assert len(listed(reply)[0]) == 2
