"""What waits to be sent to one socket: text frames join, one preview a job, everything terminal is kept.

A slow client costs a bounded amount: only a few packets at a time go down to engineio, whose own
queue has no bound, and a socket with too much or too old a backlog is cut; it resumes when it comes back.
Knows nothing of Socket.IO: the wire is the three functions it is given.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from artbot_server.events import Event, Frame, JobChanged, PaintProgress

DOWNSTREAM_PACKETS = 4
"""Packets that may wait in engineio: enough to keep the socket busy between two looks."""
MOST_CHARS = 1_000_000
LONGEST_WAIT_S = 60.0
LOOK_AGAIN_S = 0.02
ENDED = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Wire:
    """The way down to one socket.

    Attributes:
        send: hand one event on; returns at once.
        depth: packets handed on that have not gone out.
        cut: close the connection.
        spawn: run a function in the background.
    """

    send: Callable[[Event], None]
    depth: Callable[[], int]
    cut: Callable[[], None]
    spawn: Callable[[Callable[[], None]], object]


class Outbox:
    """One socket's backlog. Safe to use from any thread; events of one reply or job keep their order.

    It begins held: nothing goes out until `release`, so that the snapshot is always first.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lock = threading.Lock()
        self._waiting: list[Event] = []
        self._since = 0.0
        self._held = True
        self._draining = False
        self._closed = False

    def release(self, first: Event) -> None:
        """Send `first` before everything that has gathered, and let things flow."""
        with self._lock:
            self._waiting.insert(0, first)
            self._held = False
        self._drain()

    def put(self, event: Event) -> None:
        """Send an event now, or as soon as the socket has room."""
        with self._lock:
            if self._closed:
                return
            if not self._held and not self._waiting and self._wire.depth() < DOWNSTREAM_PACKETS:
                self._wire.send(event)
                return
            if not self._waiting:
                self._since = time.monotonic()
            join(self._waiting, event)
            if self._held or self._draining:
                return
            self._draining = True
        self._wire.spawn(self._keep_draining)

    def close(self) -> None:
        """The socket is gone: drop everything."""
        with self._lock:
            self._closed = True
            self._waiting.clear()

    def _drain(self) -> bool:
        """Send what there is room for; whether anything is left."""
        with self._lock:
            while self._waiting and not self._closed and self._wire.depth() < DOWNSTREAM_PACKETS:
                self._wire.send(self._waiting.pop(0))
                self._since = time.monotonic()
            left = bool(self._waiting) and not self._closed
            too_much = left and (weight(self._waiting) > MOST_CHARS or time.monotonic() - self._since > LONGEST_WAIT_S)
            if left and not too_much and not self._draining:
                self._draining = True
                start = True
            else:
                start = False
        if too_much:
            self.close()
            self._wire.cut()
            return False
        if start:
            self._wire.spawn(self._keep_draining)
        return left

    def _keep_draining(self) -> None:
        while self._drain():
            time.sleep(LOOK_AGAIN_S)
        with self._lock:
            self._draining = False
            again = bool(self._waiting) and not self._closed
        if again:
            self._drain()


def join(waiting: list[Event], event: Event) -> None:
    """Add an event to a backlog, joined with what it continues or replaces. Pure but for the list."""
    if isinstance(event, Frame):
        for place, other in enumerate(waiting):
            if isinstance(other, Frame) and other.reply_id == event.reply_id:
                first = other.first if other.first is not None else other.seq
                waiting[place] = replace(event, message=other.message + event.message, first=first)
                return
    elif isinstance(event, PaintProgress):
        for place, other in enumerate(waiting):
            if isinstance(other, PaintProgress) and other.job_id == event.job_id:
                waiting[place] = event if event.preview else replace(event, preview=other.preview)
                return
    elif isinstance(event, JobChanged) and event.job.get("state") in ENDED:
        job_id = event.job["job_id"]
        waiting[:] = [e for e in waiting if not (isinstance(e, PaintProgress) and e.job_id == job_id)]
    waiting.append(event)


def weight(waiting: list[Event]) -> int:
    """Roughly how many bytes a backlog holds; pictures are read only when they are sent, so they count nothing."""
    total = 0
    for event in waiting:
        if isinstance(event, Frame):
            total += len(event.message)
        elif isinstance(event, PaintProgress):
            total += len(event.preview or b"")
        total += 500
    return total
