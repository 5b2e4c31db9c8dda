"""Replies as models really write them, in both languages, and the prompt that has to come out."""

from __future__ import annotations

import pytest

from artbot_server.chat.prompts import FoundPrompt, find_prompt

KITTEN = "an orange kitten, sitting in a garden, roses"
BAD = "human, two heads"

# fmt: off
PLAIN = [
    (KITTEN, KITTEN),
    (f"  {KITTEN}\n", KITTEN),
    (f'"{KITTEN}"', KITTEN),
    (f"“{KITTEN}”", KITTEN),
    (f"`{KITTEN}`", KITTEN),
    (f"**{KITTEN}**", KITTEN),
    (f"{KITTEN},", KITTEN),
    (f"{KITTEN}.", KITTEN),
    ("an orange kitten", "an orange kitten"),
    ("orange kitten, garden", "orange kitten, garden"),
    ("an adorable kitten, (big bright eyes:1.2), (pink nose:1.1)", "an adorable kitten, (big bright eyes:1.2), (pink nose:1.1)"),
    ("an orange kitten,\nsitting in a garden,\nroses", KITTEN),
    ("an orange kitten\nsitting in a garden, roses", KITTEN),
    ("two wildebeest (角马) drinking at a river, golden savanna", "two wildebeest (角马) drinking at a river, golden savanna"),
    ("hi-res photo of a fox, autumn leaves", "hi-res photo of a fox, autumn leaves"),
    ("no humans, night city, neon signs", "no humans, night city, neon signs"),
    ("café terrace at dusk, f/1.8 bokeh, St. Peter's dome", "café terrace at dusk, f/1.8 bokeh, St. Peter's dome"),
    (f"<think>The user wants a kitten. Prompt: maybe a dog?</think>\n{KITTEN}", KITTEN),
    (f"Sure! {KITTEN}", KITTEN),
    (f"好的！{KITTEN}", KITTEN),
]

INTRODUCED = [
    (f"Sure! Here is your prompt:\n{KITTEN}", KITTEN),
    (f"Sure! Here is your prompt:\n\n{KITTEN}\n\nLet me know if you would like to change anything!", KITTEN),
    (f"Here you go:\n\n{KITTEN}", KITTEN),
    (f"Here's a prompt for you: {KITTEN}", KITTEN),
    (f'Here\'s a prompt: "{KITTEN}."', KITTEN),
    (f"好的，这是为您生成的提示词：\n{KITTEN}", KITTEN),
    (f"好的，下面是提示词：{KITTEN}", KITTEN),
    (f"當然可以，這是提示詞：\n\n{KITTEN}\n\n希望你喜歡！", KITTEN),
    ("Here is the prompt:\nKitten", "Kitten"),
]

LABELLED = [
    (f"Prompt: {KITTEN}", KITTEN, ""),
    (f"prompt：{KITTEN}", KITTEN, ""),
    (f"**Prompt:** {KITTEN}", KITTEN, ""),
    (f"**Prompt**: {KITTEN}", KITTEN, ""),
    (f"- **Prompt:** `{KITTEN}`", KITTEN, ""),
    (f"Prompt:\n{KITTEN}\nNegative prompt:\n{BAD}", KITTEN, BAD),
    (f"Prompt:\n\n{KITTEN}\n\nNegative prompt:\n\n{BAD}\n\nEnjoy!", KITTEN, BAD),
    (f"**Prompt:** {KITTEN}\n\n**Negative Prompt:** {BAD}", KITTEN, BAD),
    (f"### Prompt\n\n{KITTEN}\n\n### Negative prompt\n\n{BAD}", KITTEN, BAD),
    (f"**Prompt**\n{KITTEN}\n\n**Negative Prompt**\n{BAD}", KITTEN, BAD),
    ("Prompt: an orange kitten,\nsitting in a garden,\nroses\nNegative prompt: human,\ntwo heads", KITTEN, BAD),
    (f"提示词：{KITTEN}", KITTEN, ""),
    (f"提示词：{KITTEN}\n负面提示词：{BAD}", KITTEN, BAD),
    (f"**正向提示词**：{KITTEN}\n**反向提示词**：{BAD}", KITTEN, BAD),
    (f"正面提示詞：{KITTEN}\n負面提示詞：{BAD}", KITTEN, BAD),
    (f"提示词（英文）：{KITTEN}\n说明：一只橙色的小猫", KITTEN, ""),
    (f"中文提示词：一只橙色的小猫\n英文提示词：{KITTEN}", KITTEN, ""),
    (f"Final prompt: {KITTEN}\nExplanation: I kept the colour.", KITTEN, ""),
    (f"Updated Prompt: {KITTEN}\n---\nTell me if it fits.", KITTEN, ""),
    (f"Prompt 1: {KITTEN}\n\nPrompt 2: a black cat, roof, moon", KITTEN, ""),
    (f"{KITTEN}\nNegative prompt: {BAD}", KITTEN, BAD),
    (f"{KITTEN}\n\n负面提示词：{BAD}", KITTEN, BAD),
    (f"{KITTEN}\nNegative prompt: {BAD}\nSteps: 20, Sampler: Euler a, CFG scale: 7", KITTEN, BAD),
    (f"Great idea!\n\nPrompt: \"{KITTEN}\"\n\nShall I paint it?", KITTEN, ""),
    ("提示词：一只橙色的小猫，花园", "一只橙色的小猫，花园", ""),
]

