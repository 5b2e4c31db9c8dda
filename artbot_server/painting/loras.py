"""LoRA tags in a prompt, `<lora:name:weight>`: found, put in, and never twice. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_TAG = re.compile(r"<lora:([^:>]+)[^>]*>")
_SPACES = re.compile(r"[ \t]{2,}")


def lora_names(prompt: str) -> tuple[str, ...]:
    """The LoRAs a prompt asks for, each once."""
    return tuple(dict.fromkeys(_TAG.findall(prompt)))


def with_loras(prompt: str, loras: Iterable[Mapping[str, Any]]) -> str:
    """The prompt with these at its end, `{name, weight}` each; the weight is 1 where none is given.

    A1111 applies a LoRA twice that is named twice, so each stays once: as it is given here, else where the
    prompt names it first (the user's words come before the template's).
    """
    given = {lora["name"]: lora.get("weight", 1) for lora in loras}
    seen = set(given)

    def once(tag: re.Match[str]) -> str:
        if tag[1] in seen:
            return ""
        seen.add(tag[1])
        return tag[0]

    kept = _TAG.sub(once, prompt)
    if kept != prompt:
        kept = _tidied(kept)
    tags = " ".join(f"<lora:{name}:{weight:g}>" for name, weight in given.items())
    return f"{kept} {tags}".strip() if tags else kept


def unknown_lora(prompt: str, known: Sequence[str]) -> str | None:
    """The first LoRA of a prompt that is not listed; None also where nobody knows the list."""
    return next((name for name in lora_names(prompt) if known and name not in known), None)


def _tidied(prompt: str) -> str:
    """Without the commas and spaces that a tag leaves behind."""
    return re.sub(r"(?:\s*,){2,}", ",", _SPACES.sub(" ", prompt)).strip(" ,")
