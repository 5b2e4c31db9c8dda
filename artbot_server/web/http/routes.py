"""What a route of the HTTP API is, and how a table of them is put on Flask.

A route's function checks, calls a service and answers; errors become JSON in `web/pages`, the same as on the socket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from flask import Blueprint, Response, g, jsonify, request
from pydantic import BaseModel

from artbot_server.errors import BadRequest, NotFound
from artbot_server.web.access import Visit
from artbot_server.web.fields import Request, parse
from artbot_server.web.pages import SESSION_HEADER, require_operator
from artbot_server.web.prefix import prefixed
from artbot_server.web.services import UPLOAD_BYTES, Services

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Answer = Mapping[str, Any] | Response


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a route, checked.

    Attributes:
        session_id, token: the caller's session; a new one where none was named, told in the header X-Artbot-Session.
        is_new: the session was made for this call, so only `visit.address` tells who it is.
        body, query: what the route's `body` and `query` made of it, None where the route has none.
        path: the values in its address, by name.
    """

    session_id: str
    token: str
    is_new: bool
    visit: Visit
    body: Any = None
    query: Any = None
    path: Mapping[str, str] = field(default_factory=dict)

    def file(self, name: str) -> bytes:
        """The bytes of a form's file. Raises BadRequest when there is none."""
        sent = request.files.get(name)
        if sent is None:
            raise BadRequest(f"The form field {name} must hold a file.", field=name, allowed="a file")
        data = sent.stream.read(UPLOAD_BYTES + 1)
        if not data:
            raise BadRequest(f"The file in the form field {name} is empty.", field=name, allowed="a file")
        return data

    def has_file(self, name: str) -> bool:
        """Whether a form came with this file."""
        return name in request.files


Act = Callable[[Services, Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of a table of routes.

    Attributes:
        path: in Flask's notation, `/api/v1/jobs/<job_id>`.
        about: one sentence for whoever reads the API's page.
        body, query: typed requests; a body is JSON, or a form's fields where `files` are named or `form` is set (JSON is
            then taken as well, from who has no file to send).
        answer: the shape of the JSON that comes back, without `ok`.
        status: of an answer that is no Response.
        operator: only for whoever runs the server.
        files: names of files in a form.
        also: other media types it may answer with, `text/event-stream` or `application/zip`.
    """

    method: Method
    path: str
    act: Act
    about: str
    body: type[Request] | None = None
    query: type[Request] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    operator: bool = False
    files: tuple[str, ...] = ()
    form: bool = False
    also: tuple[str, ...] = ()


def blueprint(services: Services, routes: Iterable[Route]) -> Blueprint:
    """Every route of the table, on one blueprint."""
    api = Blueprint("http", __name__)
    for route in routes:
        name = f"{route.method}{route.path}".replace(".", "_")
        api.add_url_rule(route.path, name, _view(services, route), methods=[route.method])
    return api


def _view(services: Services, route: Route) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        if route.operator:
            require_operator(services, g.visit)
        call = _call(services, route, path)
        answer = route.act(services, call)
        if not isinstance(answer, Response):
            answer = jsonify(ok=True, **prefixed(answer, call.visit.prefix))
            answer.status_code = route.status
        if call.is_new:
            answer.headers[SESSION_HEADER] = call.token
        return answer

    return view


def _call(services: Services, route: Route, path: Mapping[str, str]) -> Call:
    if any("\0" in value for value in path.values()):  # which no database takes
        raise NotFound("There is nothing at this address.")
    known = services.door.session_of(g.visit)
    session_id, token = known or services.door.session_or_new(g.visit)
    return Call(
        session_id=session_id,
        token=token,
        is_new=known is None,
        visit=g.visit,
        body=parse(route.body, _sent(route)) if route.body else None,
        query=parse(route.query, request.args.to_dict()) if route.query else None,
        path=path,
    )


def _sent(route: Route) -> Any:
    """The JSON of the request, or its form's fields without those left empty."""
    if (route.files or route.form) and not request.is_json:
        return {name: value.strip() for name, value in request.form.items() if value.strip()}
    data = request.get_data()  # before Flask could take it for a form: curl says so of all it sends
    try:
        sent = orjson.loads(data) if data else {}
    except orjson.JSONDecodeError:
        sent = None
    if sent is None:
        raise BadRequest("The request's body must be JSON.", field="", allowed="a JSON object")
    return sent
