"""Events of painting: ordering and cancelling jobs, and the templates to choose from."""

from __future__ import annotations

from artbot_server.errors import NotFound
from artbot_server.painting.orders import PaintOrder
from artbot_server.web import requests as ask
from artbot_server.web.audience import Member
from artbot_server.web.fields import picture_bytes
from artbot_server.web.services import Services
from artbot_server.web.socket_events.table import Ack, EventHandler
from artbot_server.web.template_records import templates_json


def generate(services: Services, member: Member, asked: ask.Generate) -> Ack:
    fields = asked.model_dump(exclude={"image", "mask"})
    _require_own(services, member, asked)
    known = asked.job_id is not None and services.queue.knows(member.session_id, asked.job_id)
    for name in ("image", "mask"):
        sent = getattr(asked, name)
        if sent is not None and not known:
            services.upload_limit.count(member.session_id)
            fields[f"{name}_id"] = services.keep_upload(member.session_id, name, picture_bytes(name, sent)).id
    job, position = services.queue.submit(member.session_id, PaintOrder(**fields))
    return {"job_id": job.id, "position": position}


def _require_own(services: Services, member: Member, asked: ask.Generate) -> None:
    """A job may be shown only beside what is its own session's."""
    store = services.conversations
    if asked.conversation_id is not None:
        store.get(member.session_id, asked.conversation_id)
    if asked.reply_id is not None and store.message(member.session_id, asked.reply_id) is None:
        raise NotFound("There is no such reply in this session.", field="reply_id")


def cancel_job(services: Services, member: Member, asked: ask.CancelJob) -> Ack:
    return {"state": services.queue.cancel(member.session_id, asked.job_id).state.value}


def templates(services: Services, member: Member, asked: ask.Nothing) -> Ack:
    return templates_json(services.templates.current(), services.queue.abilities())


EVENTS = (
    EventHandler("generate", ask.Generate, generate),
    EventHandler("cancel_job", ask.CancelJob, cancel_job),
    EventHandler("templates", ask.Nothing, templates),
)
