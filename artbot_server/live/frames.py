"""What travels between processes, as bytes. Pure: no sockets.

A frame is two big-endian u32 lengths, then a JSON header and a blob (a preview's bytes) of these lengths.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

_LENGTHS = struct.Struct(">II")
MAX_HEADER_BYTES = 4 * 1024 * 1024
"""Headers hold ids and records, never pictures: some hundred bytes, a backend's lists with thousands of models some
hundred thousand, its live preview as base64 as much."""
MAX_BLOB_BYTES = 16 * 1024 * 1024
"""Blobs are previews; this is far above any of them and bounds what a broken peer can make us keep."""


class BadFrame(Exception):
    """The other side does not speak this; the connection is of no more use."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message.

    Attributes:
        kind: what it is about; of an answer: `answer`.
        ask: number of a question that wants an answer, or of the question this answers.
        sender: who says it, where many can be heard; empty on a connection of two.
    """

    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)
    blob: bytes = b""
    ask: int | None = None
    sender: str = ""


def encode(frame: Frame) -> bytes:
    """The frame as bytes.

    Raises:
        BadFrame: it is over a limit.
    """
    header = orjson.dumps({"kind": frame.kind, "ask": frame.ask, "body": frame.body, "sender": frame.sender})
    _check_lengths(len(header), len(frame.blob))
    return _LENGTHS.pack(len(header), len(frame.blob)) + header + frame.blob


def decode(data: bytes) -> Frame:
    """The one frame that these bytes are.

    Raises:
        BadFrame: they are anything else.
    """
    found = list(FrameReader().feed(data))
    if len(found) != 1:
        raise BadFrame("These bytes are not one frame.")
    return found[0]


class FrameReader:
    """Turns what was received into frames, however it was cut."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole now.

        Raises:
            BadFrame: this is no frame, or one over a limit.
        """
        self._buffer += data
        while (frame := self._take()) is not None:
            yield frame

    def _take(self) -> Frame | None:
        if len(self._buffer) < _LENGTHS.size:
            return None
        header_bytes, blob_bytes = _LENGTHS.unpack_from(self._buffer)
        _check_lengths(header_bytes, blob_bytes)
        blob_at = _LENGTHS.size + header_bytes
        if len(self._buffer) < blob_at + blob_bytes:
            return None
        header, blob = bytes(self._buffer[_LENGTHS.size : blob_at]), bytes(self._buffer[blob_at : blob_at + blob_bytes])
        del self._buffer[: blob_at + blob_bytes]
        return _frame(header, blob)


def _check_lengths(header_bytes: int, blob_bytes: int) -> None:
    if header_bytes > MAX_HEADER_BYTES or blob_bytes > MAX_BLOB_BYTES:
        raise BadFrame(f"A frame of {header_bytes} and {blob_bytes} bytes is over the limit.")


def _frame(header: bytes, blob: bytes) -> Frame:
    try:
        said = orjson.loads(header)
        kind, body, ask, sender = said["kind"], said["body"], said["ask"], said["sender"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise BadFrame("A frame's header is not understood.") from error
    right = isinstance(kind, str) and isinstance(body, dict) and isinstance(ask, int | None) and isinstance(sender, str)
    if not right:
        raise BadFrame("A frame's header has wrong types.")
    return Frame(kind, body, blob, ask, sender)
