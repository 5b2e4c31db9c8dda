import pytest

from artbot_server.chat.candidates import BY_MODE, MOST, Candidate, find_candidates, instruction, mode_of
from artbot_server.chat.prompts import LONGEST_READ
from artbot_server.llm.demo.writer import write

BEACH = "a sandy beach at sunset, golden light"
NIGHT = "a beach at night, stars, moonlight"
STORM = "a stormy beach, dark clouds, big waves"
ZH = ("日落时的沙滩", "夜晚的海边", "暴风雨中的海滩")
EN = ("A warm evening.", "Stars over the sea.", "Wild weather.")


def numbered(entry, why=ZH):
    """A reply whose entries all have one form."""
    prompts = (BEACH, NIGHT, STORM)
    return "\n".join(
        entry.format(n=n, prompt=prompt, why=said) for n, (prompt, said) in enumerate(zip(prompts, why, strict=True), 1)
    )


FORMS = [
    "{n}. {prompt}\n   {why}",
    "{n}. {prompt}\n{why}\n",
    "{n}) {prompt}\n   {why}",
    "{n}、{prompt}\n{why}",
    "{n}．{prompt}（{why}）",
    "({n}) {prompt}\n{why}",
    "**{n}.** {prompt}\n   *{why}*",
    "**{n}. {prompt}**\n{why}",
    "{n}. **{prompt}**\n   - {why}",
    "{n}. {prompt} - {why}",
    "{n}. {prompt} ({why})",
    "{n}. {prompt}，{why}",
    "{n}. {prompt} —— {why}",
    '{n}. "{prompt}" - {why}',
    "{n}. `{prompt}` {why}",
    "### {n}. {prompt}\n{why}",
    "### Prompt {n}:\n{prompt}\n\n{why}",
    "Prompt {n}: {prompt}\n说明：{why}",
    "提示词{n}：{prompt}\n解释：{why}",
    "{n}. Prompt: {prompt}\n   Explanation: {why}",
    "{n}. **Prompt:** {prompt}\n   **Explanation:** {why}",
    "{n}. **The Beach**\n   {prompt}\n   {why}",
    "{n}. **The Beach**: {prompt}\n   {why}",
    "{n}. ```\n{prompt}\n```\n{why}",
    "{n}. **The Beach**\n   - Prompt: {prompt}\n   - 中文说明：{why}",
    "{n}\ufe0f\u20e3 {prompt}\n{why}",
]


@pytest.mark.parametrize("form", FORMS)
def test_numbered_replies_of_models_are_read(form):
    found = find_candidates(numbered(form))
    assert [each.prompt for each in found] == [BEACH, NIGHT, STORM]
    assert [each.explanation for each in found] == list(ZH)


@pytest.mark.parametrize(
    "form",
    [
        "{n}. {prompt}\n   {why}",
        "{n}. {prompt}\n   Explanation: {why}",
        "{n}. {prompt} - {why}",
        '{n}. "{prompt}": {why}',
    ],
)
def test_explanations_in_english_too(form):
    found = find_candidates(numbered(form, EN))
    assert [(each.prompt, each.explanation) for each in found] == list(zip((BEACH, NIGHT, STORM), EN, strict=True))


@pytest.mark.parametrize(
    "around",
    [
        "Sure! Here are three prompts:\n\n{list}",
        "{list}\n\nLet me know which one you like best!",
        "<think>1. a cat\n2. a dog</think>{list}",
        "```\n{list}\n```",
    ],
)
def test_what_stands_around_the_list_is_left_out(around):
    found = find_candidates(around.format(list=numbered("{n}. {prompt}\n   {why}", EN)))
    assert [(each.prompt, each.explanation) for each in found] == list(zip((BEACH, NIGHT, STORM), EN, strict=True))


@pytest.mark.parametrize(
    "reply",
    [
        f'[{{"prompt": "{BEACH}", "explanation": "{ZH[0]}"}}, {{"prompt": "{NIGHT}", "explanation": "{ZH[1]}"}}]',
        f'```json\n{{"candidates": [{{"prompt": "{BEACH}", "说明": "{ZH[0]}"}},\n'
        f'{{"prompt": "{NIGHT}", "description": "{ZH[1]}",}},]}}\n```',
        f'1. {{"prompt": "{BEACH}", "explanation": "{ZH[0]}"}}\n2. {{"prompt": "{NIGHT}", "explanation": "{ZH[1]}"}}',
    ],
)
def test_json_is_read_also_with_a_comma_too_many(reply):
    assert find_candidates(reply) == (Candidate(BEACH, "", ZH[0]), Candidate(NIGHT, "", ZH[1]))


