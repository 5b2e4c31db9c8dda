"""RobotChat's ArtBot over HTTP: A1111's txt2img and img2img through the queue, waited for or answered at once with a job.

Without a template: the body is A1111's own. Whatever it sets holds for this job alone, and nothing is saved over there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response

from artbot_server.painting.jobs import Job
from artbot_server.painting.pictures import StoredPicture
from artbot_server.painting.raw_orders import KEPT_BACK, PICTURES
from artbot_server.sd.base import Mode
from artbot_server.web.http.art_bot_bodies import ImageToImage, Painted, TextToImage
from artbot_server.web.http.art_bot_orders import queued
from artbot_server.web.http.art_bot_shapes import PaintedAnswer, QueuedAnswer
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.http.waiting import a_place_to_wait, images_json, named_as, pictures_of
from artbot_server.web.services import Services

FIELD_NAMES = {"conversation_id": "conversationId", "job_id": "jobId", "model": "override_settings.sd_model_checkpoint"}
TEXT_MESSAGE, IMAGE_MESSAGE = 0, 1
"""RobotChat's `messageType`."""


def txt2img(services: Services, call: Call) -> Answer:
    return _painted(services, call, "txt2img")


def img2img(services: Services, call: Call) -> Answer:
    return _painted(services, call, "img2img")


def chat_txt2img(services: Services, call: Call) -> Answer:
    return _queued_answer(services, call, "txt2img")


def chat_img2img(services: Services, call: Call) -> Answer:
    return _queued_answer(services, call, "img2img")


def _painted(services: Services, call: Call, mode: Mode) -> Answer:
    asked: Painted = call.body
    with a_place_to_wait(), named_as(_sent_name):
        ordered = queued(services, call, mode)
        job = services.queue.wait(ordered.session_id, ordered.id)
        pictures = pictures_of(services, job)
    more = {
        "parameters": _parameters(asked),
        "info": orjson.dumps(_info(job, pictures)).decode(),
        "job_id": job.id,
        "substituted": list(job.substituted),
    }
    shown = pictures if asked.send_images else []
    return Response(images_json(services, shown, more), mimetype="application/json")


def _queued_answer(services: Services, call: Call, mode: Mode) -> Answer:
    with named_as(_sent_name):
        job = queued(services, call, mode)
    return {"id": job.id, "payload": _message(job, call.body), "job": services.queue.record(job)}


def _sent_name(field: str) -> str:
    """Errors speak of overrides and our own names; RobotChat's clients sent other ones."""
    bare = field.removeprefix("overrides.")
    return FIELD_NAMES.get(bare, bare)


# What is answered


def _parameters(asked: Painted) -> dict[str, Any]:
    """A1111's echo of the request; the pictures only where `include_init_images` says so."""
    body = asked.body()
    with_pictures = isinstance(asked, ImageToImage) and asked.include_init_images
    return {name: value if with_pictures or name not in PICTURES else None for name, value in body.items()}


def _info(job: Job, pictures: list[StoredPicture]) -> dict[str, Any]:
    """A1111's `info` as far as it is known here."""
    used = {name: value for name, value in job.fields.items() if name not in {*PICTURES, *KEPT_BACK}}
    return {
        **used,
        "seed": pictures[0].seed if pictures else None,
        "all_seeds": [picture.seed for picture in pictures],
        "width": job.width,
        "height": job.height,
        "infotexts": [picture.infotext for picture in pictures],
    }


def _message(job: Job, asked: Painted) -> dict[str, Any]:
    """RobotChat's Message around the request."""
    made = datetime.fromtimestamp(job.created_at, UTC).isoformat()
    request = _parameters(asked)
    return {
        "id": job.id,
        "createdAt": made,
        "updatedAt": made,
        "modelType": job.model or "",
        "messageType": IMAGE_MESSAGE if job.mode == "img2img" else TEXT_MESSAGE,
        "author": "user",
        "content": request,
        "metadata": {
            "errMsg": "",
            "errorCode": "",
            "robot": "ArtBot",
            "conversation": job.conversation_id or "",
            "customerId": job.client_sid or "",
            "requestData": request,
        },
    }


ROUTES = (
    Route(
        "POST",
        "/api/v1/art-bot/sd/txt2img",
        txt2img,
        "A1111's txt2img through the queue; waits for the pictures.",
        body=TextToImage,
        answer=PaintedAnswer,
    ),
    Route(
        "POST",
        "/api/v1/art-bot/sd/img2img",
        img2img,
        "A1111's img2img through the queue; waits for the pictures.",
        body=ImageToImage,
        answer=PaintedAnswer,
    ),
    Route(
        "POST",
        "/api/v1/art-bot/sd/chat/txt2img",
        chat_txt2img,
        "The same at once: answers with the job, the result goes to the callback and to /api/v1/jobs.",
        body=TextToImage,
        answer=QueuedAnswer,
    ),
    Route(
        "POST",
        "/api/v1/art-bot/sd/chat/img2img",
        chat_img2img,
        "The same at once, on a picture: answers with the job.",
        body=ImageToImage,
        answer=QueuedAnswer,
    ),
)
