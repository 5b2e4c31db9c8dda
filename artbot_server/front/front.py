"""Takes connections and gives each to the web process it belongs to, with all that was sent on it; then it is out of it.

One thread, one selector, nothing patched: the first line of a request is looked at without being taken, and the
connection itself is passed on, so that nothing that is sent later costs anything here.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence

import structlog

from artbot_server.front.children import Child
from artbot_server.front.heads import MOST_LINE_BYTES, has_line, owner

LOOK_EVERY_S = 0.05
HEAD_WITHIN_S = 75.0
"""Browsers open connections ahead and use them within a minute."""
AT_ONCE = 256

log = structlog.get_logger()


class Front:
    """What stands between the listening socket and the children."""

    def __init__(self, listener: socket.socket, children: Sequence[Child]) -> None:
        listener.setblocking(False)
        self._listener = listener
        self._children = {child.number: child for child in children}
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        self._opened: dict[socket.socket, float] = {}
        self._waiting: set[socket.socket] = set()

    def watch(self, child: Child) -> None:
        """Hear what a child that was started says."""
        self._selector.register(child.fileno(), selectors.EVENT_READ, child)

    def forget(self, fileno: int) -> None:
        """A child is about to be gone."""
        self._selector.unregister(fileno)

    def turn(self) -> None:
        """Do what there is to do, within `LOOK_EVERY_S`."""
        for key, _ in self._selector.select(LOOK_EVERY_S):
            if key.fileobj is self._listener:
                self._accept()
            elif isinstance(key.data, Child):
                key.data.hear()
            elif isinstance(key.fileobj, socket.socket):
                self._look(key.fileobj)
        for connection in list(self._waiting):
            self._look(connection)
        late = time.monotonic() - HEAD_WITHIN_S
        for connection in [each for each, opened_at in self._opened.items() if opened_at < late]:
            self._let_go(connection)

    def close(self) -> None:
        """Take nothing more."""
        for connection in list(self._opened):
            self._let_go(connection)
        self._selector.close()
        self._listener.close()

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, _address = self._listener.accept()
            except OSError:  # there are no more, or the client has gone, or there is no file handle free
                return
            connection.setblocking(False)
            self._opened[connection] = time.monotonic()
            self._selector.register(connection, selectors.EVENT_READ)
            self._look(connection)

    def _look(self, connection: socket.socket) -> None:
        try:
            head = connection.recv(MOST_LINE_BYTES, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            head = b""
        if not head:
            self._let_go(connection)
        elif has_line(head) and any(child.is_ready for child in self._children.values()):
            self._give(connection, owner(head))
            self._let_go(connection)
        elif connection not in self._waiting:
            # What has come stays readable: it is looked at again each turn, not as long as the selector sees it.
            self._waiting.add(connection)
            self._selector.unregister(connection)

    def _give(self, connection: socket.socket, number: int | None) -> None:
        ready = sorted((child for child in self._children.values() if child.is_ready), key=lambda child: child.clients)
        mine = self._children.get(number) if number is not None else None
        # Another one tells a client whose process is gone that its sid is unknown; then it connects anew.
        choices = [mine, *ready] if mine is not None and mine.is_ready else ready
        connection.setblocking(True)
        if not any(child.give(connection) for child in choices):
            log.warning("a connection was closed: no web process takes it")

    def _let_go(self, connection: socket.socket) -> None:
        """Close our copy of it; where it was given away it lives on there."""
        del self._opened[connection]
        if connection in self._waiting:
            self._waiting.discard(connection)
        else:
            self._selector.unregister(connection)
        connection.close()
