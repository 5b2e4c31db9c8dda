"""What an engine is: something that turns messages into a stream of text. No I/O in here.

Implementations: `openai_api` (any OpenAI-compatible server) and `demo` (rules, no key). The same contract suite
runs over all of them (tests/contracts/engine_contract.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to a model.

    Attributes:
        messages: OpenAI's list, `{"role": "system" | "user" | "assistant", "content": str}`, oldest first.
        model: the model asked for; None: the engine's default.
        temperature: None leaves it to the model.
        key: the caller's own key for this one request; never stored, logged or echoed.
        stream: False asks for the reply in one piece (it still comes through the same iterator).
        options: further parameters in OpenAI's names (`top_p`, `max_tokens`, `stop` …), passed on as they are; an engine
            that has no model has no use for them.
    """

    messages: Sequence[Mapping[str, Any]]
    model: str | None = None
    temperature: float | None = None
    key: str | None = None
    stream: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"ChatRequest({len(self.messages)} messages, model={self.model!r})"


@dataclass(frozen=True, slots=True)
class ReplyEnd:
    """The last thing a reply stream yields.

    Attributes:
        finish_reason: OpenAI's word (`stop`, `length`, `content_filter` …), None where the server gave none.
        usage: token counts as the server gave them, None where it gave none.
        model: the model that answered, as it calls itself.
    """

    finish_reason: str | None = None
    usage: Mapping[str, int] | None = None
    model: str | None = None


class ReplyStream(Protocol):
    """A reply on its way: yields non-empty pieces of text, then exactly one `ReplyEnd`."""

    def __iter__(self) -> Iterator[str | ReplyEnd]:
        """Raises `errors.EngineFailed` at the point where the stream broke; what was yielded before is valid."""
        ...

    def close(self) -> None:
        """End it now, from any thread, also while the model is silent. Safe to call twice and after the end.

        An iterating reader simply stops (no `ReplyEnd`, no error).
        """
        ...


@runtime_checkable
class CarriedStream(ReplyStream, Protocol):
    """A reply that can be handed on without waking its reader for every piece."""

    def carry(self, take: Callable[[str], None]) -> ReplyEnd | None:
        """In the place of iterating: call `take` with each piece, wait for the end, and return it; None when closed.

        `take` may be called from another thread, one call at a time, and must not wait for anything.

        Raises:
            EngineFailed: the stream broke; what was given before is valid.
        """
        ...


class Engine(Protocol):
    """Writes replies."""

    name: str
    demo: bool
    models: tuple[str, ...]
    """What may be asked for, the default first; empty: anything the server knows."""

    def open(self, request: ChatRequest) -> ReplyStream:
        """Start a reply. Must not block for long: connecting happens on the first iteration."""
        ...
