"""The handle by which a reply can be ended from outside, while it connects, waits or streams. Standard library only, so
that a reply can hold one before the SDK is imported.
"""

from __future__ import annotations

import contextlib
import socket
from contextvars import ContextVar


class Wire:
    """The connection of one request, once there is one; closed from any thread or greenlet."""

    def __init__(self) -> None:
        self.closed = False
        self._socket: socket.socket | None = None

    def hold(self, connection: socket.socket) -> None:
        """Called by the transport once connected, and again when TLS has replaced the socket.

        Raises:
            ConnectionAbortedError: `close()` was quicker. (It sets the flag first and looks for a socket then, this does
                it the other way round: one of the two always sees the other.)
        """
        self._socket = connection
        if self.closed:
            raise ConnectionAbortedError

    def close(self) -> None:
        """Wake the reader of this socket: it reads the end, and gives the socket back itself."""
        self.closed = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # not connected any more
                self._socket.shutdown(socket.SHUT_RDWR)


CURRENT_WIRE: ContextVar[Wire] = ContextVar("current_wire")
"""Whose request the SDK is making: set around its call, read by the transport in the same thread or greenlet."""
