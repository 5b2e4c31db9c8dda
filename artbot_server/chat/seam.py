"""How a reply that ended too early is gone on with: what the model is told, and how what it writes then is joined. Pure.

Models are asked to repeat nothing, and some do all the same: the last words, the last line or all of it. What is there
already is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from artbot_server.errors import EngineFailed
from artbot_server.llm.base import ReplyEnd, ReplyStream

GO_ON = (
    "Your last answer was cut off. Go on exactly where it ends, in the same language and form, beginning with its very next "
    "character (a space where a new word begins). Write only what is missing: repeat nothing, explain nothing, do not begin anew."
)
SHOWN_CHARS = 3_000
"""How much of the text the model is shown, from its end: any prompt whole, and still room for the conversation before it."""
SHORTEST_REPEAT = 16
"""Characters from which on something said twice is a repetition; the end of one word may well be the beginning of the next."""


def shown(text: str) -> str:
    """The part of the text so far that the model gets to read."""
    return text[-SHOWN_CHARS:]


def going_on(messages: Sequence[Mapping[str, Any]], text: str) -> list[Mapping[str, Any]]:
    """The messages that were answered, the answer so far, and what is wanted now."""
    return [*messages, {"role": "assistant", "content": shown(text)}, {"role": "user", "content": GO_ON}]


def cut_off(messages: Sequence[Mapping[str, Any]]) -> tuple[Sequence[Mapping[str, Any]], str] | None:
    """`going_on` undone: the messages that were answered and the answer so far; None where nothing is to be gone on with."""
    if len(messages) > 1 and messages[-1].get("content") == GO_ON and messages[-2].get("role") == "assistant":
        return messages[:-2], str(messages[-2].get("content") or "")
    return None


class Seam:
    """Takes what is written after a text and leaves out what repeats the text's end (or all of it).

    Something that may yet become a repetition is held back until it is one or is none; of several the longest counts.
    """

    def __init__(self, before: str) -> None:
        self._before = before
        last = len(before) - min(len(before), SHORTEST_REPEAT)
        self._places: list[int] | None = list(range(last + 1)) if before else None
        self._held = ""
        self._repeated = 0

    def take(self, piece: str) -> str:
        """What of everything so far is new and certain; "" while it is not."""
        if self._places is None:
            return piece
        self._held += piece
        before, held = self._before, self._held
        over = [at for at in self._places if len(before) - at <= len(held) and held.startswith(before[at:])]
        if over:
            self._repeated = max(self._repeated, len(before) - over[0])
        self._places = [at for at in self._places if len(before) - at > len(held) and before.startswith(held, at)]
        return "" if self._places else self.rest()

    def rest(self) -> str:
        """What is still held back, when nothing more comes."""
        self._places = None
        new, self._held, self._repeated = self._held[self._repeated :], "", 0
        return new


class JoinedStream:
    """An engine's stream, joined to the text that is there. Implements `llm.base.ReplyStream`."""

    def __init__(self, stream: ReplyStream, before: str) -> None:
        self._stream = stream
        self._seam = Seam(before)

    def __iter__(self) -> Iterator[str | ReplyEnd]:
        """A model that has nothing to add ends the reply: the text was whole."""
        end: ReplyEnd | None = None
        broken: EngineFailed | None = None
        try:
            for piece in self._stream:
                if isinstance(piece, ReplyEnd):
                    end = piece
                elif new := self._seam.take(piece):
                    yield new
        except EngineFailed as error:
            broken = error
        if new := self._seam.rest():
            yield new
        if broken is not None and broken.error_code != "engine_empty":
            raise broken
        if end is not None or broken is not None:
            yield end or ReplyEnd("stop")

    def close(self) -> None:
        self._stream.close()
