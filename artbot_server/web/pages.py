"""The page, the pictures, health and figures: everything a browser or a monitor gets, and who may get it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, Flask, Response, g, jsonify, redirect, request, send_file, send_from_directory
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from artbot_server import __version__
from artbot_server.errors import ArtbotError, BadRequest, NotAllowed, NotFound, TooLarge
from artbot_server.painting.pictures import EXTENSIONS, StoredPicture
from artbot_server.web.access import ACCESS_COOKIE, OPERATOR_COOKIE, SESSION_COOKIE, Visit, same_site, visit_of
from artbot_server.web.prefix import page_file
from artbot_server.web.services import UPLOAD_BYTES, Services
from artbot_server.web.serving import WsgiApp
from artbot_server.web.template_records import picture_of

CSP = (
    "default-src 'self'; img-src 'self' blob: data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = (
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
)
FORM_BYTES = 1_000_000
"""Most bytes of a form's text fields."""
MOST_BODY_BYTES = UPLOAD_BYTES + FORM_BYTES
SESSION_HEADER = "X-Artbot-Session"
ALLOWED_HEADERS = "Authorization, Content-Type, X-Artbot-Access, X-Artbot-Operator"
"""What pages of allowed origins may send; cookies stay out of it."""
YEAR_S = 31_536_000
HOUR_S = 3_600
TAKEN_BACK = "This link was taken back, or is not whole.\n这个链接已收回，或者不完整。\n"
OPEN_PATHS = ("/healthz", "/ping", "/static/", "/images/", "/shared/", "/operator", "/metrics", "/template_picture")
"""Served without an access key: nothing of anybody's, or guarded by its own signature or key."""
PAGES = {"/": "index.html", "/templates": "templates.html"}
"""Pages for people: without an access key they ask for it, and they set the session's cookie."""
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


def guard(app: Flask, services: Services) -> None:
    """Set the rules that hold for every route: access, foreign origins, headers, errors as JSON."""

    @app.before_request
    def before() -> AnyResponse | None:
        g.visit = visit_of(request.environ, services.settings.trusted_proxies)
        if request.method in CHANGING and not same_site(g.visit, services.settings.allowed_origins):
            raise NotAllowed("Requests from another site are refused; see ARTBOT_ALLOWED_ORIGINS.", field="Origin")
        asks_leave = request.method == "OPTIONS"  # a browser's question before the request, which carries no key
        if asks_leave or request.path.startswith(OPEN_PATHS) or services.door.may_enter(g.visit):
            return None
        if request.path in PAGES:
            response = page_file(services.settings.static_dir, "access.html", g.visit.prefix)
            response.status_code = 403
            return response
        raise NotAllowed("This server wants an access key (X-Artbot-Access).", field="access")

    @app.after_request
    def after(response: Response) -> Response:
        allowed = services.settings.allowed_origins
        if allowed:
            response.vary.add("Origin")
        if g.visit.origin is not None and ("*" in allowed or g.visit.origin in allowed):
            response.headers["Access-Control-Allow-Origin"] = g.visit.origin
            response.headers["Access-Control-Expose-Headers"] = SESSION_HEADER
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
                response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
        return response

    @app.errorhandler(ArtbotError)
    def artbot_error(error: ArtbotError) -> tuple[Response, int]:
        return jsonify(ok=False, error=error.as_json()), error.status

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> AnyResponse:
        response = error.get_response(request.environ)  # keeps its headers, such as Allow
        response.set_data(jsonify(ok=False, error=_told(error).as_json()).get_data())
        response.content_type = "application/json"
        return response


def _told(error: HTTPException) -> ArtbotError:
    """Flask's own errors with the codes of docs/protocol.md."""
    if error.code == 404:
        return NotFound("There is nothing at this address.")
    if error.code == 413:
        over = (request.content_length or 0) > MOST_BODY_BYTES
        limit = {"field": "image", "limit": UPLOAD_BYTES} if over else {"limit": FORM_BYTES}
        return TooLarge("The request is larger than this server takes.", **limit)
    if (error.code or 500) < 500:
        return BadRequest(f"{error.name}.")
    return ArtbotError("The server failed; it is in its log.")


def secured(app: WsgiApp) -> WsgiApp:
    """Add to every response, also Socket.IO's own, the headers that keep a browser from being misled."""

    def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, *SECURITY_HEADERS], *rest)

        return app(environ, start)

    return wrapped


