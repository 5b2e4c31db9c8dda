"""What waits to be sent to one socket: text frames join, one preview a job, one state a batch, everything terminal is kept.

A slow client costs a bounded amount: only a few packets at a time go down to engineio, whose own
queue has no bound, and a socket with too much or too old a backlog is cut; it resumes when it comes back.
Knows nothing of Socket.IO: the wire is the three functions it is given.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from artbot_server.events import BatchChanged, Event, Frame, JobChanged, PaintProgress

log = structlog.get_logger()

DOWNSTREAM_PACKETS = 4
"""Packets that may wait in engineio: enough to keep the socket busy between two looks."""
MOST_CHARS = 1_000_000
ITEM_CHARS = 200
"""Roughly what one item of a batch takes."""
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

    It begins held: nothing goes out until `release`, so that the snapshot is always first. What is sent is chosen
    under the lock and sent outside it: a send may find the socket dead, and then `close` is called from within it.
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
            if not self._waiting:
                self._since = time.monotonic()
            join(self._waiting, event)
            if self._draining:
                return
            self._draining = True
        self._drain()

    def forget(self, reply_id: str) -> None:
        """Drop a reply's waiting frames: a `resume` answer takes their place."""
        with self._lock:
            self._waiting[:] = [e for e in self._waiting if not (isinstance(e, Frame) and e.reply_id == reply_id)]

    def close(self) -> None:
        """The socket is gone: drop everything."""
        with self._lock:
            self._closed = True
            self._waiting.clear()

    def _drain(self) -> None:
        """Send while there is room; only one thread at a time comes here (`_draining`)."""
        try:
            if self._send_what_fits():
                return
        except Exception:
            log.exception("a socket could not be written to")
        self.close()
        self._wire.cut()

    def _send_what_fits(self) -> bool:
        """False when the socket has to be cut."""
        while True:
            with self._lock:
                if not self._waiting:
                    self._draining = False
                    return True
                if self._wire.depth() >= DOWNSTREAM_PACKETS:
                    break
                event = self._waiting.pop(0)
                self._since = time.monotonic()
            self._wire.send(event)
        if weight(self._waiting) > MOST_CHARS or time.monotonic() - self._since > LONGEST_WAIT_S:
            return False
        self._wire.spawn(self._look_again)
        return True

    def _look_again(self) -> None:
        time.sleep(LOOK_AGAIN_S)
        self._drain()


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
        elif isinstance(event, BatchChanged):
            total += ITEM_CHARS * len(event.batch["items"])
        total += 500
    return total
