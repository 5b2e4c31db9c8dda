"""Callbacks as their owners see them: what has been sent, what waits, what was given up; and the secret to check them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from artbot_server.callbacks.deliveries import delivery_json
from artbot_server.web.fields import Query
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.pages import require_operator
from artbot_server.web.services import Services


class Deliveries(Query):
    """Which page: `before` is the cursor of the page before it; `all` is for the operator."""

    before: Annotated[float, Field(ge=0)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    all: bool = False


class DeliveryRecord(BaseModel):
    """The `delivery` record; `url` is null where the server's own address was called."""

    delivery_id: str
    job_id: str
    url: str | None
    event: str
    state: str
    attempts: int
    next_at: float | None
    status: int | None
    error: str | None
    created_at: float
    ended_at: float | None


class DeliveryPage(BaseModel):
    """The newest first; `cursor` is null at the end."""

    deliveries: list[DeliveryRecord]
    cursor: float | None


class CallbackSecret(BaseModel):
    """What callbacks are signed with."""

    secret: str


def list_deliveries(services: Services, call: Call) -> Answer:
    asked: Deliveries = call.query
    if asked.all:
        require_operator(services, call.visit)
    owner = None if asked.all else call.session_id
    hidden = "" if asked.all else services.settings.callback_url
    found = services.deliveries.page(owner, before=asked.before, limit=asked.limit)
    return {
        "deliveries": [delivery_json(one, hidden) for one in found],
        "cursor": found[-1].created_at if len(found) == asked.limit else None,
    }


def show_secret(services: Services, _call: Call) -> Answer:
    return {"secret": services.callback_secret}


ROUTES = (
    Route(
        "GET",
        "/api/v1/deliveries",
        list_deliveries,
        "List the callbacks of the session's jobs, the newest first; with `all`, everybody's (operator).",
        query=Deliveries,
        answer=DeliveryPage,
    ),
    Route(
        "GET",
        "/api/v1/callback-secret",
        show_secret,
        "Show the secret that callbacks are signed with.",
        answer=CallbackSecret,
        operator=True,
    ),
)
