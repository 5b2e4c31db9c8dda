"""The worker's end of the local link to the web process; the other end is `local`. Real threads, nothing patched.

It connects again by itself. Progress is dropped while it cannot be sent at once; all else is kept, within a bound, and
sent after a reconnect: what it says is in the database, so hearing it twice or never does no harm.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from artbot_server.live import address
from artbot_server.live.answering import Answering
from artbot_server.live.frames import BadFrame, Frame, FrameReader, encode

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 2.0
SEND_TIMEOUT_S = 5.0
"""Longest wait for a web process that does not read; then the connection is made anew."""
MOST_KEPT = 1000
"""Messages kept while nobody listens: some hours of jobs, some hundred bytes each. The oldest go first."""
DROPPABLE = frozenset({"progress"})
"""Kinds of which only the newest is worth anything."""
RECEIVE_BYTES = 256 * 1024

log = structlog.get_logger()


class LiveLink:
    """Speaks to the web process of a data folder.

    Args:
        on_message: called with kind and body of each message, in the reader's thread; must not block.
        on_ask: called with kind and body of a question, in a thread of its own; returns the answer.
        backends: whom this worker may be asked about; told first on each connection.
    """

    def __init__(
        self,
        data_dir: Path,
        on_message: Callable[[str, Mapping[str, Any]], None],
        on_ask: Callable[[str, Mapping[str, Any]], Mapping[str, Any]],
        backends: Sequence[str] = (),
    ) -> None:
        self._data_dir = data_dir
        self._on_message = on_message
        self._answering = Answering(on_ask)
        self._hello = encode(Frame("hello", {"backends": list(backends)})) if backends else b""
        self._outbox: deque[bytes] = deque(maxlen=MOST_KEPT)
        self._changed = threading.Condition()
        self._connection: socket.socket | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Connect, now or as soon as there is somebody to connect to."""
        threading.Thread(target=self._stay_connected, name="live-read", daemon=True).start()
        threading.Thread(target=self._send_all, name="live-send", daemon=True).start()

    def stop(self, wait_s: float = 1.0) -> None:
        """Send what is kept, for at most `wait_s`, and close."""
        with self._changed:
            self._changed.wait_for(lambda: not self._outbox or self._connection is None, timeout=wait_s)
            self._stopping.set()
            self._changed.notify_all()
            if self._connection is not None:
                _shut(self._connection)
        self._answering.stop()

    def send(self, kind: str, body: Mapping[str, Any], blob: bytes = b"") -> None:
        """Send it when it can be; returns at once."""
        self._keep(Frame(kind, body, blob))

    def _keep(self, frame: Frame) -> None:
        data = encode(frame)
        with self._changed:
            if frame.kind in DROPPABLE and (self._outbox or self._connection is None):
                return
            self._outbox.append(data)
            self._changed.notify_all()

    def _send_all(self) -> None:
        while not self._stopping.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._stopping.is_set() or (self._outbox and self._connection))
                connection, data = self._connection, self._outbox[0] if self._outbox else b""
            if connection is None or not data:
                continue
            try:
                connection.sendall(data)
            except OSError:
                self._lose(connection)
                continue
            with self._changed:
                # A full outbox may have dropped this one meanwhile.
                if self._outbox and self._outbox[0] is data:
                    self._outbox.popleft()
                self._changed.notify_all()

    def _stay_connected(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                connection = address.connect(self._data_dir)
            except OSError:
                self._stopping.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                continue
            pause_s = FIRST_PAUSE_S
            connection.settimeout(SEND_TIMEOUT_S)
            try:
                connection.sendall(self._hello)
                with self._changed:
                    self._connection = connection
                    self._changed.notify_all()
                self._read(connection)
            except (OSError, BadFrame) as error:
                log.warning("live_cut", reason=str(error))
            finally:
                self._lose(connection)
                connection.close()
            self._stopping.wait(pause_s)

    def _read(self, connection: socket.socket) -> None:
        reader = FrameReader()
        while not self._stopping.is_set():
            try:
                data = connection.recv(RECEIVE_BYTES)
            except TimeoutError:
                continue  # The timeout is for sending; silence is fine.
            if not data:
                return
            for frame in reader.feed(data):
                if frame.ask is None:
                    self._on_message(frame.kind, frame.body)
                else:
                    self._answering.take(frame, self._keep)

    def _lose(self, connection: socket.socket) -> None:
        with self._changed:
            if self._connection is connection:
                self._connection = None
            self._changed.notify_all()
        _shut(connection)


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # It may have gone already.
        connection.shutdown(socket.SHUT_RDWR)