def test_a_json_list_of_texts_is_candidates_without_explanations():
    assert find_candidates(f'["{BEACH}", "{NIGHT}"]') == (Candidate(BEACH), Candidate(NIGHT))


def test_negative_prompts_stay_with_their_own():
    reply = f"1. {BEACH}\n   Negative prompt: people, boats\n   {ZH[0]}\n2. {NIGHT}\n   {ZH[1]}"
    first, second = find_candidates(reply)
    assert first == Candidate(BEACH, "people, boats", ZH[0])
    assert second == Candidate(NIGHT, "", ZH[1])


def test_the_same_prompt_twice_is_one_and_what_is_no_english_prompt_is_none():
    reply = f"1. {BEACH}\n2. {BEACH}\n3. 一片沙滩\n4. {NIGHT}"
    assert [each.prompt for each in find_candidates(reply)] == [BEACH, NIGHT]


def test_at_most_as_many_as_were_asked_for():
    reply = "\n".join(f"{n}. a beach with {n} palms, sunny" for n in range(1, 10))
    assert len(find_candidates(reply)) == MOST
    assert [each.prompt for each in find_candidates(reply, 2)] == [
        "a beach with 1 palms, sunny",
        "a beach with 2 palms, sunny",
    ]


def test_a_single_prompt_is_the_only_candidate():
    assert find_candidates(BEACH) == (Candidate(BEACH),)
    assert find_candidates(f"1. {BEACH}\n   {EN[0]}")[0].prompt == BEACH


@pytest.mark.parametrize(
    "reply",
    ["", "Hello! What would you like to see?", "1. 沙滩\n2. 大海", "{", "[" * 5000, "[" * 400 + '"a"' + "]" * 400],
)
def test_a_reply_without_a_prompt_has_none(reply):
    assert find_candidates(reply) == ()


def test_only_the_first_pages_are_read():
    assert find_candidates("x" * LONGEST_READ + numbered("\n{n}. {prompt}")) == ()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/image:prompt 海边的日落", ("海边的日落", BY_MODE)),
        ("  /image:prompt a beach", ("a beach", BY_MODE)),
        ("/image:prompt", ("", BY_MODE)),
        ("/default a beach", ("a beach", None)),
        ("a beach", ("a beach", None)),
        ("/imagine a beach", ("/imagine a beach", None)),
        ("/ a beach", ("/ a beach", None)),
        ("see /image:prompt", ("see /image:prompt", None)),
        ("/image:promt a beach", None),
        ("/video:prompt a beach", None),
        ("/image:prompt-a beach", ("/image:prompt-a beach", None)),
        ("/a:" + "b" * 40 + " x", ("/a:" + "b" * 40 + " x", None)),
    ],
)
def test_a_mode_before_the_text_asks_for_candidates(text, answer):
    assert mode_of(text) == answer


@pytest.mark.parametrize(
    ("text", "language"), [("海边", "Chinese"), ("a beach", "English"), ("пляж", "the user's language")]
)
def test_the_explanation_is_asked_for_in_the_users_language(text, language):
    assert f"sentence in {language} " in instruction(3, text)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("text", ["一只在花园里的小猫", "a fox in the snow at night"])
def test_the_demo_writer_understands_what_is_asked(count, text):
    messages = [{"role": "system", "content": instruction(count, text)}, {"role": "user", "content": text}]
    found = find_candidates(write(messages), count)
    assert len(found) == count
    assert all(each.explanation for each in found)
    noun = "kitten" if "猫" in text else "fox"
    assert all(noun in each.prompt for each in found)
    assert ("的" in found[0].explanation) == ("猫" in text)


def test_a_candidate_as_json():
    assert Candidate("a", "b", "c").as_json() == {"prompt": "a", "negative_prompt": "b", "explanation": "c"}
