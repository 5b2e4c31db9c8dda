"""The web processes behind the front: each is started, watched, started again when it dies, and given connections.

A child's end of its socket is `web/passed.py`. Standard library only; all from one thread.
"""

from __future__ import annotations

import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

import structlog

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0
"""Rest before a dead process is started again; doubled each time it dies within STEADY_S."""
STEADY_S = 60.0
LOAD = struct.Struct(">I")
"""What a child says twice a second: how many clients it has."""
CONNECTION = b"c"

log = structlog.get_logger()


class Child:
    """One web process and its place.

    Args:
        number: what its sids end in; the same for the one that takes its place.
        argv: the command, given the file number of its end of the socket.
        environ: its whole environment.
    """

    def __init__(self, number: int, argv: Callable[[int], Sequence[str]], environ: Mapping[str, str]) -> None:
        self.number = number
        self._argv = argv
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._unread = b""
        self._load: int | None = None
        self._given = 0
        self._began_at = 0.0
        self._pause_s = FIRST_PAUSE_S
        self._start_at = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether it takes connections."""
        return self._load is not None

    @property
    def clients(self) -> int:
        """How many it has: as it said last, and what it was given since."""
        return (self._load or 0) + self._given

    @property
    def runs(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    def fileno(self) -> int:
        """Of our end of its socket, for a selector; -1 while there is none."""
        return self._socket.fileno() if self._socket is not None else -1

    def start_when_due(self) -> bool:
        """Start it if it does not run and its rest is over; whether it was started."""
        if self._process is not None or time.monotonic() < self._start_at:
            return False
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        ours.setblocking(False)
        command = self._argv(its.fileno())
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, pass_fds=[its.fileno()], start_new_session=True, env=self._environ
        )
        its.close()
        self._socket, self._unread, self._load, self._given = ours, b"", None, 0
        self._began_at = time.monotonic()
        return True

    def give(self, connection: socket.socket) -> bool:
        """Hand it a connection; False when it does not take it."""
        if self._socket is None:
            return False
        try:
            socket.send_fds(self._socket, [CONNECTION], [connection.fileno()])
        except OSError:
            return False
        self._given += 1
        return True

    def hear(self) -> None:
        """Read how many clients it has."""
        try:
            data = self._socket.recv(4_096) if self._socket is not None else b""
        except OSError:
            return
        self._unread += data
        whole = len(self._unread) // LOAD.size * LOAD.size
        if whole:
            self._load = LOAD.unpack_from(self._unread, whole - LOAD.size)[0]
            self._given = 0
            self._unread = self._unread[whole:]

    def ended(self, before: Callable[[], None]) -> int | None:
        """The exit code, once, when it has ended; `before` is called first, while its socket is open."""
        if self._process is None or (code := self._process.poll()) is None:
            return None
        before()
        self._process, self._load = None, None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if time.monotonic() - self._began_at > STEADY_S:
            self._pause_s = FIRST_PAUSE_S
        self._start_at = time.monotonic() + self._pause_s
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
        return code

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Send it a signal."""
        if self._process is not None:
            self._process.send_signal(number)
