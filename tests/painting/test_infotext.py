"""A1111's parameter text: what is in it, what may be missing, and the round trip."""

from __future__ import annotations

import random
import re

import pytest

from artbot_server.painting.infotext import Infotext, parse, parse_unit, write
from tests.painting import infotexts

ARTICLE = (
    "an orange kitten, In the middle of the screen, close shot,best quality\n"
    "Negative prompt: bad-picture-chill-75v easynegative, two heads\n"
    "Steps: 20, Sampler: DPM++ SDE, Schedule type: Karras, CFG scale: 7.5, Seed: 2392381764, Size: 600x600, "
    "Model hash: d6548414b4, Model: disneyPixarCartoon_v10, Version: v1.10.1"
)


def test_a_text_as_a1111_writes_it() -> None:
    found = parse(ARTICLE)
    assert found.prompt == "an orange kitten, In the middle of the screen, close shot,best quality"
    assert found.negative_prompt == "bad-picture-chill-75v easynegative, two heads"
    assert list(found.fields.items()) == [
        ("Steps", "20"),
        ("Sampler", "DPM++ SDE"),
        ("Schedule type", "Karras"),
        ("CFG scale", "7.5"),
        ("Seed", "2392381764"),
        ("Size", "600x600"),
        ("Model hash", "d6548414b4"),
        ("Model", "disneyPixarCartoon_v10"),
        ("Version", "v1.10.1"),
    ]
    assert found.size == (600, 600)


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("Steps: 20, Sampler: Euler a, CFG scale: 7.5", "CFG scale", "7.5"),
        ("Steps: 20, Sampler: Euler a, Seed: 1", "Seed", "1"),
        ("Steps: 20, Sampler: Euler a, Clip skip: 2, ENSD: 31337", "Clip skip", "2"),
        ("Steps: 20, Sampler: Euler a, Denoising strength: 0.6, Hires upscale: 1.5", "Hires upscale", "1.5"),
        ('Steps: 20, Seed: 1, Lora hashes: "a: a7dd, b: 00ff", Version: v1', "Lora hashes", "a: a7dd, b: 00ff"),
        (
            'Steps: 20, Seed: 1, ControlNet 0: "Module: canny, Weight: 1.0"',
            "ControlNet 0",
            "Module: canny, Weight: 1.0",
        ),
        ('Steps: 20, Seed: 1, Wildcard: "say \\"cat\\", twice"', "Wildcard", 'say "cat", twice'),
        ('Steps: 20, Seed: 1, Note: "two\\nlines"', "Note", "two\nlines"),
        ('Steps: 20, Seed: 1, Odd: "half', "Odd", '"half'),
        ('Steps: 20, Seed: 1, Odd: "bad \\q escape"', "Odd", '"bad \\q escape"'),
        ("Steps: 20, Seed: 1, Model: 国风3, Version: v1", "Model", "国风3"),
        ("Steps: 20, Seed: 1, TI: , Version: v1", "TI", ""),
    ],
)
def test_one_field_of_a_line(line: str, name: str, value: str) -> None:
    assert parse(f"a cat\n{line}").fields[name] == value


@pytest.mark.parametrize(
    ("text", "prompt", "negative", "count"),
    [
        ("", "", "", 0),
        ("a cat", "a cat", "", 0),
        ("a cat\non a roof", "a cat\non a roof", "", 0),
        ("a cat\nNegative prompt: dog", "a cat", "dog", 0),
        ("Negative prompt: dog\nSteps: 1, Sampler: x, Seed: 1", "", "dog", 3),
        ("Steps: 1, Sampler: x, Seed: 1", "", "", 3),
        ("Steps: 20", "", "", 1),
        ("a cat\r\nNegative prompt: dog\r\nbird\r\nSteps: 1, Sampler: x, Seed: 1", "a cat", "dog\nbird", 3),
        ("style: flat, mood: calm", "style: flat, mood: calm", "", 0),
        ("a cat, (eyes:1.2), (nose:1.1)", "a cat, (eyes:1.2), (nose:1.1)", "", 0),
    ],
)
def test_parts_may_be_missing(text: str, prompt: str, negative: str, count: int) -> None:
    found = parse(text)
    assert (found.prompt, found.negative_prompt, len(found.fields)) == (prompt, negative, count)


@pytest.mark.parametrize("size", ["", "600", "600x", "x600", "wide"])
def test_a_size_that_is_missing_or_odd_is_none(size: str) -> None:
    assert Infotext("a cat", "", {"Size": size} if size else {}).size is None


def test_what_a1111_wrote_comes_out_letter_by_letter() -> None:
    assert write(parse(ARTICLE)) == ARTICLE


@pytest.mark.parametrize(
    "record",
    [
        Infotext(),
        Infotext("a cat\non a roof", "dog\nbird", {"Steps": "20", "Sampler": "Euler a", "Seed": "1"}),
        Infotext("", "dog", {"Steps": "20"}),
        Infotext("一只猫", "", {"Steps": "20", "Model": "国风, 3", "Path": "C:\\models"}),
        Infotext(
            "a cat", "", {"Steps": "1", "A": "x, y", "B": 'a "quoted" word', "C": "one\ntwo", "D": "", "E": "k: v"}
        ),
        Infotext("a cat", "", {"Steps": "1", "A": " spaced ", "B": '"', "C": '"both"'}),
    ],
)
def test_the_round_trip_keeps_everything(record: Infotext) -> None:
    assert parse(write(record)) == record


# Texts as they are met


@pytest.mark.parametrize("name", infotexts.AS_WRITTEN)
def test_a_real_text_comes_out_letter_by_letter(name: str) -> None:
    assert write(parse(infotexts.ALL[name])) == infotexts.ALL[name]


