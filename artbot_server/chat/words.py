"""What a user said, in the two forms of `gpt_chat`. Their reprs hold no text and no key, so that logs do not. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a user said in the session form; see `gpt_chat` in docs/protocol.md.

    Attributes:
        candidates: how many prompts to choose from the reply shall hold; None: one.
        overrides: what the picture that is painted at once changes about its template.
        system: takes the place of the folder's system prompt.
        earlier: messages that take the place of the conversation's own; empty: its own.
        options: see `llm.base.ChatRequest`.
    """

    text: str
    message_id: str
    conversation_id: str | None = None
    folder: str | None = None
    template: str | None = None
    paint: bool = False
    image_id: str | None = None
    model: str | None = None
    key: str | None = None
    client_sid: str | None = None
    stream: bool = True
    candidates: int | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    system: str | None = None
    earlier: Sequence[Mapping[str, str]] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Words({self.message_id})"

    def kept(self) -> dict[str, Any] | None:
        """What is stored beside the text, so that the reply can be continued; None where nothing was said.

        Never the key. `earlier` is not kept either: what goes on builds on the conversation as it is stored.
        """
        return {name: getattr(self, name) for name in _KEPT if getattr(self, name) not in (None, False, {})} or None


_KEPT = ("paint", "candidates", "overrides", "system", "options", "model")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleWords:
    """The article's form: the client keeps the history and may bring its own key."""

    messages: Sequence[Mapping[str, Any]]
    model: str | None = None
    key: str | None = None
    client_sid: str | None = None
    stream: bool = True

    def __repr__(self) -> str:
        return f"ArticleWords({len(self.messages)} messages)"
