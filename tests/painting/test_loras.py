"""LoRAs in a prompt: each once, and only those that are there."""

import pytest

from artbot_server.painting.loras import lora_names, unknown_lora, with_loras


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("a cat", ()),
        ("a cat <lora:ink:0.8>, <lora:film:1>", ("ink", "film")),
        ("<lora:ink:1:0.5><lora:ink>", ("ink",)),
        ("<lora:水墨 v2:0.8>", ("水墨 v2",)),
        ("<lora:>, <hypernet:x:1>, lora:ink", ()),
    ],
)
def test_names_are_found(prompt, names):
    assert lora_names(prompt) == names


@pytest.mark.parametrize(
    ("prompt", "loras", "result"),
    [
        ("a cat", [], "a cat"),
        ("a cat <lora:ink:0.8>", [], "a cat <lora:ink:0.8>"),
        ("a cat", [{"name": "ink"}], "a cat <lora:ink:1>"),
        ("", [{"name": "ink", "weight": 0.8}], "<lora:ink:0.8>"),
        ("a cat", [{"name": "ink", "weight": -0.25}, {"name": "film"}], "a cat <lora:ink:-0.25> <lora:film:1>"),
        ("a cat <lora:ink:0.2>, garden", [{"name": "ink", "weight": 0.9}], "a cat , garden <lora:ink:0.9>"),
        ("a cat, <lora:ink:0.2>, garden", [{"name": "ink"}], "a cat, garden <lora:ink:1>"),
        ("<lora:ink:0.2> a cat, best <lora:ink:0.7>", [], "<lora:ink:0.2> a cat, best"),
        ("<lora:a:1><lora:b:1>, x <lora:a:2>", [], "<lora:a:1><lora:b:1>, x"),
        ("a cat", [{"name": "ink", "weight": 1}, {"name": "ink", "weight": 0.5}], "a cat <lora:ink:0.5>"),
    ],
)
def test_each_lora_stands_once(prompt, loras, result):
    assert with_loras(prompt, loras) == result


def test_a_prompt_without_a_repetition_is_left_as_it_is():
    prompt = "a  cat,, <lora:ink:1> ,garden,"
    assert with_loras(prompt, []) == prompt


def test_only_a_known_list_can_refuse():
    assert unknown_lora("<lora:ink:1> <lora:nope:1>", ("ink",)) == "nope"
    assert unknown_lora("<lora:ink:1>", ("ink",)) is None
    assert unknown_lora("<lora:nope:1>", ()) is None
