"""The API's description and the page that shows it: Swagger UI from its package, so that it works without a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import orjson
from flask import Blueprint, Response, request, send_from_directory
from swagger_ui_bundle import swagger_ui_path

from artbot_server.web.http.openapi import document
from artbot_server.web.http.routes import Route
from artbot_server.web.services import Services

HOUR_S = 3_600


def reference(services: Services, routes: Sequence[Route]) -> Blueprint:
    """`/api/v1/openapi.json` and `/api/v1/docs` over a table of routes."""
    page = Blueprint("reference", __name__)
    described = _once(routes)

    @page.get("/api/v1/openapi.json")
    def openapi() -> Response:
        return Response(described(request.script_root or "/"), mimetype="application/json")

    @page.get("/api/v1/docs")
    def docs() -> Response:
        return send_from_directory(services.settings.static_dir, "api_docs.html", max_age=0)

    @page.get("/api/v1/docs/<any('swagger-ui.css', 'swagger-ui-bundle.js'):name>")
    def swagger(name: str) -> Response:
        return send_from_directory(swagger_ui_path, name, max_age=HOUR_S)

    return page


def _once(routes: Sequence[Route]) -> Callable[[str], bytes]:
    """The document is made when somebody first asks: a second that a start does not need."""

    @lru_cache(maxsize=8)
    def made(root: str) -> bytes:
        return orjson.dumps(document(routes, root))

    return made
