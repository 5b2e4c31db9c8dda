"""One reply's body on its way: what each read of its connection brings as text, and how it ended.

Whoever reads the connection decides how: `read` waits for it, `feed` takes what somebody else has read (`pump.py`).
Imported with the SDK, only where a real engine is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx2

from artbot_server.errors import EngineFailed
from artbot_server.llm import faults
from artbot_server.llm.base import ReplyEnd
from artbot_server.llm.chunks import ReplyReader
from artbot_server.llm.tls import Connection
from artbot_server.llm.transport import INCOMING, READ_BYTES, Incoming


class Reading:
    """The body of a response whose status is good.

    Args:
        secrets: keys that must not show in an error.
        silence_s: how long a read waits, for the error's sentence.

    Attributes:
        over: nothing more comes.
    """

    def __init__(self, response: httpx2.Response, secrets: tuple[str, ...], silence_s: float) -> None:
        self.over = False
        self._response = response
        self._incoming: Incoming = response.extensions[INCOMING]
        self._first = self._incoming.first
        self._reader = ReplyReader(secrets)
        self._silence_s = silence_s
        self._fault: EngineFailed | None = None
        self._is_json = "json" in response.headers.get("content-type", "")  # `stream` was ignored, or not asked for
        self._unpacked: Iterator[bytes] | None = None
        if "content-encoding" in response.headers:
            self._unpacked = response.iter_bytes()

    @property
    def connection(self) -> Connection | None:
        """What somebody else may read; None for a body that has to be unpacked, or comes in one piece."""
        return None if self._is_json or self._unpacked else self._incoming.connection

    def read(self) -> str:
        """Wait for what one read brings; its text, often ""."""
        try:
            if self._is_json:
                self.over = True
                return self._reader.whole(self._response.read())
            if self._unpacked:
                return self._understood(next(self._unpacked, b""))
            received, self._first = self._first or self._incoming.connection.recv(READ_BYTES), b""
        except (OSError, httpx2.RequestError) as exc:
            self.broke(exc)
            return ""
        return self.feed(received)

    def feed(self, received: bytes) -> str:
        """The text of what was read; b"" is the connection's end."""
        body = self._incoming.body
        data = body.feed(received)
        text = self._understood(data) if data else ""
        if body.over and not self.over:
            text += self._understood(b"")
        self.over = self.over or body.fault is not None
        return text

    def _understood(self, data: bytes) -> str:
        """b"": that was all of it."""
        reader = self._reader
        text = reader.feed(data) if data else reader.finish()
        self.over = not data or reader.done or reader.failure is not None
        return text

    def broke(self, exc: OSError | httpx2.RequestError) -> None:
        """Reading it failed in this way."""
        self.over = True
        self._fault = wire_fault(exc, self._silence_s)

    def end(self) -> ReplyEnd:
        """How the reply ended, once it is over.

        Raises:
            EngineFailed: it broke; what came before is valid.
        """
        fault = self._fault or self._reader.failure
        if fault:
            raise fault
        body = self._incoming.body
        if body.fault and not self._reader.done:
            raise faults.cut() if body.fault == "cut" else faults.garbage()
        return self._reader.end(framed=body.framed)


def wire_fault(exc: BaseException, silence_s: float) -> EngineFailed:
    """Which fault an error of the connection is: one of its reads, one with httpx2's name, or the SDK's around that
    (as its cause, except where it reads an error's body)."""
    cause = exc if isinstance(exc, httpx2.RequestError | OSError) else exc.__cause__
    if isinstance(cause, httpx2.ReadTimeout | TimeoutError):
        return faults.timeout(silence_s)
    if isinstance(cause, httpx2.DecodingError | httpx2.RemoteProtocolError):
        return faults.garbage()
    if isinstance(cause, httpx2.ReadError | OSError):
        return faults.cut()
    return faults.unreachable()
