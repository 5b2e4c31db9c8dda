"""Packets as clients send them, checked before Socket.IO works on them; who sends anything else is hung up on.

The package itself would gather any number of attachments in memory, wait for ever where none were announced, and
write a traceback into the log for each packet that is none.
"""

from __future__ import annotations

from typing import Any

import structlog
from socketio import Server
from socketio.packet import BINARY_ACK, BINARY_EVENT, EVENT, Packet

log = structlog.get_logger()

MOST_ATTACHMENTS = 4
"""Binary values in one event from a client: a picture and a mask, and as many again."""
RESERVED = ("connect", "disconnect")
"""Not for clients to send: the package would call our handlers of connections with them."""
GARBAGE = (ValueError, TypeError, LookupError, RecursionError)
"""What reading a packet raises that is none. Handlers of events run elsewhere, so nothing of theirs is caught."""


class CheckedPacket(Packet):  # type: ignore[misc]  # the package has no types
    """A packet with a bounded number of attachments, whose events have a name."""

    def decode(self, encoded_packet: Any) -> int:
        """How many binary attachments belong to it. Raises ValueError when it is no packet."""
        count = int(super().decode(encoded_packet))
        binary = self.packet_type in (BINARY_EVENT, BINARY_ACK)
        if count > MOST_ATTACHMENTS or binary != (count > 0):
            raise ValueError("a wrong number of attachments")
        if self.packet_type in (EVENT, BINARY_EVENT) and not _has_name(self.data):
            raise ValueError("an event without a name")
        return count


def _has_name(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str) and data[0] not in RESERVED


def hang_up_on_garbage(server: Server) -> None:
    """Close a connection at the first thing that is no packet."""

    def on_message(eio_sid: str, data: str | bytes) -> None:
        try:
            server._handle_eio_message(eio_sid, data)
        except GARBAGE as error:
            log.info("a client sent what is no packet and was closed", reason=type(error).__name__)
            server.eio.disconnect(eio_sid)

    server.eio.on("message", on_message)
