"""Jobs over HTTP: order one, look it up or wait for it, cancel it, have it painted again."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

from pydantic import Field

from artbot_server.errors import Unavailable
from artbot_server.painting.jobs import Job
from artbot_server.web.fields import Query, Request, Uuid
from artbot_server.web.http.cursors import Page, cursor_of
from artbot_server.web.http.records import JobPage, JobRecord
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.http.waiting import a_place_to_wait
from artbot_server.web.ordering import ordered
from artbot_server.web.requests import Generate
from artbot_server.web.services import Services

LONGEST_WAIT_S = 60.0
"""Shorter than the proxies' usual patience; who wants to wait longer asks again."""


class NewJob(Generate):
    """`generate`; pictures inside it are base64."""

    image: str | None = None
    mask: str | None = None


class OneJob(Query):
    """How long to wait for the job's end, in seconds; it is told as it then is."""

    wait: Annotated[float, Field(ge=0, le=LONGEST_WAIT_S)] = 0.0


class Again(Request):
    """What is to be different this time; without a seed there is a new one."""

    seed: int | None = None
    overrides: dict[str, Any] = Field(default_factory=dict, max_length=64)
    job_id: Uuid | None = None


def create(services: Services, call: Call) -> Answer:
    if call.is_new:
        services.chat_limit.count(call.visit.address)
    return services.queue.record(ordered(services, call.session_id, call.body)[0])


def page(services: Services, call: Call) -> Answer:
    asked: Page = call.query
    found = services.jobs.page(call.session_id, before=asked.place, limit=asked.limit)
    more = len(found) == asked.limit
    return {
        "jobs": services.queue.records_of(found),
        "cursor": cursor_of(found[-1].created_at, found[-1].id) if more else None,
    }


def one(services: Services, call: Call) -> Answer:
    asked: OneJob = call.query
    job = _own(services, call)
    if asked.wait and not job.ended:
        with a_place_to_wait(), suppress(Unavailable):  # not ended yet: then it is told as it is
            services.queue.wait(call.session_id, job.id, asked.wait)
        job = _own(services, call)
    return services.queue.record(job)


def cancel(services: Services, call: Call) -> Answer:
    return services.queue.record(services.queue.cancel(call.session_id, call.path["job_id"]))


def again(services: Services, call: Call) -> Answer:
    asked: Again = call.body
    changes = asked.overrides if asked.seed is None else {**asked.overrides, "seed": asked.seed}
    job, _ = services.repeats.again(call.session_id, call.path["job_id"], changes, new_id=asked.job_id)
    return services.queue.record(job)


def _own(services: Services, call: Call) -> Job:
    return services.jobs.get(call.path["job_id"], call.session_id)


ROUTES = (
    Route(
        "POST",
        "/api/v1/jobs",
        create,
        "Queue a prompt with a template; the same `job_id` again gives the first job again.",
        body=NewJob,
        answer=JobRecord,
        status=201,
    ),
    Route("GET", "/api/v1/jobs", page, "The session's jobs, the newest first.", query=Page, answer=JobPage),
    Route(
        "GET",
        "/api/v1/jobs/<job_id>",
        one,
        "One job, at once or when it has ended or `wait` seconds are over.",
        query=OneJob,
        answer=JobRecord,
    ),
    Route(
        "DELETE",
        "/api/v1/jobs/<job_id>",
        cancel,
        "Cancel a job; one that runs is interrupted and ends a moment later.",
        answer=JobRecord,
    ),
    Route(
        "POST",
        "/api/v1/jobs/<job_id>/again",
        again,
        "Have the same painted again with a new seed, or with changes.",
        body=Again,
        answer=JobRecord,
        status=201,
    ),
)
