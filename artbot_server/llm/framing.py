"""Where a response's body ends, and its bytes without what only frames them (RFC 9112, sections 6 and 7). Pure, no I/O.

h11 has read the headers before and refused those that contradict each other. It could read the body too, but takes 5 µs
for each chunk, and models send a chunk for each token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

MAX_LINE_BYTES = 16_384
"""Of a chunk's size or a trailer; real ones have a few bytes."""

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})(?:;.*)?[ \t]*")
"""A chunk's size, and extensions, which nobody needs."""


class Body:
    """One response's body, fed as it comes off the wire.

    Attributes:
        framed: its end is marked; else it lasts as long as its connection.
        over: nothing of it is missing.
        fault: why no more can come (`broken`: no body of this kind; `cut`: the connection ended first); what was given
            before is valid.
    """

    def __init__(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        fields = dict(headers)
        empty = status in (204, 304)
        self._chunked = b"transfer-encoding" in fields and not empty
        self._left = 0 if empty or self._chunked else int(fields.get(b"content-length", -1))
        """Bytes that are missing of the body, or of the chunk; below 0: nobody knows."""
        self.framed = self._chunked or self._left >= 0
        self.over = self._left == 0 and not self._chunked
        self.fault: Literal["broken", "cut"] | None = None
        self._line = b""
        self._next: Literal["size", "end of chunk", "trailer"] = "size"

    def feed(self, received: bytes) -> bytes:
        """What these bytes bring of the body; b"" says that the connection has ended."""
        if self.over or self.fault:
            return b""
        if not received:
            self.fault = "cut" if self.framed else None
            self.over = not self.framed
            return b""
        if self._chunked:
            return self._dechunked(received)
        if self._left < 0:
            return received
        taken = received[: self._left]
        self._left -= len(taken)
        self.over = not self._left
        return taken

    def _dechunked(self, received: bytes) -> bytes:
        data = self._line + received if self._line else received
        self._line = b""
        pieces: list[bytes] = []
        at = 0
        while at < len(data) and not (self.over or self.fault):
            if self._left:
                piece = data[at : at + self._left]
                pieces.append(piece)
                at += len(piece)
                self._left -= len(piece)
                continue
            stop = data.find(b"\r\n", at)
            if stop < 0:
                self._line = data[at:]
                if len(self._line) > MAX_LINE_BYTES:
                    self.fault = "broken"
                break
            self._take_line(data[at:stop])
            at = stop + 2
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _take_line(self, line: bytes) -> None:
        if self._next == "size":
            size = _SIZE.fullmatch(line)
            if size is None:
                self.fault = "broken"
                return
            self._left = int(size[1], 16)
            self._next = "end of chunk" if self._left else "trailer"
        elif self._next == "trailer":  # of no use to us; an empty line is the end
            self.over = not line
            self.fault = "broken" if line and b":" not in line else None
        elif line:
            self.fault = "broken"
        else:
            self._next = "size"
