"""Backends over HTTP: what can be chosen, looking at their disks again, maps for ControlNet, pictures in words."""

from __future__ import annotations

from typing import get_args

from pydantic import Field

from artbot_server.sd.base import Refreshable
from artbot_server.web import requests as ask
from artbot_server.web.fields import OptionalName, Request
from artbot_server.web.http.records import BackendRecord, CaptionRecord, MapsRecord, OneBackendRecord, RosterRecord
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.looks import caption, maps
from artbot_server.web.services import Services


class RefreshBackend(Request):
    """`POST /api/v1/backend/refresh`."""

    lists: list[Refreshable] = Field(default_factory=lambda: list(get_args(Refreshable)))
    backend: OptionalName = None


def backend(services: Services, call: Call) -> Answer:
    return services.backend.offers()


def refresh(services: Services, call: Call) -> Answer:
    asked: RefreshBackend = call.body
    for name in [asked.backend] if asked.backend else services.backend.up():
        for each in asked.lists:
            services.backend.refresh(each, name)
    return services.backend.offers()


def roster(services: Services, call: Call) -> Answer:
    return {"backends": services.roster.records()}


def drain(services: Services, call: Call) -> Answer:
    return {"backend": services.roster.drain(call.path["name"])}


def resume(services: Services, call: Call) -> Answer:
    return {"backend": services.roster.resume(call.path["name"])}


def check(services: Services, call: Call) -> Answer:
    return {"backend": services.roster.check(call.path["name"])}


def interrogate(services: Services, call: Call) -> Answer:
    asked: ask.Interrogation = call.body
    return caption(services, call.session_id, call.path["image_id"], asked)


def detect(services: Services, call: Call) -> Answer:
    return maps(services, call.session_id, call.body)


ROUTES = (
    Route(
        "GET",
        "/api/v1/backend",
        backend,
        "What can be chosen: samplers, models, LoRAs and all other lists, over every backend that is up.",
        answer=BackendRecord,
    ),
    Route(
        "POST",
        "/api/v1/backend/refresh",
        refresh,
        "Have the backends look at their disks again; what can be chosen then.",
        body=RefreshBackend,
        answer=BackendRecord,
        operator=True,
    ),
    Route(
        "GET",
        "/api/v1/backends",
        roster,
        "Every backend that a worker named lately: whether it is up or drained, what it weighs and paints.",
        answer=RosterRecord,
        operator=True,
    ),
    Route(
        "POST",
        "/api/v1/backends/<name>/drain",
        drain,
        "Let a backend take no more jobs, until it is resumed; what it paints goes on.",
        answer=OneBackendRecord,
        operator=True,
    ),
    Route(
        "POST",
        "/api/v1/backends/<name>/resume",
        resume,
        "Let a drained backend take jobs again.",
        answer=OneBackendRecord,
        operator=True,
    ),
    Route(
        "POST",
        "/api/v1/backends/<name>/check",
        check,
        "Have a backend looked at now, when it is away and its next turn to be asked is far.",
        answer=OneBackendRecord,
        operator=True,
    ),
    Route(
        "POST",
        "/api/v1/images/<image_id>/interrogate",
        interrogate,
        "What is to be seen in a picture of this session, as words for a prompt.",
        body=ask.Interrogation,
        answer=CaptionRecord,
    ),
    Route(
        "POST",
        "/api/v1/controlnet/detect",
        detect,
        "A ControlNet module's map of a picture of this session, kept as a picture.",
        body=ask.Detect,
        answer=MapsRecord,
    ),
)
