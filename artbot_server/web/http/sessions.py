"""Sessions over HTTP: a new one, for callers that keep its token themselves."""

from __future__ import annotations

from artbot_server.web.http.records import SessionRecord
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.services import Services


def create(services: Services, call: Call) -> Answer:
    session_id, token = (call.session_id, call.token) if call.is_new else services.door.new_session()
    return {"session_id": session_id, "token": token}


ROUTES = (
    Route(
        "POST",
        "/api/v1/sessions",
        create,
        "Begin a session; its token goes into `Authorization: Bearer` from then on.",
        answer=SessionRecord,
        status=201,
    ),
)
