"""To which web process a connection belongs, by the first line of its first request. Pure.

A Socket.IO client's requests all bear the `sid` it was given, and only the process that gave it knows it: each process
ends its sids in its number.
"""

from __future__ import annotations

import re

MOST_LINE_BYTES = 8_192
"""A longer first line is no request that we serve."""
_MARKED = re.compile(rb"[?&]sid=[^&\s]*\.(\d{1,4})(?=[&\s])")


def marked(sid: str, number: int) -> str:
    """A sid that tells which process gave it; a full stop is in no sid and needs no escape in an address."""
    return f"{sid}.{number}"


def has_line(head: bytes) -> bool:
    """Whether there is enough of a request to decide."""
    return b"\n" in head or len(head) >= MOST_LINE_BYTES


def owner(head: bytes) -> int | None:
    """The number of the process whose sid the request bears; None when it bears none and any process will do."""
    found = _MARKED.search(head.split(b"\n", 1)[0] + b"\n")
    return int(found[1]) if found else None
