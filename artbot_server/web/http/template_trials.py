"""Trying a template before it is saved: one order with the template written into it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from artbot_server.painting.orders import PaintOrder
from artbot_server.web.fields import Name, Prompt, Request, Text, Uuid
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.services import Services


class TrialOrder(Request):
    """`draft` is a template's file; `template` its name, empty for one that has none yet."""

    prompt: Prompt
    folder: Name
    draft: dict[str, Any]
    template: Annotated[Text, Field(max_length=128)] = ""
    job_id: Uuid | None = None


class TrialQueued(BaseModel):
    """Where the trial stands; its progress and pictures go to the session's sockets, and to `/api/v1/jobs/<job_id>`."""

    job_id: str
    position: int | None


def paint_trial(services: Services, call: Call) -> Answer:
    asked: TrialOrder = call.body
    job, position = services.queue.submit(call.session_id, PaintOrder(**asked.model_dump()))
    return {"job_id": job.id, "position": position}


ROUTES = (
    Route(
        "POST",
        "/api/v1/templates/trial",
        paint_trial,
        "Paint with a template that is not saved, to see what it does.",
        body=TrialOrder,
        answer=TrialQueued,
        operator=True,
    ),
)
