"""A1111's parameter text, as it stands in its PNG files and `info.infotexts`: read and written. Pure.

Form: lines of the prompt, `Negative prompt: …` and its further lines, then one line `Steps: 20, Sampler: Euler a, …`
where a value with a comma, colon or line break is a JSON string. Values stay text and nothing of the text is dropped:
what no rule explains stays a part of the value before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

NEGATIVE = "Negative prompt:"
LEAST_FIELDS = 3  # A1111's own rule: with fewer the last line is still a part of the prompt
WELL_KNOWN = frozenset({"Steps", "Sampler", "CFG scale", "Seed", "Size", "Model", "Model hash", "Version"})
"""Stricter than A1111, which takes "style: flat, mood: calm, eyes: green" for settings: one of these has to be there."""

_NAME = re.compile(r"(\w[\w \-/.()+]{0,60}?)[ \t]*:[ \t]*")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_ENDS = re.compile(r"[ \t]*(?:[,\n]|$)")
_NEXT = re.compile(r"[,\n]")
_STEPS = re.compile(r"Steps: *\d+(?:,|$)")
_STEPS_INSIDE = re.compile(r"(?<=[\s,.])Steps: ?\d+,")
_JSON = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Infotext:
    """What a picture was made with.

    Attributes:
        fields: in the order and wording of the text (`CFG scale`: "7.5"), without the quotes of a JSON string. Of two
            fields with one name the later counts, as in A1111.
        bare: names whose JSON object or list stands there without quotes (`Hashes`, `Tiled Diffusion`).
    """

    prompt: str = ""
    negative_prompt: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    bare: frozenset[str] = frozenset()

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels from `Size`, None where it is missing."""
        return read_size(self.fields.get("Size", ""))


def read_size(value: str) -> tuple[int, int] | None:
    """Width and height from "512x768", None for anything else."""
    found = re.fullmatch(r"(\d{1,9})\s*x\s*(\d{1,9})", value)
    return (int(found[1]), int(found[2])) if found else None


def parse(text: str) -> Infotext:
    """Read a parameter text; any text is one, at worst a prompt without fields.

    Settings may go on over further lines (values with line breaks, what Dynamic Prompts adds below), and a text that
    lost its line breaks when it was copied from a web page is read as well.
    """
    lines = text.strip().replace("\r\n", "\n").split("\n")
    for start in _starts(lines):
        settings = parse_fields("\n".join(lines[start:]))
        if settings is not None:
            return Infotext(*_prompts(lines[:start]), *settings)
    if len(lines) == 1 and (broken := _with_line_breaks(lines[0])):
        return parse(broken)
    return Infotext(*_prompts(lines))


def parse_fields(text: str) -> tuple[dict[str, str], frozenset[str]] | None:
    """`fields` and `bare` of a settings line; None when the text is none."""
    values = _values(text)
    if not (_STEPS.match(text) or (len(values) >= LEAST_FIELDS and WELL_KNOWN & values.keys())):
        return None
    return {name: _unquoted(raw) for name, raw in values.items()}, frozenset(
        name for name, raw in values.items() if raw[:1] in ("{", "[") and _is_json(raw)
    )


def parse_unit(text: str) -> dict[str, str]:
    """The fields inside a value such as that of `ControlNet 0`: "Module: canny, Weight: 1.0"."""
    return {name: _unquoted(raw) for name, raw in _values(text).items()}


def write(infotext: Infotext) -> str:
    """The text of it; `parse` gives the same record again."""
    lines = [infotext.prompt] if infotext.prompt else []
    if infotext.negative_prompt:
        lines.append(f"{NEGATIVE} {infotext.negative_prompt}")
    if infotext.fields:
        pairs = infotext.fields.items()
        lines.append(", ".join(f"{n}: {value if n in infotext.bare else _quoted(value)}" for n, value in pairs))
    return "\n".join(lines)


def _starts(lines: list[str]) -> Iterator[int]:
    """Where the settings may begin: the last line, or the last one with `Steps` at its head."""
    yield len(lines) - 1
    for index in range(len(lines) - 2, -1, -1):
        if _STEPS.match(lines[index]):
            yield index
            return


def _prompts(lines: list[str]) -> tuple[str, str]:
    for index, line in enumerate(lines):
        if line.lstrip().startswith(NEGATIVE):
            negative = "\n".join([line.lstrip().removeprefix(NEGATIVE), *lines[index + 1 :]])
            return "\n".join(lines[:index]).strip(), negative.strip()
    return "\n".join(lines).strip(), ""


def _with_line_breaks(line: str) -> str:
    """A line that is a whole text, with its breaks put back; "" when it is none."""
    found = [match.start() for match in _STEPS_INSIDE.finditer(line)]
    if not found or len(_values(line[found[-1] :])) < LEAST_FIELDS:
        return ""
    prompt, mark, negative = line[: found[-1]].rstrip().partition(NEGATIVE)
    return "\n".join([prompt.rstrip(), mark + negative, line[found[-1] :]])


def _values(text: str) -> dict[str, str]:
    """Name to value as it is written; {} when the text does not begin with a field."""
    spans: dict[str, tuple[int, int]] = {}
    last = ""
    place = _skip_separators(text, 0)
    while place < len(text):
        name = _NAME.match(text, place)
        if name is None and not last:
            return {}
        if name is not None:
            last = name[1]
            spans.pop(last, None)
            spans[last] = (name.end(), _end_of_value(text, name.end()))
        else:
            spans[last] = (spans[last][0], _end_of_value(text, place))
        place = _skip_separators(text, spans[last][1])
    return {name: text[start:end].strip() for name, (start, end) in spans.items()}


def _end_of_value(text: str, start: int) -> int:
    """A JSON string, object or list as a whole where one stands alone; otherwise up to the next comma or line break."""
    string = _STRING.match(text, start)
    end = string.end() if string else _end_of_json(text, start)
    if end is not None and _ENDS.match(text, end):
        return end
    separator = _NEXT.search(text, start)
    return separator.start() if separator else len(text)


def _end_of_json(text: str, start: int) -> int | None:
    if text[start : start + 1] not in ("{", "["):
        return None
    try:
        return _JSON.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None


def _skip_separators(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\n,":
        place += 1
    return place


def _is_json(raw: str) -> bool:
    return _end_of_json(raw, 0) == len(raw)


def _quoted(value: str) -> str:
    plain = value == value.strip() and not re.search(r'[,:\n"]', value) and value[:1] not in ("{", "[")
    return value if plain else json.dumps(value, ensure_ascii=False)


def _unquoted(value: str) -> str:
    if not (len(value) >= 2 and value[0] == value[-1] == '"'):
        return value
    try:
        return str(json.loads(value, strict=False))
    except ValueError:
        return value
