"""Replies as server-sent events: what is pulled from a live reply, and how it is written. One response, one reader.

Works in every async mode, as the reader only waits on the reply's lock. Nothing is sent before the first news, so that
a refusal still has its status.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

import orjson
from flask import Response

from artbot_server.errors import ArtbotError, Unavailable, error_of
from artbot_server.events import ChatFailed, Event, ReplyDone

LOOK_S = 1.0
"""Silence after which a comment is sent: it shows whether anybody still reads, and keeps proxies from giving up."""
STATUS_WAIT_S = 10.0
"""How long the first news is waited for before the answer begins: most refusals of a model's side come within that."""
COMMENT = b": the model is silent\n\n"

STOPPING = Unavailable("The server is stopping; ask again in a moment.")

Write = Callable[[Event], Iterable[bytes]]


def event_stream(news: Iterator[Event | None], write: Write, when_closed: Callable[[], None]) -> Response:
    """Answer with everything that `news` brings, each as `write` says.

    Args:
        news: as from `LiveReply.follow`.
        when_closed: called at the end, also when the reader has gone before it.

    Raises:
        ArtbotError: the reply failed, or could not be kept, before there was anything to send.
    """
    until = time.monotonic() + STATUS_WAIT_S
    for first in news:
        if first is not None or time.monotonic() > until:
            break
    else:
        raise STOPPING
    if isinstance(first, ChatFailed):
        raise error_of(first.error)
    response = Response(_written(chain([first], news), write), mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would keep it until it is whole
    response.call_on_close(when_closed)
    return response


def end_of(news: Iterator[Event | None]) -> ReplyDone:
    """Wait for a reply's end. Raises its error as an ArtbotError, or Unavailable where the end could not be kept."""
    last = None
    for event in news:
        last = event or last
    if isinstance(last, ChatFailed):
        raise error_of(last.error)
    if not isinstance(last, ReplyDone):
        raise STOPPING
    return last


def sent_event(name: str, fields: Any) -> bytes:
    """One event with its name."""
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(fields) + b"\n\n"


def sent_data(fields: Any) -> bytes:
    """One event without a name."""
    return b"data: " + orjson.dumps(fields) + b"\n\n"


def _written(news: Iterable[Event | None], write: Write) -> Iterator[bytes]:
    try:
        for event in news:
            if event is None:
                yield COMMENT
            elif isinstance(event, ChatFailed):
                yield sent_event("error", event.fields())
            else:
                yield from write(event)
    except ArtbotError as error:
        yield sent_event("error", {"error": error.as_json()})
