"""Which part of a conversation the model gets to read. Pure, and its cost depends on the window, not on the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]
State = Literal["complete", "streaming", "stopped", "failed", "interrupted"]

MAX_TOKENS = 3000  # leaves a 4096-token model room for its reply
MAX_MESSAGES = 40
MESSAGE_TOKENS = 4  # what the chat format adds around each message


@dataclass(frozen=True, slots=True)
class Turn:
    """One message as the model sees it. What a stopped, interrupted or failed reply had said counts as said."""

    role: Role
    content: str
    state: State = "complete"


@dataclass(frozen=True, slots=True)
class Painted:
    """A prompt as it was found in a reply, or as it was painted: a user may change it in between."""

    prompt: str
    negative_prompt: str = ""


def as_painted(content: str, found: Painted | None, painted: Painted | None, *, several: bool = False) -> str:
    """A reply's text with the prompt that was really painted in the place of the one the model wrote.

    The next message builds on what the user saw, not on what he had changed or did not choose.

    Args:
        several: the reply held several prompts to choose from; only the chosen one counts then.
    """
    if painted is None or not content.strip() or (painted == found and not several):
        return content
    if found is not None and found.prompt in content and not several:
        if painted.negative_prompt == found.negative_prompt:
            return content.replace(found.prompt, painted.prompt)
        if found.negative_prompt and found.negative_prompt in content and painted.negative_prompt:
            mended = content.replace(found.prompt, painted.prompt)
            return mended.replace(found.negative_prompt, painted.negative_prompt)
    if painted.negative_prompt:
        return f"Prompt: {painted.prompt}\nNegative prompt: {painted.negative_prompt}"
    return painted.prompt


def window(
    system_prompt: str,
    messages: Sequence[Turn],
    *,
    max_tokens: int = MAX_TOKENS,
    max_messages: int = MAX_MESSAGES,
) -> list[dict[str, str]]:
    """The system prompt and the newest messages that fit, oldest first, in OpenAI's shape.

    The newest user's message is always in and always whole: without it there is nothing to answer. A reply without
    text is left out, whatever became of it. It is enough to pass the conversation's tail.
    """
    budget = max_tokens - (estimate(system_prompt) + MESSAGE_TOKENS if system_prompt else 0)
    chosen: list[Turn] = []
    asked = False
    for turn in reversed(messages):
        if not turn.content.strip():
            continue
        budget -= estimate(turn.content) + MESSAGE_TOKENS
        fits = budget >= 0 and len(chosen) < max_messages
        if asked and not fits:
            break
        newest_question = turn.role == "user" and not asked
        if fits or newest_question:
            chosen.append(turn)
        asked = asked or newest_question
    head = [{"role": "system", "content": system_prompt}] if system_prompt else []
    return head + [{"role": turn.role, "content": turn.content} for turn in reversed(chosen)]


def estimate(text: str) -> int:
    """About how many tokens: one for each character outside ASCII (Chinese), one for four of the others, rounded up."""
    plain = len(text.encode("ascii", "ignore"))
    return len(text) - plain + (plain + 3) // 4
