"""An engine with hooks before and after each of its replies; without such hooks the engine itself is used."""

from __future__ import annotations

from collections.abc import Iterator

from artbot_server.hooks.calls import asked, replied
from artbot_server.hooks.record import Hooks
from artbot_server.llm.base import ChatRequest, Engine, ReplyEnd, ReplyStream


def hooked(engine: Engine, hooks: Hooks) -> Engine:
    """The engine, with its hooks around it where there are any."""
    return HookedEngine(engine, hooks) if hooks.before_reply or hooks.after_reply else engine


class HookedEngine:
    """Another engine, and hooks around what it is asked and what it says."""

    def __init__(self, engine: Engine, hooks: Hooks) -> None:
        self._engine = engine
        self._hooks = hooks
        self.name = engine.name
        self.demo = engine.demo
        self.models = engine.models

    def open(self, request: ChatRequest) -> ReplyStream:
        """Start a reply. Raises what a hook raises to refuse it."""
        given = asked(self._hooks, request)
        return _HookedStream(self._engine.open(given), given, self._hooks)


class _HookedStream:
    def __init__(self, stream: ReplyStream, request: ChatRequest, hooks: Hooks) -> None:
        self._stream = stream
        self._request = request
        self._hooks = hooks

    def __iter__(self) -> Iterator[str | ReplyEnd]:
        text: list[str] = []
        for piece in self._stream:
            if isinstance(piece, ReplyEnd):
                replied(self._hooks, self._request, "".join(text), piece)
            else:
                text.append(piece)
            yield piece

    def close(self) -> None:
        self._stream.close()
