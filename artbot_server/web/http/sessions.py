"""Sessions over HTTP: a new one, and one's own: what it holds, all of it as a file, its end.

There is no list of sessions: who knows one's token is that person.
"""

from __future__ import annotations

from flask import Response

from artbot_server.web.http.conversation_records import Deleted
from artbot_server.web.http.records import OneSession, SessionExport, SessionRecord
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.services import Services


def create(services: Services, call: Call) -> Answer:
    session_id, token = (call.session_id, call.token) if call.is_new else services.door.new_session()
    return {"session_id": session_id, "token": token}


def get(services: Services, call: Call) -> Answer:
    return {"session": services.sessions.record(call.session_id)}


def export(services: Services, call: Call) -> Answer:
    response = Response(services.sessions.export(call.session_id), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename="session.json")
    return response


def delete(services: Services, call: Call) -> Answer:
    services.sessions.delete(call.session_id)
    return {"deleted": True}


_OWN = "/api/v1/sessions/current"

ROUTES = (
    Route(
        "POST",
        "/api/v1/sessions",
        create,
        "Begin a session; its token goes into `Authorization: Bearer` from then on.",
        answer=SessionRecord,
        status=201,
    ),
    Route("GET", _OWN, get, "The caller's session and how much it holds.", answer=OneSession),
    Route("DELETE", _OWN, delete, "Delete everything of the caller's session, for good.", answer=Deleted),
    Route("GET", f"{_OWN}/export", export, "Everything said and ordered in it as one JSON file.", answer=SessionExport),
)
