"""The HTTP API for PHP, Java and curl: the article's form and uploads. Same services and errors as the socket."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, g, jsonify, request

from artbot_server.errors import ArtbotError, BackendFailed, BadRequest, Unavailable
from artbot_server.painting.jobs import Job, JobState
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.pictures import StoredPicture, picture_json
from artbot_server.web.pages import SESSION_HEADER
from artbot_server.web.requests import SubmitByPrompt, parse
from artbot_server.web.services import UPLOAD_BYTES, Services

BASE64_STEP = 98_304
"""Bytes encoded at a time (a multiple of 3), with a breath after each: a large picture must not hold the loop."""

MOST_WAITING = 64
"""Calls that may wait for pictures at a time: each holds a connection for minutes."""

FORM_NAMES = {"folder": "folderName", "template": "templateName", "image_id": "image"}


def http_api(services: Services) -> Blueprint:
    """The routes."""
    api = Blueprint("http_api", __name__)
    waiting = threading.BoundedSemaphore(MOST_WAITING)

    @api.post("/api/v1/images")
    def upload() -> Response:
        session_id, token = services.door.session_or_new(g.visit)
        picture = services.keep_upload(session_id, "image", _file("image"))
        response = jsonify(ok=True, **picture_json(picture, services.sign))
        response.headers[SESSION_HEADER] = token
        return response

    @api.post("/submitbyprompt")
    def submit_by_prompt() -> Response:
        session_id, token = services.door.session_or_new(g.visit)
        with _named_as_in_the_form(), _one_of(waiting):
            job = _submitted(services, session_id)
            job = services.queue.wait(session_id, job.id)
        pictures = _pictures(services, job)
        response = Response(_images_json(services, pictures), mimetype="application/json")
        response.headers[SESSION_HEADER] = token
        return response

    return api


def _submitted(services: Services, session_id: str) -> Job:
    asked = parse(SubmitByPrompt, {name: value.strip() for name, value in request.form.items() if value.strip()})
    _, template = services.templates.find(asked.folder, asked.template)
    if services.door.session_of(g.visit) is None:  # a new session each time: only the address tells who it is
        services.chat_limit.count(g.visit.address)
    image_id = None
    if template.mode == "img2img" and "image" in request.files:  # as in the article, others do not look at it
        image_id = services.keep_upload(session_id, "image", _file("image")).id
    order = PaintOrder(prompt=asked.prompt, folder=asked.folder, template=asked.template, image_id=image_id)
    return services.queue.submit(session_id, order)[0]


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


def _file(name: str) -> bytes:
    sent = request.files.get(name)
    if sent is None:
        raise BadRequest(f"The form field {name} must hold a picture's file.", field=name, allowed="a file")
    data = sent.stream.read(UPLOAD_BYTES + 1)
    if not data:
        raise BadRequest(f"The file in the form field {name} is empty.", field=name, allowed="a file")
    return data


def _pictures(services: Services, job: Job) -> list[StoredPicture]:
    """A finished job's pictures; its error where it has none."""
    if job.state is not JobState.DONE:
        told = dict(job.error or {"code": "cancelled", "message": "The job was cancelled.", "detail": {}})
        detail = dict(told.get("detail") or {})
        fault = detail.pop("fault", "server")
        kind = {"client": BadRequest, "backend": BackendFailed}.get(fault, ArtbotError)
        raise kind(str(told["message"]), code=str(told["code"]), fault=fault, **detail)
    return [picture for picture in services.pictures.of_jobs([job.id])[job.id] if picture.kind == "picture"]


def _images_json(services: Services, pictures: list[StoredPicture]) -> Iterator[bytes]:
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
