"""The one clock of all direct sockets: pings who is due, closes who does not answer or does not read.

engineio has a green thread for each client's next ping and one that goes round all of them; as every client is pinged
after the same time, two lines in the order of arrival do the same. It only tells others what to do, and never waits.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, MutableMapping
from typing import Protocol

from artbot_server.web.pipe import Pipe

TICK_S = 0.5


class Client(Protocol):
    """A socket as far as its time matters."""

    closed: bool

    def ping(self) -> None:
        """Ask whether it is still there."""
        ...

    def check_ping_timeout(self) -> bool:
        """Close it if it was asked and has not answered."""
        ...


class Keeper:
    """All clients of one server, by their engineio ids.

    Attributes:
        overdue: until when (monotonic) each connection that is waited for may take.
    """

    def __init__(self, clients: MutableMapping[str, Client], ping_every_s: float, ping_wait_s: float) -> None:
        self._clients = clients
        self._every, self._wait = ping_every_s, ping_wait_s
        self._pings: deque[tuple[float, str]] = deque()
        self._pongs: deque[tuple[float, str]] = deque()
        self.overdue: dict[Pipe, float] = {}

    def ping_later(self, eio_sid: str) -> None:
        """A client has just been heard of: ping it after the usual interval."""
        self._pings.append((time.monotonic() + self._every, eio_sid))

    def tick(self, now: float) -> None:
        """Do what is due at this moment (monotonic)."""
        for eio_sid in _due(self._pings, now):
            client = self._present(eio_sid)
            if client is not None:
                client.ping()
                self._pongs.append((now + self._wait + TICK_S, eio_sid))
        for eio_sid in _due(self._pongs, now):
            client = self._present(eio_sid)
            if client is not None and not client.check_ping_timeout():
                self._clients.pop(eio_sid, None)
        for pipe in [pipe for pipe, until in self.overdue.items() if until <= now]:
            pipe.cut()

    def _present(self, eio_sid: str) -> Client | None:
        """The client, if it is still there; one that has been closed is let go of."""
        client = self._clients.get(eio_sid)
        if client is not None and client.closed:
            self._clients.pop(eio_sid, None)
            return None
        return client


def _due(line: deque[tuple[float, str]], now: float) -> Iterator[str]:
    while line and line[0][0] <= now:
        yield line.popleft()[1]
