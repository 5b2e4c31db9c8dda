"""One reply on its way: the engine's stream becomes numbered frames, and can be read or stopped at any moment.

Knows neither sockets nor the database: frames go out through the function it is given.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from artbot_server.errors import ArtbotError, Unavailable
from artbot_server.events import Event, Frame
from artbot_server.llm.base import CarriedStream, ReplyEnd, ReplyStream

INTERRUPTED = Unavailable("The server stopped while this was being written; what had come is kept.", code="interrupted")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyIds:
    """Whose reply it is."""

    session_id: str
    conversation_id: str
    message_id: str
    reply_id: str
    client_sid: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a reply ended: all its text, and `error` where it broke."""

    text: str
    seq: int
    state: Literal["complete", "stopped", "failed", "interrupted"]
    end: ReplyEnd = field(default_factory=ReplyEnd)
    error: ArtbotError | None = None


class LiveReply:
    """The text so far and its frame number. Safe to use from any thread.

    Args:
        text, seq: what there is already of a reply that goes on.
        shared: all sockets of its session see it.

    Attributes:
        kept_seq: the frame up to which the text has been stored; whoever stores it says so.
    """

    def __init__(self, ids: ReplyIds, text: str = "", seq: int = 0, *, shared: bool = False) -> None:
        self.ids = ids
        self.shared = shared
        self.kept_seq = seq
        self._lock = threading.Lock()
        self._news = threading.Condition(self._lock)
        self._pieces: list[str] = [text] if text else []
        self._seq = seq
        self._stream: ReplyStream | None = None
        self._ended_as: Literal["stopped", "interrupted"] | None = None
        self._over = False
        self._last: Event | None = None

    @property
    def ended_as(self) -> Literal["stopped", "interrupted"] | None:
        """Who asked for its end: its user (`stopped`) or a server that has to go (`interrupted`)."""
        return self._ended_as

    @property
    def seq(self) -> int:
        """The number of its last frame."""
        return self._seq

    def stop(self, *, interrupted: bool = False) -> None:
        """End it: at once, also when the model is silent or has not been asked yet."""
        with self._lock:
            self._ended_as = self._ended_as or ("interrupted" if interrupted else "stopped")
            stream = self._stream
        if stream is not None:
            stream.close()

    def snapshot(self) -> tuple[str, int]:
        """The text so far and the number of its last frame; the two always belong together."""
        with self._lock:
            return self._so_far()

    def _so_far(self) -> tuple[str, int]:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return "".join(self._pieces), self._seq

    def add(self, piece: str) -> Frame:
        """Append a piece and cut its frame."""
        with self._lock:
            self._pieces.append(piece)
            self._seq += 1
            seq = self._seq
            self._news.notify_all()
        return self._frame(piece, seq)

    def _frame(self, text: str, seq: int, first: int | None = None) -> Frame:
        ids = self.ids
        return Frame(text, ids.client_sid, ids.message_id, ids.reply_id, ids.conversation_id, seq, first)

    def over(self, last: Event | None) -> None:
        """Nothing more comes. `last` is what followers are told; None where the end could not be stored."""
        with self._lock:
            self._over, self._last = True, last
            self._news.notify_all()

    def follow(self, look_s: float) -> Iterator[Event | None]:
        """Everything from its beginning: frames (joined for a reader who is slow), then the last event.

        Args:
            look_s: after so many seconds without news it yields None, so that the reader can look whether he is still
                wanted.
        """
        told, seq = 0, 0
        while True:
            with self._lock:
                self._news.wait_for(lambda: self._seq > seq or self._over, look_s)  # noqa: B023 - called at once
                (text, now), over, last = self._so_far(), self._over, self._last
            if now > seq:
                yield self._frame(text[told:], now, seq + 1)
                told, seq = len(text), now
            elif over:
                if last is not None:
                    yield last
                return
            else:
                yield None

    def attach(self, stream: ReplyStream) -> bool:
        """Say what to close on a stop; False when it was stopped before."""
        with self._lock:
            self._stream = stream
            return self._ended_as is None


def relay(reply: LiveReply, stream: ReplyStream, send: Callable[[Frame], None]) -> Outcome:
    """Carry a stream to its end: a frame for each piece as it comes.

    Never raises for what the engine does: a broken stream is an Outcome with its error and the text that came.
    """
    end: ReplyEnd | None = None
    error: ArtbotError | None = None
    if reply.attach(stream):
        try:
            end = _carry(stream, lambda piece: send(reply.add(piece)))
        except ArtbotError as caught:
            error = caught
        finally:
            stream.close()
    end = end or ReplyEnd()
    text, seq = reply.snapshot()
    if reply.ended_as == "interrupted":
        return Outcome(text, seq, "interrupted", end, INTERRUPTED)
    if reply.ended_as == "stopped":
        return Outcome(text, seq, "stopped", end)
    return Outcome(text, seq, "failed" if error else "complete", end, error)


def _carry(stream: ReplyStream, take: Callable[[str], None]) -> ReplyEnd | None:
    if isinstance(stream, CarriedStream):
        return stream.carry(take)
    for piece in stream:
        if isinstance(piece, ReplyEnd):
            return piece
        take(piece)
    return None
