"""One WebSocket client's connection, without a thread of its own: the only place that reads from it or writes to it.

What is sent goes to the kernel at once, from whoever sends it; what the kernel does not take waits here, in order,
and follows when it has room. Nothing here blocks. Bytes go through the socket object and never by its number, which
may be somebody else's once it is closed.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable, MutableMapping
from functools import partial
from typing import Protocol

from artbot_server.web.framing import Incoming, closing

READ_BYTES = 65_536
MOST_WAITING = 16_000_000
"""Bytes that may wait for a client: the largest event (8 MB of pictures), and as much again of acks meanwhile."""
STUCK_S = 60.0
"""A client that takes nothing for so long is cut; it resumes when it comes back."""
TRY_AGAIN = (BlockingIOError, InterruptedError)


class Loop(Protocol):
    """The event loop, as far as a connection needs it."""

    def watch(self, sock: socket.socket, call: Callable[[], None], *, write: bool) -> object:
        """Call whenever the socket can be read (or written), until `forget`; the call must not block."""
        ...

    def forget(self, watch: object) -> None:
        """End a watch; before its socket is closed."""
        ...

    def spawn(self, run: Callable[[], None]) -> object:
        """Run soon, where it may block."""
        ...


class Owner(Protocol):
    """Whom a connection belongs to. Called where it may block."""

    def heard(self, message: str | bytes) -> None:
        """A whole message came; the next one follows when this returns."""
        ...

    def lost(self) -> None:
        """The connection is over; said once."""
        ...


class Pipe:
    """A connection whose handshake has been read. Not for several real threads at a time.

    Attributes:
        owner: hears what comes; may change when a client's polling becomes a WebSocket.
        is_open: False as soon as nothing can be sent any more.
    """

    __slots__ = ("_closing", "_gone", "_incoming", "_loop", "_overdue", "_read_watch", "_reading", "_sock", "_waiting",
                 "_waiting_bytes", "_when_empty", "_write_watch", "is_open", "owner")  # fmt: skip

    def __init__(
        self,
        sock: socket.socket,
        loop: Loop,
        owner: Owner,
        most_bytes: int,
        overdue: MutableMapping[Pipe, float],
        gone: Callable[[], None],
    ) -> None:
        """
        Args:
            most_bytes: largest message from the client.
            overdue: where it says until when (monotonic) it waits for its client; whoever keeps it calls `cut`.
            gone: called once the socket is closed; must not block.
        """
        sock.setblocking(False)
        self._sock, self._loop, self._overdue, self._gone = sock, loop, overdue, gone
        self._incoming = Incoming(most_bytes)
        self._reading = self._closing = False
        self._read_watch: object | None = None
        self._write_watch: object | None = None
        self._waiting: deque[bytes | memoryview] | None = None
        self._waiting_bytes = 0
        self._when_empty: Callable[[], None] | None = None
        self.owner = owner
        self.is_open = True

    @property
    def has_room(self) -> bool:
        """Whether everything that was sent has been taken by the kernel."""
        return self._waiting is None

    def when_empty(self, call: Callable[[], None]) -> None:
        """Call once, where it may block, when everything that waits has gone."""
        if self._waiting is None:
            self._loop.spawn(call)
        else:
            self._when_empty = call

    # Out

    def send(self, data: bytes) -> None:
        """Send whole frames; returns at once and never raises. What is sent to a connection that is over is dropped."""
        if not self.is_open:
            return
        if self._waiting is not None:
            self._wait(data)
            return
        try:
            sent = self._sock.send(data)
        except TRY_AGAIN:
            sent = 0
        except OSError:
            self.cut()
            return
        if sent < len(data):
            self._waiting = deque()
            self._write_watch = self._loop.watch(self._sock, self._writable, write=True)
            self._overdue[self] = time.monotonic() + STUCK_S
            self._wait(memoryview(data)[sent:])

    def _wait(self, data: bytes | memoryview) -> None:
        assert self._waiting is not None
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes > MOST_WAITING:
            self.cut()

    def _writable(self) -> None:
        while self._waiting:
            data = self._waiting[0]
            try:
                sent = self._sock.send(data)
            except TRY_AGAIN:
                return
            except OSError:
                self.cut()
                return
            self._waiting_bytes -= sent
            self._overdue[self] = time.monotonic() + STUCK_S
            if sent < len(data):
                self._waiting[0] = memoryview(data)[sent:]
                return
            self._waiting.popleft()
        if self._waiting is not None:
            self._emptied()

    def _emptied(self) -> None:
        self._waiting = None
        self._overdue.pop(self, None)
        self._loop.forget(self._write_watch)
        self._write_watch = None
        if self._closing:
            self.cut()
        elif self._when_empty is not None:
            call, self._when_empty = self._when_empty, None
            self._loop.spawn(call)

    def close(self, last: bytes | None = None) -> None:
        """Close when all that waits has gone; `last` is the closing frame."""
        if self.is_open:
            self.send(last or closing())
            if self._waiting is None:
                self.cut()
            else:
                self.is_open, self._closing = False, True
                self._stop_listening()

    def cut(self) -> None:
        """Close now; what waits is dropped."""
        if not self.is_open and not self._closing:
            return
        self.is_open = self._closing = False
        self._stop_listening()
        if self._write_watch is not None:
            self._loop.forget(self._write_watch)
        self._write_watch = self._waiting = self._when_empty = None
        self._overdue.pop(self, None)
        self._sock.close()
        self._gone()
        self._loop.spawn(self.owner.lost)

    # In

    def listen(self) -> None:
        """Begin, or go on, to hear what the client sends."""
        if self.is_open and self._read_watch is None:
            self._read_watch = self._loop.watch(self._sock, self._readable, write=False)

    def _stop_listening(self) -> None:
        if self._read_watch is not None:
            self._loop.forget(self._read_watch)
            self._read_watch = None

    def _readable(self) -> None:
        if self._reading:  # its owner is still at the last one: the kernel keeps the rest, and the client waits
            self._stop_listening()
            return
        try:
            data = self._sock.recv(READ_BYTES)
        except TRY_AGAIN:
            return
        except OSError:
            data = b""
        if data:
            self._reading = True
            self._loop.spawn(partial(self._read, data))
        else:
            self.cut()

    def _read(self, data: bytes) -> None:
        try:
            messages = self._incoming.feed(data)
            for pong in self._incoming.pongs:
                self.send(pong)
            self._incoming.pongs.clear()
            for message in messages:
                if self.is_open:
                    self.owner.heard(message)
            if self._incoming.end is not None:
                self.close(self._incoming.end)
        finally:
            self._reading = False
            self.listen()
