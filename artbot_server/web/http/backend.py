"""Backends over HTTP: what can be chosen, looking at their disks again, maps for ControlNet, pictures in words."""

from __future__ import annotations

from typing import get_args

from pydantic import Field

from artbot_server.sd.base import Refreshable
from artbot_server.web import requests as ask
from artbot_server.web.fields import OptionalName, Request
from artbot_server.web.http.records import BackendRecord, CaptionRecord, MapsRecord
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
