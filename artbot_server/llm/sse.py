"""Server-sent events: bytes as they come off the wire in, the `data` of whole events out. Pure, no I/O.

It cuts at line feeds only, so a read may end anywhere: in the middle of a character, a line or an event. It knows
nothing of JSON or of models (that is `chunks.py`).
"""

from __future__ import annotations

MAX_EVENT_BYTES = 4_000_000
"""Far above any delta (some hundred bytes); a line without an end must not fill the memory."""


class EventCutter:
    """Cuts one stream into events, as the HTML standard describes them (section 9.2, "Server-sent events").

    Lines end with LF or CRLF. Comments and the fields `event`, `id` and `retry` are passed over; the space after
    `data:` may be missing; several `data` lines are one event, joined by a line feed.

    Attributes:
        foreign: a line was no field at all (HTML, bare JSON …), which a real event stream never has.
    """

    def __init__(self) -> None:
        self.foreign = False
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, received: bytes) -> list[bytes]:
        """The events completed by these bytes, often none.

        Raises:
            ValueError: a line passed MAX_EVENT_BYTES.
        """
        lines = (self._rest + received).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > MAX_EVENT_BYTES:
            raise ValueError("a line without an end")
        events: list[bytes] = []
        for line in lines:
            self._take(line.removesuffix(b"\r"), events)
        return events

    def finish(self) -> list[bytes]:
        """The event the stream ended in, where its last empty line is missing."""
        events: list[bytes] = []
        self._take(self._rest.removesuffix(b"\r"), events)
        self._take(b"", events)
        self._rest = b""
        return events

    def _take(self, line: bytes, events: list[bytes]) -> None:
        if not line:
            if self._data:
                events.append(b"\n".join(self._data))
                self._data = []
            return
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
        elif name not in (b"", b"event", b"id", b"retry"):
            self.foreign = True
