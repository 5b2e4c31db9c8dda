"""What the model gets to read: newest first, the question always, empty replies never."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from artbot_server.chat.history import MESSAGE_TOKENS, Painted, State, Turn, as_painted, estimate, window

SYSTEM = {"role": "system", "content": "Draw."}


def user(text: str) -> Turn:
    return Turn("user", text)


def reply(text: str, state: State = "complete") -> Turn:
    return Turn("assistant", text, state)


def contents(messages: list[dict[str, str]]) -> list[str]:
    return [message["content"] for message in messages]


def test_the_system_prompt_and_all_that_fits_in_order() -> None:
    found = window("Draw.", [user("a cat"), reply("an orange cat"), user("at sunset")])
    assert found == [
        SYSTEM,
        {"role": "user", "content": "a cat"},
        {"role": "assistant", "content": "an orange cat"},
        {"role": "user", "content": "at sunset"},
    ]


def test_no_system_prompt_no_system_message() -> None:
    assert window("", [user("a cat")]) == [{"role": "user", "content": "a cat"}]


def test_nothing_said_is_only_the_system_prompt() -> None:
    assert window("Draw.", []) == [SYSTEM]


@pytest.mark.parametrize("state", ["failed", "stopped", "interrupted", "streaming"])
def test_a_reply_without_text_is_left_out_and_a_partial_one_kept(state: State) -> None:
    said = [user("a cat"), reply("", state), user("a dog"), reply("a brown d", state), user("again")]
    assert contents(window("", said)) == ["a cat", "a dog", "a brown d", "again"]


def test_the_oldest_messages_go_first() -> None:
    said = [user("aaaa"), reply("bbbb"), user("cccc")]
    room_for_two = 2 * (1 + MESSAGE_TOKENS)
    assert contents(window("", said, max_tokens=room_for_two)) == ["bbbb", "cccc"]
    assert contents(window("", said, max_tokens=room_for_two - 1)) == ["cccc"]


def test_a_short_old_message_does_not_slip_in_behind_a_long_one() -> None:
    said = [user("hi"), reply("x" * 400), user("more")]
    assert contents(window("", said, max_tokens=30)) == ["more"]


def test_the_system_prompt_counts() -> None:
    said = [user("aaaa"), user("bbbb")]
    assert len(window("", said, max_tokens=10)) == 2
    assert contents(window("Draw.", said, max_tokens=10)) == ["Draw.", "bbbb"]


def test_the_newest_question_is_always_whole() -> None:
    long = "一只猫" * 5000
    assert contents(window("Draw.", [user("old"), reply("old too"), user(long)])) == ["Draw.", long]


def test_the_newest_question_is_in_even_behind_a_reply_that_is_too_long() -> None:
    assert contents(window("", [user("question"), reply("x" * 40_000)])) == ["question"]


def test_at_most_so_many_messages() -> None:
    said = [user(str(number)) for number in range(100)]
    assert contents(window("", said, max_messages=3)) == ["97", "98", "99"]
    assert len(window("", said)) == 40


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("cat", 1), ("cats", 1), ("kitty", 2), ("一只猫", 3), ("一只cat", 3), ("，", 1)]
)
def test_tokens_are_estimated_by_kind_of_character(text: str, tokens: int) -> None:
    assert estimate(text) == tokens


class Counted(Sequence[Turn]):
    """A history that counts how much of it was looked at."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.seen = 0

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> Turn:  # type: ignore[override]
        self.seen += 1
        return user(f"message {index}")

    def __reversed__(self) -> Iterator[Turn]:
        return (self[index] for index in range(self.length - 1, -1, -1))


def test_a_long_history_costs_as_much_as_a_short_one() -> None:
    short, long = Counted(100), Counted(100_000)
    window("", short)
    window("", long)
    assert long.seen == short.seen <= 41


FOX = Painted("a red fox, snow")


@pytest.mark.parametrize(
    ("content", "found", "painted", "text"),
    [
        ("a red fox, snow", FOX, None, "a red fox, snow"),
        ("a red fox, snow", FOX, FOX, "a red fox, snow"),
        ("a red fox, snow", FOX, Painted("a blue fox"), "a blue fox"),
        ("Here you are:\n```\na red fox, snow\n```", FOX, Painted("a blue fox"), "Here you are:\n```\na blue fox\n```"),
        ("a red fox,\nsnow", FOX, Painted("a blue fox"), "a blue fox"),
        ("Hello!", None, Painted("a blue fox"), "a blue fox"),
        ("", None, Painted("a blue fox"), ""),
        ("a red fox, snow", FOX, Painted("a red fox, snow", "rain"), "Prompt: a red fox, snow\nNegative prompt: rain"),
        (
            "Prompt: a red fox\nNegative prompt: rain",
            Painted("a red fox", "rain"),
            Painted("a blue fox", "hail"),
            "Prompt: a blue fox\nNegative prompt: hail",
        ),
        ("Prompt: a red fox\nNegative prompt: rain", Painted("a red fox", "rain"), Painted("a blue fox"), "a blue fox"),
    ],
)
def test_a_reply_is_read_again_with_the_prompt_as_it_was_painted(content, found, painted, text):
    assert as_painted(content, found, painted) == text


def test_of_several_prompts_only_the_chosen_one_is_left():
    listed = "1. a red fox, snow\n2. a blue fox, snow"
    assert as_painted(listed, FOX, Painted("a blue fox, snow"), several=True) == "a blue fox, snow"
    assert as_painted(listed, FOX, FOX, several=True) == "a red fox, snow"
    assert as_painted(listed, FOX, None, several=True) == listed
