"""What waits to be sent to one socket: text frames join, one preview a job, one state a batch, everything terminal is kept.

A slow client costs a bounded amount: an event goes down only when what went before has gone out, and a socket with too
much or too old a backlog is cut; it resumes when it comes back. Knows nothing of Socket.IO: the wire is handed to it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import structlog

from artbot_server.events import BatchChanged, Event, Frame, JobChanged, PaintProgress, ReplyContinued

log = structlog.get_logger()

MOST_CHARS = 1_000_000
ITEM_CHARS = 200
"""Roughly what one item of a batch takes."""
LONGEST_WAIT_S = 60.0
ENDED = ("done", "failed", "cancelled")


class Wire(Protocol):
    """The way down to one socket. None of it blocks."""

    def send(self, event: Event) -> None:
        """Hand one event on."""
        ...

    def has_room(self) -> bool:
        """Whether what was handed on has gone out, so that the next event need not wait here."""
        ...

    def when_room(self, call: Callable[[], None]) -> None:
        """Call in the background when there may be room."""
        ...

    def cut(self) -> None:
        """Close the connection."""
        ...


class Outbox:
    """One socket's backlog. Safe to use from any thread; events of one reply or job keep their order.

    It begins held: nothing goes out until `release`, so that the snapshot is always first. What is sent is chosen
    under the lock and sent outside it: a send may find the socket dead, and then `close` is called from within it.
    """

    __slots__ = ("_closed", "_draining", "_held", "_since", "_waiting", "_wire")

    _lock = threading.Lock()
    """One for all outboxes: it is held for microseconds, and a lock for each socket would be a tenth of its memory."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._waiting: list[Event] = []
        self._since = 0.0
        self._held = True
        self._draining = False
        self._closed = False

    def release(self, first: Event) -> None:
        """Send `first` before everything that has gathered, and let things flow."""
        with self._lock:
            self._waiting.insert(0, first)
            self._since = time.monotonic()
            self._held = False
            self._draining = True
        self._drain()

    def put(self, event: Event) -> None:
        """Send an event now, or as soon as the socket has room. Never raises."""
        with self._lock:
            if self._closed:
                return
            if self._held:  # not joined: the snapshot may already hold some of it
                self._waiting.append(event)
                return
            at_once = not self._draining and self._wire.has_room()
            if not at_once:
                if not self._waiting:
                    self._since = time.monotonic()
                join(self._waiting, event)
            somebody_drains, self._draining = self._draining, True
            too_much = somebody_drains and self._is_too_much()
        if too_much:
            self._give_up()
        elif not somebody_drains:
            self._drain(event if at_once else None)

    def forget(self, reply_id: str) -> None:
        """Drop a reply's waiting frames: a `resume` answer takes their place."""
        with self._lock:
            _drop_frames(self._waiting, reply_id)

    def close(self) -> None:
        """The socket is gone: drop everything."""
        with self._lock:
            self._closed = True
            self._waiting.clear()

    def _drain(self, event: Event | None = None) -> None:
        """Send while there is room, `event` first; only one thread at a time comes here (`_draining`)."""
        try:
            if self._send_what_fits(event):
                return
        except Exception:
            log.exception("a socket could not be written to")
        self._give_up()

    def _give_up(self) -> None:
        self.close()
        self._wire.cut()

    def _send_what_fits(self, event: Event | None) -> bool:
        """False when the socket has to be cut."""
        while True:
            if event is not None:
                self._wire.send(event)
            with self._lock:
                if not self._waiting:
                    self._draining = False
                    return True
                if not self._wire.has_room():
                    break
                event = self._waiting.pop(0)
                self._since = time.monotonic()
        if self._is_too_much():
            return False
        self._wire.when_room(self._drain)
        return True

    def _is_too_much(self) -> bool:
        return weight(self._waiting) > MOST_CHARS or time.monotonic() - self._since > LONGEST_WAIT_S


def join(waiting: list[Event], event: Event) -> None:
    """Add an event to a backlog, joined with what it continues or replaces. Pure but for the list."""
    if isinstance(event, Frame):
        # The last one: those that came before the snapshot went out lie there one by one.
        for place, other in reversed(list(enumerate(waiting))):
            if isinstance(other, Frame) and other.reply_id == event.reply_id:
                first = other.first if other.first is not None else other.seq
                waiting[place] = replace(event, message=other.message + event.message, first=first)
                return
    elif isinstance(event, PaintProgress):
        for place, other in enumerate(waiting):
            if isinstance(other, PaintProgress) and other.job_id == event.job_id:
                waiting[place] = event if event.preview else replace(event, preview=other.preview)
                return
    elif isinstance(event, BatchChanged):
        batch_id = event.batch["batch_id"]
        waiting[:] = [e for e in waiting if not (isinstance(e, BatchChanged) and e.batch["batch_id"] == batch_id)]
    elif isinstance(event, ReplyContinued):
        _drop_frames(waiting, event.reply_id)  # it holds their text; what follows must not be joined to them
    elif isinstance(event, JobChanged) and event.job.get("state") in ENDED:
        job_id = event.job["job_id"]
        waiting[:] = [e for e in waiting if not (isinstance(e, PaintProgress) and e.job_id == job_id)]
    waiting.append(event)


def _drop_frames(waiting: list[Event], reply_id: str) -> None:
    waiting[:] = [e for e in waiting if not (isinstance(e, Frame) and e.reply_id == reply_id)]


def weight(waiting: list[Event]) -> int:
    """Roughly how many bytes a backlog holds; pictures are read only when they are sent, so they count nothing."""
    total = 0
    for event in waiting:
        if isinstance(event, Frame):
            total += len(event.message)
        elif isinstance(event, ReplyContinued):
            total += len(event.text)
        elif isinstance(event, PaintProgress):
            total += len(event.preview or b"")
        elif isinstance(event, BatchChanged):
            total += ITEM_CHARS * len(event.batch["items"])
        total += 500
    return total
