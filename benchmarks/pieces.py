"""The text of a benchmark's tokens, which tells its place and its time, so that whoever gets it can check both. Pure.

Times are the machine's monotonic clock, the same in all its processes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic


def piece(number: int, asked: float) -> str:
    """Token `number` (from 0), sent now; the first one also tells when it was asked for."""
    return f"0:{monotonic():.6f}:{asked:.6f} " if number == 0 else f"{number}:{monotonic():.6f} "


@dataclass(frozen=True, slots=True)
class Piece:
    """A token as it was read: its place, and when it was sent; the first one has `asked`, else 0."""

    number: int
    sent: float
    asked: float


def read(text: str) -> list[Piece]:
    """The tokens of a text. Raises ValueError when one of them is not whole."""
    found = []
    for part in text.split():
        number, sent, *asked = part.split(":")
        found.append(Piece(int(number), float(sent), float(asked[0]) if asked else 0.0))
    return found


def delays(frames: Iterable[tuple[float, str]]) -> list[float]:
    """Seconds each token of a reply was under way, from its frames (when it came, its text)."""
    return [came - one.sent for came, text in frames for one in read(text)]


def is_whole(frames: Iterable[tuple[float, str]], full_message: str, count: int) -> bool:
    """Whether the frames together are the reply, with every token once and in its place."""
    text = "".join(text for _, text in frames)
    try:
        numbers = [one.number for one in read(text)]
    except ValueError:
        return False
    return text == full_message and numbers == list(range(count))
