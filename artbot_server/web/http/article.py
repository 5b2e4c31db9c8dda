"""The article's `POST /submitbyprompt`: its form, its `images` key of base64; with real status codes on failure."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response
from pydantic import Field

from artbot_server.errors import ArtbotError, BackendFailed, BadRequest, Unavailable
from artbot_server.painting.jobs import Job, JobState
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.pictures import StoredPicture
from artbot_server.web.fields import Name, Prompt, Request
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.services import Services

BASE64_STEP = 98_304
"""Bytes encoded at a time (a multiple of 3), with a breath after each: a large picture must not hold the loop."""

MOST_WAITING = 64
"""Calls that may wait for pictures at a time: each holds a connection for minutes."""
_waiting = threading.BoundedSemaphore(MOST_WAITING)

FORM_NAMES = {"folder": "folderName", "template": "templateName", "image_id": "image"}


class SubmitByPrompt(Request):
    """The form fields of the article's `POST /submitbyprompt`."""

    prompt: Prompt
    folder: Name = Field(alias="folderName")
    template: Name = Field(alias="templateName")


def submit_by_prompt(services: Services, call: Call) -> Answer:
    with _named_as_in_the_form(), _one_of(_waiting):
        job = services.queue.wait(call.session_id, _submitted(services, call).id)
    return Response(images_json(services, pictures_of(services, job)), mimetype="application/json")


def _submitted(services: Services, call: Call) -> Job:
    asked: SubmitByPrompt = call.body
    _, template = services.templates.find(asked.folder, asked.template)
    if call.is_new:
        services.chat_limit.count(call.visit.address)
    image_id = None
    if template.mode == "img2img" and call.has_file("image"):  # as in the article, others do not look at it
        image_id = services.keep_upload(call.session_id, "image", call.file("image")).id
    order = PaintOrder(prompt=asked.prompt, folder=asked.folder, template=asked.template, image_id=image_id)
    return services.queue.submit(call.session_id, order)[0]


@contextmanager
def _one_of(places: threading.BoundedSemaphore) -> Iterator[None]:
    """Hold one of so many places; Unavailable when none is free."""
    if not places.acquire(blocking=False):
        raise Unavailable("Too many callers wait for their pictures; try again in a moment.", retry_after_s=5)
    try:
        yield
    finally:
        places.release()


@contextmanager
def _named_as_in_the_form() -> Iterator[None]:
    """Errors name our own fields; the article's form has other names for some."""
    try:
        yield
    except ArtbotError as error:
        field = error.detail.get("field")
        if field in FORM_NAMES:
            error.detail["field"] = FORM_NAMES[field]
        raise


def pictures_of(services: Services, job: Job) -> list[StoredPicture]:
    """A finished job's pictures; its error where it has none."""
    if job.state is not JobState.DONE:
        told = dict(job.error or {"code": "cancelled", "message": "The job was cancelled.", "detail": {}})
        detail = dict(told.get("detail") or {})
        fault = detail.pop("fault", "server")
        kind = {"client": BadRequest, "backend": BackendFailed}.get(fault, ArtbotError)
        raise kind(str(told["message"]), code=str(told["code"]), fault=fault, **detail)
    return [picture for picture in services.pictures.of_jobs([job.id])[job.id] if picture.kind == "picture"]


def images_json(services: Services, pictures: list[StoredPicture]) -> Iterator[bytes]:
    """`{"images": [base64, …]}` piece by piece."""
    yield b'{"images":['
    for number, picture in enumerate(pictures):
        yield b',"' if number else b'"'
        data = services.pictures.read(picture)
        for start in range(0, len(data), BASE64_STEP):
            yield base64.b64encode(data[start : start + BASE64_STEP])
            time.sleep(0)
        yield b'"'
    yield b"]}"


ROUTES = (
    Route(
        "POST",
        "/submitbyprompt",
        submit_by_prompt,
        "The article's form: wait for the pictures of a prompt painted with a template; `images` are base64.",
        body=SubmitByPrompt,
        files=("image",),
    ),
)