@pytest.mark.parametrize("name", infotexts.ALL)
def test_a_round_trip_keeps_every_field_of_a_real_text(name: str) -> None:
    found = parse(infotexts.ALL[name])
    assert len(found.fields) >= 5
    assert parse(write(found)) == found
    assert list(parse(write(found)).fields) == list(found.fields)


@pytest.mark.parametrize("name", infotexts.ALL)
def test_no_word_of_a_real_text_is_lost(name: str) -> None:
    found = parse(infotexts.ALL[name])
    kept = " ".join([found.prompt, "Negative prompt", found.negative_prompt, *found.fields, *found.fields.values()])
    written = infotexts.ALL[name].replace("\\n", "\n")  # the escapes of a quoted value are no words
    assert set(re.findall(r"\w+", written)) <= set(re.findall(r"\w+", kept))


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("hires", "Hires prompt", "a cabin, closer:\n(snow:1.2)"),
        ("hires", "Lora hashes", "snow: a7dd9ec0fb24, cabin-v2: c7b66d2ad6cd"),
        ("hires", "Version", "v1.10.1"),
        ("controlnet", "ControlNet 0", infotexts.UNIT),
        ("forge", "Hires CFG Scale", "1.5"),
        ("tiled", "Hashes", '{"vae": "63aeecb90f", "model": "4199bcdd14"}'),
        ("civitai", "Civitai metadata", '{"remixOfId":11111100000}'),
        ("civitai", "Created Date", "2024-09-23T06:17:42.9952795Z"),
        ("grid", "X Values", "1,2"),
        ("detailer", "ADetailer prompt", 'black eyes, "soft" hair, '),
        ("detailer", "ADetailer dilate/erode", "4"),
        ("wildcards", "Wildcard prompt", "voxel art,\n__scene-location__, white girl,\nclassic, noble"),
        ("dynamic", "Template", "1girl, __haircolor__"),
        ("dynamic", "Negative Template", "(worst quality:1.4), __badprompt__"),
        ("collapsed", "Denoising strength", "0.35"),
        ("broken quotes", "ADetailer version", "23.6.1"),
        ("broken quotes", "ADetailer prompt", '"photo of a girl, (film grain)", (UnrealisticDream: 1.3)"'),
        ("comma", "Version", "v1.6.0"),
    ],
)
def test_a_value_of_a_real_text(name: str, field: str, value: str) -> None:
    assert parse(infotexts.ALL[name]).fields[field] == value


def test_prompts_of_several_lines_and_of_a_text_without_line_breaks() -> None:
    detailer, collapsed = parse(infotexts.DETAILER), parse(infotexts.COLLAPSED)
    assert detailer.prompt == "1girl,\nBREAK thighhighs,\nBREAK (colorful spot black:1.5)"
    assert collapsed.prompt == "masterpiece, highres, <lora:more_details:0.5>"
    assert collapsed.negative_prompt == "(worst quality:2) JuggernautNegative-neg"


@pytest.mark.parametrize(
    "text",
    [
        "style: flat, mood: calm, eyes: green",
        "(masterpiece:1.2), Seed: of doubt, style: flat, mood: calm",
        "Steps: 3 to the beach",
        "a road, Steps: 3, then home",
    ],
)
def test_a_prompt_that_looks_like_settings_stays_one(text: str) -> None:
    assert parse(text) == Infotext(text)


def test_json_that_stood_in_quotes_keeps_them() -> None:
    text = 'a\nSteps: 1, FreeU Stages: "[{\\"scale\\": 1.2}]", Hashes: {"model": "ab"}, Odd: [not json'
    found = parse(text)
    assert found.fields["FreeU Stages"] == '[{"scale": 1.2}]'
    assert found.bare == {"Hashes"}
    assert write(found) == text.replace("[not json", '"[not json"')
    assert parse(write(found)) == found


def test_the_later_of_two_fields_with_one_name_counts() -> None:
    assert parse("a\nSteps: 1, Seed: 2, Seed: 3").fields == {"Steps": "1", "Seed": "3"}


def test_the_fields_of_a_controlnet_unit() -> None:
    unit = parse_unit(parse(infotexts.CONTROLNET).fields["ControlNet 0"])
    assert unit["Model"] == "control_v11p_sd15_canny [d14c016b]"
    assert unit["Control Mode"] == "ControlNet is more important"


ODD_PIECES = [
    *("a", "Seed", ":", ", ", "\n", '"', "\\", "{", "}", "[", "]", "(x:1.2)", " ", "Steps: 1", "Negative prompt:"),
    *("国风", "\t", "1x1", "{}", '{"a": [1, "b, c"]}', "\\n", "é", "<lora:x:1>", ",", "-", "…"),
]


def test_any_values_survive_a_round_trip() -> None:
    chance = random.Random(1)
    for _ in range(2000):
        values = ["".join(chance.choices(ODD_PIECES, k=chance.randint(0, 6))) for _ in range(5)]
        fields = {"Steps": "20", **{f"Field {number}": value for number, value in enumerate(values)}}
        record = Infotext("a cat", "dog", fields)
        assert parse(write(record)) == record


def test_any_text_can_be_read_and_is_stable_from_then_on() -> None:
    chance = random.Random(2)
    for _ in range(2000):
        settings = ", ".join(f"Name{n}: " + "".join(chance.choices(ODD_PIECES, k=4)) for n in range(4))
        first = parse(f"a cat\nSteps: 20, Sampler: x, {settings}")
        assert parse(write(first)) == first


def test_a_hostile_text_is_read_in_a_moment() -> None:
    for text in (
        "Steps: 1, " + 'a: "x, ' * 20_000,
        "Steps: 1, a: " + "[" * 100_000,
        "Steps: 1," * 20_000,
        "x " * 60_000,
    ):
        assert len(write(parse(text))) > 0
