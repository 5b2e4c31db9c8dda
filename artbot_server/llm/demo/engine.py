"""The demo writer as an engine: streams its reply in small pieces, at about the pace at which a model would write.

No rules about words in here, no network, no key. Pauses are waits on an event, so that `close` ends them at once.
"""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from artbot_server.chat.seam import cut_off
from artbot_server.llm.base import ChatRequest, ReplyEnd
from artbot_server.llm.demo.writer import write

MODEL = "demo-writer"
_PIECE = re.compile(
    r"\s*[A-Za-z]{1,4}(?![A-Za-z])|\s*[A-Za-z]{3}|\s*[\u3400-\u9fff]{1,2}|\s*[^A-Za-z\s\u3400-\u9fff]+|\s+"
)
"""What a tokeniser would make of it: short words whole, long ones in threes, Chinese by one or two characters."""
_FIRST_PAUSE = 6.0
_COMMA_PAUSE = 2.5
"""Pauses in units of the pace."""


class DemoEngine:
    """Writes prompts by rules. Implements `llm.base.Engine`.

    Args:
        pace_s: seconds between two pieces on average; 0 writes as fast as it is read.
    """

    name = "demo"
    demo = True
    models: tuple[str, ...] = ()
    """Any model may be named: a client made for a real one works unchanged."""

    def __init__(self, *, pace_s: float = 0.03) -> None:
        self._pace_s = pace_s

    def open(self, request: ChatRequest) -> DemoReply:
        """Start a reply; nothing is read or written before the first iteration."""
        return DemoReply(request, pace_s=self._pace_s)


class DemoReply:
    """One reply on its way. Implements `llm.base.ReplyStream`."""

    def __init__(self, request: ChatRequest, *, pace_s: float) -> None:
        self._request = request
        self._pace_s = pace_s
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[str | ReplyEnd]:
        text = written(self._request.messages)
        listed = pieces(text) if self._request.stream or not text else [text]
        for pause, piece in zip(pauses(listed), listed, strict=True):
            if self._closed.wait(pause * self._pace_s if self._request.stream else 0):
                return
            yield piece
        if not self._closed.is_set():
            yield ReplyEnd(finish_reason="stop", usage=self._usage(len(pieces(text))), model=MODEL)

    def close(self) -> None:
        """End it now, also in the middle of a pause."""
        self._closed.set()

    def _usage(self, written: int) -> dict[str, int]:
        asked = sum(len(pieces(str(message.get("content") or ""))) for message in self._request.messages)
        return {"prompt_tokens": asked, "completion_tokens": written, "total_tokens": asked + written}


def written(messages: Sequence[Mapping[str, Any]]) -> str:
    """The reply, or what is missing of one that was cut off; of one that somebody else began, all of ours below it."""
    found = cut_off(messages)
    if found is None:
        return write(messages)
    asked, before = found
    whole = write(asked)
    at = whole.find(before)
    return whole[at + len(before) :] if at >= 0 else f"\n{whole}"


def pieces(text: str) -> list[str]:
    """The text cut as a tokeniser would; joined again they are the text."""
    return _PIECE.findall(text)


def pauses(listed: list[str]) -> list[float]:
    """Before each piece, in units of the pace: long before the first, longer after a comma, a little uneven."""
    found = []
    for index, piece in enumerate(listed):
        uneven = 0.7 + zlib.crc32(f"{index}{piece}".encode()) % 61 / 100
        before = listed[index - 1] if index else ""
        found.append(_FIRST_PAUSE if not index else uneven * (_COMMA_PAUSE if before.endswith((",", "，")) else 1.0))
    return found
