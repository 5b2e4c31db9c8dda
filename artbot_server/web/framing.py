"""WebSocket bytes: the answer to a handshake, frames out, messages in. No sockets here.

What clients send is taken apart by `wsproto`; what goes to them is packed by hand, as it is nothing but a length and,
from a server, never masked (RFC 6455, 5.1 and 5.2).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import generate_accept_token

TEXT, BINARY, PONG = 0x81, 0x82, 0x8A
"""First bytes of whole frames."""


def handshake(environ: Mapping[str, Any]) -> bytes | None:
    """The answer that opens a WebSocket, without extensions; None when the request does not ask for one rightly."""
    key = str(environ.get("HTTP_SEC_WEBSOCKET_KEY") or "")
    if not key or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        return None
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        + generate_accept_token(key.encode("latin-1"))
        + b"\r\n\r\n"
    )


def framed(payload: str | bytes) -> bytes:
    """A whole message as one frame: text for `str`, binary for `bytes`."""
    if isinstance(payload, str):
        return frame(TEXT, payload.encode())
    return frame(BINARY, payload)


def frame(first: int, payload: bytes) -> bytes:
    """One frame from a server. `first`: its first byte."""
    size = len(payload)
    if size < 126:
        return b"%c%c%b" % (first, size, payload)
    if size < 65_536:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


def closing(code: int = CloseReason.NORMAL_CLOSURE) -> bytes:
    """The frame that ends a WebSocket."""
    return frame(0x88, struct.pack("!H", code))


class Incoming:
    """What one client sends, put together again.

    Attributes:
        end: the frame to answer with when the client closes or breaks the protocol; nothing comes after it.
        pongs: answers to its pings, to be sent by whoever fed the bytes.
    """

    __slots__ = ("_kept", "_most", "_parts", "_protocol", "end", "pongs")

    def __init__(self, most_bytes: int) -> None:
        self._protocol = Connection(ConnectionType.SERVER)
        self._most = most_bytes
        self._parts: list[str | bytes] = []
        self._kept = 0
        self.end: bytes | None = None
        self.pongs: list[bytes] = []

    def feed(self, data: bytes) -> list[str | bytes]:
        """The whole messages that these bytes complete."""
        whole: list[str | bytes] = []
        self._protocol.receive_data(data)
        for event in self._protocol.events():
            if isinstance(event, TextMessage | BytesMessage):
                self._parts.append(event.data if isinstance(event.data, str) else bytes(event.data))
                self._kept += len(event.data)
                if self._kept > self._most:
                    self.end = closing(CloseReason.MESSAGE_TOO_BIG)
                elif event.message_finished:
                    whole.append("".join(self._parts) if isinstance(event, TextMessage) else b"".join(self._parts))  # type: ignore[arg-type]
                    self._parts, self._kept = [], 0
            elif isinstance(event, Ping):
                self.pongs.append(frame(PONG, bytes(event.payload)))
            elif isinstance(event, CloseConnection):
                self.end = closing(event.code if event.code != CloseReason.NO_STATUS_RCVD else 1000)
            if self.end is not None:
                break
        return whole
