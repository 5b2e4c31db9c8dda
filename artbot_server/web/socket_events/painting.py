"""Events of painting: ordering and cancelling jobs, and the templates to choose from."""

from __future__ import annotations

from artbot_server.web import requests as ask
from artbot_server.web.audience import Member
from artbot_server.web.ordering import ordered
from artbot_server.web.services import Services
from artbot_server.web.socket_events.table import Ack, EventHandler
from artbot_server.web.template_records import templates_json


def generate(services: Services, member: Member, asked: ask.Generate) -> Ack:
    job, position = ordered(services, member.session_id, asked)
    return {"job_id": job.id, "position": position}


def cancel_job(services: Services, member: Member, asked: ask.CancelJob) -> Ack:
    return {"state": services.queue.cancel(member.session_id, asked.job_id).state.value}


def templates(services: Services, member: Member, asked: ask.Nothing) -> Ack:
    return templates_json(services.templates.current(), services.queue.abilities())


EVENTS = (
    EventHandler("generate", ask.Generate, generate),
    EventHandler("cancel_job", ask.CancelJob, cancel_job),
    EventHandler("templates", ask.Nothing, templates),
)
