"""A kept picture over HTTP: made larger, or varied. Both are jobs like any other."""

from __future__ import annotations

from artbot_server.web.fields import ClientSid, Request, Uuid
from artbot_server.web.http.records import JobRecord
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.ordering import require_own, upscaled
from artbot_server.web.requests import LargerPicture, PictureCount, Share
from artbot_server.web.services import Services


class Variations(Request):
    """How much other seeds are mixed into the picture's own, and how many variations are wanted."""

    strength: Share = 0.15
    count: PictureCount = 1
    job_id: Uuid | None = None
    client_sid: ClientSid | None = None


def upscale(services: Services, call: Call) -> Answer:
    asked: LargerPicture = call.body
    require_own(services, call.session_id, asked.conversation_id, asked.reply_id)
    job, _ = upscaled(services, call.session_id, call.path["image_id"], asked)
    return services.queue.record(job)


def vary(services: Services, call: Call) -> Answer:
    asked: Variations = call.body
    fields = asked.model_dump(exclude={"job_id"})
    job, _ = services.repeats.vary(call.session_id, image_id=call.path["image_id"], new_id=asked.job_id, **fields)
    return services.queue.record(job)


ROUTES = (
    Route(
        "POST",
        "/api/v1/images/<image_id>/upscale",
        upscale,
        "Make a picture larger: a job of mode `upscale`.",
        body=LargerPicture,
        answer=JobRecord,
        status=201,
    ),
    Route(
        "POST",
        "/api/v1/images/<image_id>/variations",
        vary,
        "Paint pictures that are nearly this one, which was painted here.",
        body=Variations,
        answer=JobRecord,
        status=201,
    ),
)
