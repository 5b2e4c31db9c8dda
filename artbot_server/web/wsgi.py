"""The two halves of the edge as one WSGI application: Flask's routes, and Socket.IO in front of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface
from flask_socketio import SocketIO

from artbot_server.front.heads import marked
from artbot_server.web.access import same_site, visit_of
from artbot_server.web.http import ROUTES
from artbot_server.web.http.reference import reference
from artbot_server.web.http.routes import blueprint
from artbot_server.web.lane import take_lane
from artbot_server.web.packets import CheckedPacket, hang_up_on_garbage
from artbot_server.web.pages import FORM_BYTES, MOST_BODY_BYTES, guard, pages, secured
from artbot_server.web.prefix import below
from artbot_server.web.services import Services
from artbot_server.web.sockets import Sockets
from artbot_server.web.wire import OrJson

EVENT_BYTES = 1_000_000
"""Largest event from a client: Socket.IO's usual limit."""
PING_EVERY_S, PING_WAIT_S = 25, 20


def flask_app(services: Services) -> Flask:
    """Flask with every route and rule."""
    flask = Flask("artbot_server", static_folder=None)
    flask.session_interface = NoSessions()
    flask.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES
    flask.config["MAX_FORM_MEMORY_SIZE"] = FORM_BYTES
    guard(flask, services)
    flask.register_blueprint(pages(services))
    flask.register_blueprint(blueprint(services, ROUTES))
    flask.register_blueprint(reference(services, ROUTES))
    return flask


class NoSessions(SessionInterface):
    """Ours are `storage.sessions`; looking for Flask's in the cookies of each request would take longer than most answers."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        return self.make_null_session(app)


def number_sockets(socketio: SocketIO, number: int) -> None:
    """Have every sid end in the number of this process, by which the front knows whose it is."""
    engine = socketio.server.eio
    make = engine.generate_id
    engine.generate_id = lambda: marked(make(), number)


def open_sockets(socketio: SocketIO, flask: Flask, services: Services) -> None:
    """Put Socket.IO with every event in front of Flask."""
    settings = services.settings

    def origin_allowed(_origin: str | None, environ: Mapping[str, Any]) -> bool:
        return same_site(visit_of(environ, settings.trusted_proxies), settings.allowed_origins)

    socketio.init_app(
        flask,
        async_mode=settings.async_mode,
        json=OrJson,
        cors_allowed_origins=origin_allowed,
        manage_session=False,
        max_http_buffer_size=EVENT_BYTES,
        ping_interval=PING_EVERY_S,
        ping_timeout=PING_WAIT_S,
        http_compression=False,
        cors_credentials=False,
        serializer=CheckedPacket,
    )
    Sockets(socketio, services).register()
    hang_up_on_garbage(socketio.server)
    take_lane(socketio.server, settings.async_mode)
    flask.wsgi_app = below(secured(flask.wsgi_app), settings.prefix, settings.trusted_proxies)  # type: ignore[method-assign, assignment]
