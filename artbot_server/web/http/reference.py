"""The API's description and the page that shows it: Swagger UI from its package, so that it works without a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import orjson
from flask import Blueprint, Response, g, send_from_directory
from swagger_ui_bundle import swagger_ui_path
from werkzeug.wrappers import Response as AnyResponse

from artbot_server.web.http.openapi import document
from artbot_server.web.http.routes import Route
from artbot_server.web.prefix import page_file
from artbot_server.web.services import Services

HOUR_S = 3_600
PREFIXES = 8
"""Ways to come here that are remembered: ours, and those of a few proxies."""


def reference(services: Services, routes: Sequence[Route]) -> Blueprint:
    """`/api/v1/openapi.json` and `/api/v1/docs` over a table of routes."""
    page = Blueprint("reference", __name__)
    described = _once(routes)

    @page.get("/api/v1/openapi.json")
    def openapi() -> Response:
        return Response(described(g.visit.prefix), mimetype="application/json")

    @page.get("/api/v1/docs")
    def docs() -> AnyResponse:
        return page_file(services.settings.static_dir, "api_docs.html", g.visit.prefix)

    @page.get("/api/v1/docs/<any('swagger-ui.css', 'swagger-ui-bundle.js'):name>")
    def swagger(name: str) -> Response:
        return send_from_directory(swagger_ui_path, name, max_age=HOUR_S)

    return page


def _once(routes: Sequence[Route]) -> Callable[[str], bytes]:
    """The document is made when somebody first asks: a second that a start does not need."""

    @lru_cache(maxsize=PREFIXES)
    def made(prefix: str) -> bytes:
        return orjson.dumps(document(routes, prefix or "/"))

    return made
