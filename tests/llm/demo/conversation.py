"""Talks to the demo writer as a chat does: every turn with all the turns and replies before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from artbot_server.llm.demo.writer import write


def replies(*turns: str, system: str = "") -> list[str]:
    """The reply to each of the user's turns."""
    messages = [{"role": "system", "content": system}] if system else []
    found = []
    for turn in turns:
        messages.append({"role": "user", "content": turn})
        found.append(write(messages))
        messages.append({"role": "assistant", "content": found[-1]})
    return found


def last_reply(*turns: str, system: str = "") -> str:
    return replies(*turns, system=system)[-1]


def prompt_in(reply: str) -> str:
    """The prompt of a reply by the rules a client may use: a `Prompt:` line, or the whole reply; "" for talk."""
    line = re.search(r"^Prompt: (.+)$", reply, re.MULTILINE)
    if line:
        return line[1]
    whole = "\n" not in reply and not reply.endswith((".", "!", "?", "。", "！", "？")) and reply.isascii()
    return reply if whole and ", " in reply else ""


def last_prompt(*turns: str, system: str = "") -> str:
    return prompt_in(last_reply(*turns, system=system))


def holds(prompt: str, words: str) -> bool:
    """Whether the words are in the prompt as whole words."""
    return re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", prompt) is not None


def parted(listed: Sequence[str] | str) -> list[str]:
    """Splits "a|b" as the tables of wishes write it."""
    return [word for word in (listed.split("|") if isinstance(listed, str) else listed) if word]
