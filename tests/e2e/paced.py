"""A model's side that writes numbered words at an even pace, so that a test knows what a whole reply is at any moment."""

import time

from tests.llm.fake_openai import DONE, STREAM_HEADERS, Answer, Exchange, delta


def numbered(count: int) -> list[str]:
    """The pieces of a reply: no two alike, so that one lost, doubled or moved shows."""
    return [f"word-{number} " for number in range(count)]


def paced(pieces: list[str], pause_s: float) -> Answer:
    """A good reply that takes `len(pieces) * pause_s` seconds."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, STREAM_HEADERS)
        for piece in pieces:
            exchange.chunk(delta(piece))
            time.sleep(pause_s)
        exchange.chunk(delta(finish_reason="stop"))
        exchange.chunk(DONE)
        exchange.end()

    return answer
