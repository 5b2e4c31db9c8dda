"""Events of backends: what can be chosen, a picture in words, a ControlNet module's map of one."""

from __future__ import annotations

from artbot_server.web import requests as ask
from artbot_server.web.audience import Member
from artbot_server.web.looks import caption, maps
from artbot_server.web.services import Services
from artbot_server.web.socket_events.table import Ack, EventHandler


def backend(services: Services, member: Member, asked: ask.Nothing) -> Ack:
    return services.backend.offers()


def interrogate(services: Services, member: Member, asked: ask.Interrogate) -> Ack:
    return caption(services, member.session_id, asked.image_id, asked)


def detect(services: Services, member: Member, asked: ask.Detect) -> Ack:
    return maps(services, member.session_id, asked)


EVENTS = (
    EventHandler("backend", ask.Nothing, backend),
    EventHandler("interrogate", ask.Interrogate, interrogate),
    EventHandler("detect", ask.Detect, detect),
)
