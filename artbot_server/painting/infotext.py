"""A1111's parameter text, as it stands in its PNG files and `info.infotexts`: read and written. Pure.

Form: lines of the prompt, `Negative prompt: …` and its further lines, then one line `Steps: 20, Sampler: Euler a, …`
where a value with a comma, colon or line break is a JSON string. Values stay text, so that nothing is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

NEGATIVE = "Negative prompt:"
LEAST_FIELDS = 3  # A1111's own rule: with fewer the last line is still a part of the prompt

_FIELD = re.compile(r'(\w[\w \-/.()]{0,60}?):[ \t]*("(?:\\.|[^"\\])*"|[^,]*)(?:,|$)')
_ALONE = re.compile(r"Steps: *\d+(?:,|$)")


@dataclass(frozen=True, slots=True)
class Infotext:
    """What a picture was made with; `fields` keeps the order and the wording of the text (`CFG scale`: "7.5")."""

    prompt: str = ""
    negative_prompt: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels from `Size`, None where it is missing."""
        found = re.fullmatch(r"(\d+)\s*x\s*(\d+)", self.fields.get("Size", ""))
        return (int(found[1]), int(found[2])) if found else None


def parse(text: str) -> Infotext:
    """Read a parameter text; any text is one, at worst a prompt without fields."""
    *lines, last = text.strip().replace("\r\n", "\n").split("\n")
    fields = _fields(last)
    if not fields:
        lines.append(last)
    prompt, negative = "\n".join(lines), ""
    for index, line in enumerate(lines):
        if line.lstrip().startswith(NEGATIVE):
            prompt = "\n".join(lines[:index])
            negative = "\n".join([line.lstrip().removeprefix(NEGATIVE), *lines[index + 1 :]])
            break
    return Infotext(prompt.strip(), negative.strip(), fields)


def write(infotext: Infotext) -> str:
    """The text of it; `parse` gives the same record again."""
    lines = [infotext.prompt] if infotext.prompt else []
    if infotext.negative_prompt:
        lines.append(f"{NEGATIVE} {infotext.negative_prompt}")
    if infotext.fields:
        lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in infotext.fields.items()))
    return "\n".join(lines)


def _fields(line: str) -> dict[str, str]:
    found = {name: _unquoted(value.strip()) for name, value in _FIELD.findall(line)}
    return found if len(found) >= LEAST_FIELDS or _ALONE.match(line) else {}


def _quoted(value: str) -> str:
    plain = value == value.strip() and not re.search(r'[,:\n"]', value)
    return value if plain else json.dumps(value, ensure_ascii=False)


def _unquoted(value: str) -> str:
    if not (len(value) >= 2 and value[0] == value[-1] == '"'):
        return value
    try:
        return str(json.loads(value, strict=False))
    except json.JSONDecodeError:
        return value
