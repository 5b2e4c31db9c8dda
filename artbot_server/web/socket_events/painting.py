"""Events of painting: ordering and cancelling jobs, and the templates to choose from."""

from __future__ import annotations

from artbot_server.painting.jobs import Job
from artbot_server.web import requests as ask
from artbot_server.web.audience import Member
from artbot_server.web.ordering import ordered, require_own, upscaled
from artbot_server.web.services import Services
from artbot_server.web.socket_events.table import Ack, EventHandler
from artbot_server.web.template_records import templates_json


def generate(services: Services, member: Member, asked: ask.Generate) -> Ack:
    return _placed(ordered(services, member.session_id, asked))


def upscale(services: Services, member: Member, asked: ask.Upscale) -> Ack:
    require_own(services, member.session_id, asked.conversation_id, asked.reply_id)
    return _placed(upscaled(services, member.session_id, asked.image_id, asked))


def vary(services: Services, member: Member, asked: ask.Vary) -> Ack:
    require_own(services, member.session_id, asked.conversation_id, asked.reply_id)
    fields = asked.model_dump()
    fields["new_id" if asked.image_id else "job_id"] = fields.pop("job_id")
    return _placed(services.repeats.vary(member.session_id, **fields))


def again(services: Services, member: Member, asked: ask.PaintAgain) -> Ack:
    changes = asked.overrides if asked.seed is None else {**asked.overrides, "seed": asked.seed}
    beside = {"new_id": asked.new_job_id, "client_sid": asked.client_sid}
    return _placed(services.repeats.again(member.session_id, asked.job_id, changes, **beside))


def _placed(placed: tuple[Job, int | None]) -> Ack:
    job, position = placed
    return {"job_id": job.id, "position": position}


def cancel_job(services: Services, member: Member, asked: ask.CancelJob) -> Ack:
    return {"state": services.queue.cancel(member.session_id, asked.job_id).state.value}


def jobs(services: Services, member: Member, asked: ask.JobsById) -> Ack:
    return {"jobs": services.queue.records_of_ids(member.session_id, asked.job_ids)}


def templates(services: Services, member: Member, asked: ask.Nothing) -> Ack:
    return templates_json(services.templates.current(), services.queue.abilities())


EVENTS = (
    EventHandler("generate", ask.Generate, generate),
    EventHandler("upscale", ask.Upscale, upscale),
    EventHandler("vary", ask.Vary, vary),
    EventHandler("again", ask.PaintAgain, again),
    EventHandler("cancel_job", ask.CancelJob, cancel_job),
    EventHandler("jobs", ask.JobsById, jobs),
    EventHandler("templates", ask.Nothing, templates),
)