def pages(services: Services) -> Blueprint:
    """All routes but the API's."""
    page = Blueprint("pages", __name__)
    static = services.settings.static_dir

    @page.get("/")
    @page.get("/templates")
    def index() -> AnyResponse:
        if "access" in request.args:
            response: AnyResponse = redirect(g.visit.prefix + request.path)
            set_cookie(response, ACCESS_COOKIE, services.door.access_cookie())
            return response
        response = page_file(static, PAGES[request.path], g.visit.prefix)
        set_cookie(response, SESSION_COOKIE, services.door.session_or_new(g.visit)[1])
        return response

    @page.get("/static/<path:name>")
    def static_file(name: str) -> AnyResponse:
        return send_from_directory(static, name, max_age=_static_age(name))

    @page.get("/template_picture")
    def template_picture() -> AnyResponse:
        path = picture_of(services.templates.current(), request.args.get("folder", ""), request.args.get("template"))
        if path is None:
            raise NotFound("There is no such template picture.", field="template")
        return send_file(path, mimetype="image/webp", max_age=YEAR_S)

    @page.get("/images/<picture_id>", defaults={"variant": "original"})
    @page.get("/images/<picture_id>/<any(thumbnail):variant>")
    def image(picture_id: str, variant: str) -> AnyResponse:
        signature = request.args.get("sig", "")
        if services.door.signer.matches("picture", f"{picture_id}/{variant}", signature):
            return _picture(services, services.pictures.by_id(picture_id), variant, "private")
        known = services.door.session_of(g.visit)
        if known is None or not services.door.may_enter(g.visit):
            raise NotFound("There is no such picture.")
        return _picture(services, services.pictures.get(picture_id, known[0]), variant, "private")

    @page.get("/shared/<token>")
    def shared(token: str) -> AnyResponse:
        try:
            return _picture(services, services.pictures.shared(token), "original", "no-cache, private")
        except NotFound:
            if request.accept_mimetypes.best == "text/html":  # somebody followed the link in a browser
                return Response(TAKEN_BACK, 404, mimetype="text/plain")
            raise

    @page.get("/healthz")
    def health() -> Response:
        server = services.server_json()
        return jsonify(ok=True, version=__version__, worker=server["worker"])

    @page.get("/metrics")
    def metrics() -> Response:
        require_operator(services, g.visit)
        return Response(services.metrics.text(), mimetype="text/plain; version=0.0.4")

    @page.get("/operator")
    def operator_form() -> AnyResponse:
        return page_file(static, "operator.html", g.visit.prefix)

    @page.post("/operator")
    def operator_login() -> AnyResponse:
        require_operator(services, g.visit, request.form.get("key", ""))
        to = "/templates" if request.args.get("to") == "templates" else "/metrics"
        response: AnyResponse = redirect(g.visit.prefix + to, 303)
        if services.door.operator_key:
            set_cookie(response, OPERATOR_COOKIE, services.door.operator_cookie())
        return response

    return page


def _static_age(name: str) -> int:
    """Icons are asked for again by each new sheet, also when the network is away."""
    if name.startswith("vendor/"):
        return YEAR_S
    return HOUR_S if name.endswith(".svg") else 0


def require_operator(services: Services, visit: Visit, key: str | None = None) -> None:
    """Raise NotAllowed unless the visitor runs this server."""
    if not services.door.may_operate(visit, key):
        raise NotAllowed("This is for whoever runs the server (X-Artbot-Operator).", field="operator")


def set_cookie(response: AnyResponse, name: str, value: str) -> None:
    """A cookie that scripts and other sites cannot use, for a year."""
    secure = g.visit.scheme == "https"
    path = g.visit.prefix + "/"
    response.set_cookie(name, value, max_age=YEAR_S, path=path, httponly=True, samesite="Lax", secure=secure)


def _picture(services: Services, picture: StoredPicture, variant: Any, cache: str) -> AnyResponse:
    try:
        data = services.pictures.read(picture, variant)
    except NotFound:
        raise NotFound("There is no such picture.") from None
    mime = "image/webp" if variant == "thumbnail" else picture.mime
    name = f"art-bot-{picture.seed if picture.seed is not None else picture.id}.{EXTENSIONS[mime]}"
    etag = f"{picture.id}-{variant}"
    response = send_file(io.BytesIO(data), mimetype=mime, conditional=True, etag=etag, download_name=name)
    response.headers["Cache-Control"] = f"{cache}, max-age={YEAR_S}, immutable" if cache == "private" else cache
    return response
