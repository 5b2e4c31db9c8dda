"""A1111's parameter text: what is in it, what may be missing, and the round trip."""

from __future__ import annotations

import pytest

from artbot_server.painting.infotext import Infotext, parse, write

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
