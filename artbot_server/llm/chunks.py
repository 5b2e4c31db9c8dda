"""What an OpenAI-compatible server says about a reply: JSON of its chunks in, text and the end out. Pure, no I/O.

Only five places of a chunk are looked at (`choices[0]`, `usage`, `model`, `error`, and `[DONE]`): typed chunk objects
cost more than all the rest of relaying a token.
"""

from __future__ import annotations

from typing import Any

import orjson

from artbot_server.errors import EngineFailed
from artbot_server.llm import faults
from artbot_server.llm.base import ReplyEnd
from artbot_server.llm.sse import EventCutter


class ReplyReader:
    """Follows one reply from its first byte to its end.

    Attributes:
        done: `[DONE]` came; nothing after it counts.
        failure: why the stream cannot go on; what was returned before it is valid.
    """

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        self.done = False
        self.failure: EngineFailed | None = None
        self._secrets = secrets
        self._cutter = EventCutter()
        self._events = 0
        self._texts = 0
        self._refused = False
        self._finish_reason: str | None = None
        self._usage: dict[str, int] | None = None
        self._model: str | None = None

    def feed(self, received: bytes) -> str:
        """All text that one read brought, joined; "" when it brought none."""
        try:
            events = self._cutter.feed(received)
        except ValueError:
            self.failure = faults.garbage()
            return ""
        return self._text(events)

    def finish(self) -> str:
        """The text of a last event whose empty line is missing; call once, when the body has ended."""
        return self._text(self._cutter.finish())

    def whole(self, body: bytes) -> str:
        """The text of a reply that came in one piece (no event stream)."""
        return self._text([body])

    def end(self, *, framed: bool) -> ReplyEnd:
        """How the reply ended, once its body is over.

        Text without a `finish_reason` and without `[DONE]` counts as complete when the body's own end was marked
        (`framed`: chunked or with a length); where only the connection's end marks it, it may as well be a cut.

        Raises:
            EngineFailed: `engine_cut`, `engine_empty`, `engine_garbage` or `refused`.
        """
        if self._texts == 0:
            if self._refused or self._finish_reason == "content_filter":
                raise faults.refused()
            raise faults.garbage() if self._cutter.foreign and not self._events else faults.empty(self._finish_reason)
        if not (framed or self.done or self._finish_reason):
            raise faults.cut()
        return ReplyEnd(self._finish_reason, self._usage, self._model)

    def _text(self, events: list[bytes]) -> str:
        pieces: list[str] = []
        for event in events:
            if self.done or self.failure:
                break
            if event.strip() == b"[DONE]":
                self.done = True
            elif event:  # an empty one keeps a connection alive
                self._take(event, pieces)
        self._events += len(events)
        self._texts += len(pieces)
        return "".join(pieces)

    def _take(self, event: bytes, pieces: list[str]) -> None:
        try:
            chunk = orjson.loads(event)
        except orjson.JSONDecodeError:
            self.failure = faults.garbage()
            return
        if not isinstance(chunk, dict):
            self.failure = faults.garbage()
            return
        if chunk.get("error"):
            self.failure = faults.from_error(faults.Complaint.of(chunk["error"]), secrets=self._secrets)
            return
        if self._model is None and isinstance(chunk.get("model"), str):
            self._model = chunk["model"]
        if isinstance(chunk.get("usage"), dict):
            self._usage = {name: count for name, count in chunk["usage"].items() if isinstance(count, int)}
        choices = chunk.get("choices")
        if isinstance(choices, list) and choices and isinstance(choices[0], dict):
            self._take_choice(choices[0], pieces)

    def _take_choice(self, choice: dict[str, Any], pieces: list[str]) -> None:
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, dict):
            content = delta.get("content")
            if isinstance(content, str) and content:
                pieces.append(content)
            elif delta.get("refusal"):
                self._refused = True
        if isinstance(choice.get("finish_reason"), str):
            self._finish_reason = choice["finish_reason"]
