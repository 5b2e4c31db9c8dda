"""From a body of RobotChat's ArtBot routes to a job in the queue: which session, model and pictures it means."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping
from typing import Any

from artbot_server.errors import BadRequest, NotAllowed, NotFound
from artbot_server.painting.jobs import Job
from artbot_server.painting.merge import Merged
from artbot_server.painting.models import find_model
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.overrides import RULES
from artbot_server.painting.raw_orders import merge_raw, other_scripts, with_placeholders
from artbot_server.sd.base import Abilities, Mode
from artbot_server.web.http.art_bot_bodies import Painted
from artbot_server.web.http.routes import Call
from artbot_server.web.http.waiting import BASE64_STEP, named_as
from artbot_server.web.ordering import require_own
from artbot_server.web.services import Services

BASE64_TEXT_STEP = BASE64_STEP // 3 * 4


def queued(services: Services, call: Call, mode: Mode) -> Job:
    """The job of a body; the same `jobId` again gives the first one.

    Raises:
        BadRequest: a field is out of range or a name unknown; those in A1111's body are named `overrides.<name>`.
        NotFound: the session or conversation is not the caller's.
        NotAllowed: it wants a script to run, and the caller does not run the server.
    """
    asked: Painted = call.body
    session_id = _session(services, call, asked.sessionId)
    if call.is_new and session_id == call.session_id:
        services.chat_limit.count(call.visit.address)
    if asked.jobId is not None and services.queue.knows(session_id, asked.jobId):
        return services.jobs.get(asked.jobId, session_id)
    require_own(services, session_id, asked.conversationId)
    body = asked.body()
    if (scripts := other_scripts(body)) and not services.door.may_operate(call.visit):
        message = "Scripts besides ControlNet are for whoever runs the server (X-Artbot-Operator)."
        raise NotAllowed(message, field="script_name", scripts=scripts)
    order = PaintOrder(
        prompt=asked.prompt,
        negative_prompt=asked.negative_prompt,
        folder="",
        template="",
        overrides={name: value for name, value in body.items() if name in RULES and value is not None},
        job_id=asked.jobId,
        conversation_id=asked.conversationId,
        callback_url=asked.callback_url,
        **_payload(services, session_id, mode, body, asked.sd_model_hash),
    )
    return services.queue.submit(session_id, order)[0]


def _payload(
    services: Services, session_id: str, mode: Mode, body: Mapping[str, Any], model_hash: str | None
) -> dict[str, Any]:
    """The fields of the order that hold the payload. Pictures are kept only once all else is known to be right."""
    abilities = services.queue.abilities()
    model = _model(model_hash, abilities)
    merge_raw(mode, with_placeholders(body, lambda _field, _image: ""), abilities, model)

    def keep(field: str, image: str) -> str:
        services.upload_limit.count(session_id)
        with named_as(lambda _ours: field):
            return services.keep_upload(session_id, "mask" if field == "mask" else "image", decoded(field, image)).id

    merged = merge_raw(mode, with_placeholders(body, keep), abilities, model)
    return {"payload": merged, "image_id": _picture_id(merged, "init_images"), "mask_id": _picture_id(merged, "mask")}


def _picture_id(merged: Merged, name: str) -> str | None:
    found = merged.fields.get(name)
    found = found[0] if isinstance(found, list) else found
    return found["artbot_image"] if found else None


def _session(services: Services, call: Call, named: str | None) -> str:
    """The caller's session; `sessionId` may hold a session's token, or the id of the one it is in anyway."""
    if not named or named == call.session_id:
        return call.session_id
    session_id = services.door.signer.session_of(named)
    if session_id is None:
        raise NotFound("There is no such session.", field="sessionId")
    return session_id


def _model(model_hash: str | None, abilities: Abilities) -> str | None:
    """The checkpoint of that hash (or name), None where it is the only one or none was asked for."""
    if model_hash is None:
        return None
    name = find_model(model_hash, abilities, field="sd_model_hash")
    return None if abilities.models == (name,) else name


def decoded(field: str, image: str) -> bytes:
    """The bytes of base64, with or without a data URL's head, piece by piece. Raises BadRequest that names the field."""
    head, comma, _ = image[:200].partition(",")
    start = len(head) + 1 if comma and head.startswith("data:") else 0
    pieces = []
    try:
        for at in range(start, len(image), BASE64_TEXT_STEP):
            pieces.append(base64.b64decode(image[at : at + BASE64_TEXT_STEP], validate=True))
            time.sleep(0)
    except (binascii.Error, ValueError):
        raise BadRequest(f"The field {field} must be a picture as base64.", field=field, allowed="base64") from None
    return b"".join(pieces)
