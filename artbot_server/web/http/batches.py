"""Batches over HTTP: order one, look it up, cancel it."""

from __future__ import annotations

from artbot_server.web.batch_requests import GenerateBatch, batch_ordered
from artbot_server.web.http.batch_records import BatchList, BatchRecord, NewBatch
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.services import Services


def create(services: Services, call: Call) -> Answer:
    if call.is_new:  # a new session each time: only the address tells who it is
        services.chat_limit.count(call.visit.address)
    return batch_ordered(services, call.session_id, call.body)


def newest(services: Services, call: Call) -> Answer:
    return {"batches": services.batches.records(call.session_id)}


def one(services: Services, call: Call) -> Answer:
    return services.batches.record(call.session_id, call.path["batch_id"])


def cancel(services: Services, call: Call) -> Answer:
    return services.batches.cancel(call.session_id, call.path["batch_id"])


ROUTES = (
    Route(
        "POST",
        "/api/v1/batches",
        create,
        "Have many pictures painted with one prompt: folders, templates, rounds and repeats; answers at once.",
        body=GenerateBatch,
        answer=NewBatch,
        status=202,
    ),
    Route("GET", "/api/v1/batches", newest, "The newest batches of the session.", answer=BatchList),
    Route("GET", "/api/v1/batches/<batch_id>", one, "A batch, its items and its grids.", answer=BatchRecord),
    Route(
        "DELETE",
        "/api/v1/batches/<batch_id>",
        cancel,
        "Cancel all of a batch that has not ended; its grids are made of what was painted.",
        answer=BatchRecord,
    ),
)
