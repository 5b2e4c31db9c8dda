"""Calls that wait for their pictures: how many may, what a job's end becomes, pictures as base64 piece by piece."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson

from artbot_server.errors import ArtbotError, BadRequest, Unavailable, error_of
from artbot_server.painting.jobs import Job, JobState
from artbot_server.painting.pictures import StoredPicture
from artbot_server.web.services import Services

BASE64_STEP = 98_304
"""Bytes encoded at a time (a multiple of 3), with a breath after each: a large picture must not hold the loop."""

MOST_WAITING = 64
"""Calls that may wait for pictures at a time: each holds a connection for minutes."""
_waiting = threading.BoundedSemaphore(MOST_WAITING)
CANCELLED = BadRequest("The job was cancelled.", code="cancelled").as_json()
_NOTHING_MORE: Mapping[str, Any] = {}


@contextmanager
def a_place_to_wait() -> Iterator[None]:
    """Hold one of so many places; Unavailable when none is free."""
    if not _waiting.acquire(blocking=False):
        raise Unavailable("Too many callers wait for their pictures; try again in a moment.", retry_after_s=5)
    try:
        yield
    finally:
        _waiting.release()


@contextmanager
def named_as(name_of: Callable[[str], str]) -> Iterator[None]:
    """Errors name our own fields; another's request may have other names for some."""
    try:
        yield
    except ArtbotError as error:
        if isinstance(field := error.detail.get("field"), str):
            error.detail["field"] = name_of(field)
        raise


def pictures_of(services: Services, job: Job) -> list[StoredPicture]:
    """A finished job's pictures; its error where it has none."""
    if job.state is not JobState.DONE:
        raise error_of(job.error or CANCELLED)
    return [picture for picture in services.pictures.of_jobs([job.id])[job.id] if picture.kind == "picture"]


def images_json(
    services: Services, pictures: Sequence[StoredPicture], more: Mapping[str, Any] = _NOTHING_MORE
) -> Iterator[bytes]:
    """`{"images": [base64, …]}` with `more` fields, piece by piece."""
    yield b'{"images":['
    for number, picture in enumerate(pictures):
        yield b',"' if number else b'"'
        data = services.pictures.read(picture)
        for start in range(0, len(data), BASE64_STEP):
            yield base64.b64encode(data[start : start + BASE64_STEP])
            time.sleep(0)
        yield b'"'
    yield b"]" + (b"," + orjson.dumps(dict(more))[1:] if more else b"}")