FENCED = [
    (f"```\n{KITTEN}\n```", KITTEN, ""),
    (f"Here it is:\n\n```text\n{KITTEN}\n```\n\nWould you like another one?", KITTEN, ""),
    (f"```{KITTEN}```", KITTEN, ""),
    (f"```\nPrompt: {KITTEN}\nNegative prompt: {BAD}\n```", KITTEN, BAD),
    (f"**Prompt:**\n```\n{KITTEN}\n```\n**Negative prompt:**\n```\n{BAD}\n```", KITTEN, BAD),
    (f"提示词：\n```\n{KITTEN}\n```\n负面提示词：\n```\n{BAD}\n```", KITTEN, BAD),
    (f"```\n{KITTEN}\n```\nNegative prompt: {BAD}", KITTEN, BAD),
    (f"Before:\n```\na cat\n```\nAfter:\n```\n{KITTEN}\n```", KITTEN, ""),
    (f"```\n{KITTEN}", KITTEN, ""),
    ('```json\n{"prompt": "a red fox, snow", "negative_prompt": "text"}\n```', "a red fox, snow", "text"),
]

JSON = [
    ('{"prompt": "a red fox, snow"}', "a red fox, snow", ""),
    ('{"prompt": "a red fox, snow", "negative_prompt": "text", "steps": 20}', "a red fox, snow", "text"),
    ('Sure!\n{\n  "positive prompt": "a red fox, snow",\n  "negative": "text"\n}', "a red fox, snow", "text"),
]

CANDIDATES = [
    (f"1. {KITTEN}\n2. a black cat, roof, moon", KITTEN),
    (f"Here are three prompts:\n\n1. {KITTEN}\n   一只橙色的小猫坐在花园里\n\n2. a black cat, roof, moon\n   一只黑猫", KITTEN),
    (f"1. {KITTEN}（花园里的橙色小猫）\n2. a black cat, roof, moon（屋顶上的黑猫）", KITTEN),
    (f"1. **Cozy:** {KITTEN}\n2. **Spooky:** a black cat, roof, moon", KITTEN),
    (f"1. {KITTEN}, (pink nose:1.1) - 花园里的小猫。\n2. a black cat, roof", f"{KITTEN}, (pink nose:1.1)"),
    (f"- {KITTEN}\n- a black cat, roof, moon", KITTEN),
    (f"以下是三个方案：\n1、{KITTEN}\n2、a black cat, roof, moon", KITTEN),
]

TALK = [
    "", "   ", "Hello there", "Hello!", "Hi", "Hi, nice to meet you", "你好！有什么可以帮您的吗？", "Good morning everyone",
    "Hello there, how are you", "OK", "Done", "Kitten", "Thanks", "Thank you so much",
    "What would you like me to draw?",
    "Would you like a cat, a dog, or a bird?",
    "I can help you with that, just tell me the animal and the place",
    "Sure, I can do that, just tell me the animal, the place, and the mood.",
    "Please tell me more about the picture",
    "The kitten sat in the garden. It was happy.",
    "The kitten sat in the garden.",
    "我是一个绘画助手，请告诉我你想画什么。",
    "一只橙色的小猫，坐在花园里",
    "Sorry, I can't help with that",
    "As an AI language model, I cannot draw pictures",
    "1. What colour is the cat?\n2. Where is it?",
    "You could choose:\n1. a colour\n2. a place",
    "an orange kitten, garden\n\na black cat, roof",
    "a, " * 310,
    "Painting it now, one moment",
    "{not json}",
    '{"answer": "a red fox, snow"}',
    "<think>an orange kitten, sitting in a garden",
    "```\n\n```",
    "Negative prompt: human, two heads",
    "Prompt:",
    "1234",
    "…",
]
# fmt: on


@pytest.mark.parametrize(("reply", "prompt"), PLAIN + INTRODUCED + CANDIDATES)
def test_a_prompt_alone_introduced_or_first_of_a_list(reply: str, prompt: str) -> None:
    assert find_prompt(reply) == FoundPrompt(prompt)


@pytest.mark.parametrize(("reply", "prompt", "negative"), LABELLED + FENCED + JSON)
def test_a_marked_prompt_with_its_negative_one(reply: str, prompt: str, negative: str) -> None:
    assert find_prompt(reply) == FoundPrompt(prompt, negative)


@pytest.mark.parametrize("reply", TALK)
def test_talk_is_no_prompt(reply: str) -> None:
    assert find_prompt(reply) is None


def test_line_ends_of_windows_change_nothing() -> None:
    assert find_prompt(f"Prompt: {KITTEN}\r\nNegative prompt: {BAD}\r\n") == FoundPrompt(KITTEN, BAD)


@pytest.mark.parametrize(
    "reply",
    [
        " " * 50_000 + "x",
        "\n".join([" " * 2000 + "x"] * 50),
        "1. a cat, " + "，" * 20_000 + "x\n2. y",
        '{"' * 20_000,
        '{"a":' * 20_000,
        "**final image positive " * 5000,
        "*" * 50_000,
    ],
)
def test_a_reply_that_runs_wild_is_no_burden(reply: str) -> None:
    """Quadratic patterns would run into the suite's time limit here."""
    find_prompt(reply * 3)
