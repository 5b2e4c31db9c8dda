"""A web process's end of the front: connections come ready made over a socket, and it says how many clients it has.

It stands where the listening socket stands otherwise; eventlet's server asks it for no more than this. The front's half
is `front/children.py`.
"""

from __future__ import annotations

import errno
import select
import socket
import struct
import threading
import time
from collections.abc import Callable

REPORT_EVERY_S = 0.5
_LOAD = struct.Struct(">I")


class PassedSockets:
    """The connections that the front passes.

    Args:
        fileno: of our end of the socket.
        address: where the front listens.

    Attributes:
        ended: set when the front is gone.
    """

    def __init__(self, fileno: int, address: tuple[str, int]) -> None:
        self._socket = socket.socket(fileno=fileno)
        self._socket.setblocking(False)
        self._address = address
        self.family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.ended = threading.Event()

    def accept(self) -> tuple[socket.socket, object]:
        """The next connection and its client's address. Raises OSError (EBADF) when there will be none."""
        while True:
            select.select([self._socket.fileno()], [], [])
            try:
                data, files, _, _ = socket.recv_fds(self._socket, 1, 1)
            except BlockingIOError:
                continue
            except OSError:
                data, files = b"", []
            if not data:
                self.ended.set()
                raise OSError(errno.EBADF, "The front is gone.")
            for file in files:
                connection = socket.socket(fileno=file)
                try:
                    return connection, connection.getpeername()
                except OSError:  # it has hung up meanwhile
                    connection.close()

    def report(self, clients: Callable[[], int]) -> None:
        """Say how many clients there are, now and then, in the background: from the first time on some are passed."""

        def work() -> None:
            while not self.ended.is_set():
                try:
                    self._socket.send(_LOAD.pack(clients()))
                except BlockingIOError:
                    continue
                except OSError:
                    self.ended.set()
                time.sleep(REPORT_EVERY_S)

        threading.Thread(target=work, name="front", daemon=True).start()

    def getsockname(self) -> tuple[str, int]:
        """Where the front listens."""
        return self._address

    def close(self) -> None:
        """Take no more."""
        self._socket.close()
