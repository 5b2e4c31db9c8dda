"""The life of a socket: it is taken or refused, welcomed with a snapshot, its events are answered, it leaves.

What each event does is in the tables of `socket_events/`; nothing is decided here. Errors of every kind become
`{ok: false, error}` in the ack.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from flask import request
from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError

from artbot_server.errors import ArtbotError, NotAllowed
from artbot_server.events import SessionSnapshot
from artbot_server.web.access import SESSION_COOKIE, same_site, visit_of
from artbot_server.web.audience import Member
from artbot_server.web.fields import parse
from artbot_server.web.outbox import Outbox
from artbot_server.web.prefix import prefixed
from artbot_server.web.requests import ConnectAuth
from artbot_server.web.services import Services
from artbot_server.web.snapshot import session_snapshot
from artbot_server.web.socket_events import EVENTS
from artbot_server.web.socket_events.table import Ack, EventHandler
from artbot_server.web.socket_wire import Below, SocketWire

log = structlog.get_logger()

HANDSHAKE_S = 5.0


class Sockets:
    """All socket events of one server."""

    def __init__(self, socketio: SocketIO, services: Services) -> None:
        self._socketio = socketio
        self._services = services
        self._below = Below(socketio, services.pictures, services.metrics)

    def register(self) -> None:
        """Enter every event, once there is a server.

        Connecting needs Flask's request. The others need nothing of it, and making one costs as much as saving a message:
        they are entered in the table below Flask-SocketIO's.
        """
        self._socketio.on_event("connect", self._connect)
        self._socketio.on_event("disconnect", self._disconnect)
        for handler in EVENTS:
            self._socketio.server.on(handler.name, self._answering(handler))

    # Lifecycle

    def _connect(self, auth: Any = None) -> None:
        """Refuse or take a client. Nothing but ConnectionRefusedError may leave: a TypeError would call this again."""
        try:
            self._take(parse(ConnectAuth, auth), request.sid, request.environ)  # type: ignore[attr-defined]
        except ArtbotError as error:
            raise ConnectionRefusedError(error.message, error.as_json()) from None
        except Exception:
            log.exception("a connection failed")
            raise ConnectionRefusedError("The server failed.", ArtbotError("The server failed.").as_json()) from None

    def _take(self, auth: ConnectAuth, sid: str, environ: dict[str, Any]) -> None:
        services = self._services
        visit = visit_of(environ, services.settings.trusted_proxies)
        if not same_site(visit, services.settings.allowed_origins):
            raise NotAllowed("Pages of another site are refused; see ARTBOT_ALLOWED_ORIGINS.", field="Origin")
        if not services.door.may_enter(visit, auth.access):
            raise NotAllowed("This server wants an access key.", field="access")
        session_id, token = services.door.session_or_new(visit, auth.session)
        from_cookie = token == visit.cookies.get(SESSION_COOKIE)
        member = Member(
            sid,
            session_id,
            auth.images,
            Outbox(SocketWire(self._below, sid, auth.images, visit.prefix)),
            visit.address,
            visit.prefix,
            None if from_cookie else token,
            services.door.may_operate(visit),
        )
        services.audience.join(member)
        self._socketio.start_background_task(self._welcome, member)

    def _welcome(self, member: Member) -> None:
        """Send the snapshot first, once the handshake is over (what is emitted during it comes before it)."""
        until = time.monotonic() + HANDSHAKE_S
        while not self._socketio.server.manager.is_connected(member.sid, "/"):
            if time.monotonic() > until or self._services.audience.member(member.sid) is None:
                return
            time.sleep(0.002)
        try:
            snapshot = session_snapshot(self._services, member.session_id, member.token, member.operator)
        except ArtbotError as error:
            log.warning("no snapshot could be made", error=error.error_code)
            self._socketio.server.disconnect(member.sid)
            return
        member.outbox.release(SessionSnapshot(snapshot))

    def _disconnect(self, *_: Any) -> None:
        self._services.audience.leave(request.sid)  # type: ignore[attr-defined]

    def _answering(self, handler: EventHandler) -> Callable[..., Ack]:
        """Run a handler; whatever happens, the client gets an answer."""

        def answer(sid: str, data: Any = None, *_: Any) -> Ack:
            member = self._services.audience.member(sid)
            self._services.metrics.events.labels(handler.name).inc()
            try:
                if member is None:
                    raise NotAllowed("This connection is not accepted yet.")
                return {"ok": True, **prefixed(handler.act(self._services, member, handler.read(data)), member.prefix)}
            except ArtbotError as error:
                failed = error
            except Exception:
                log.exception("an event failed", event_name=handler.name)
                failed = ArtbotError("The server failed; it is in its log.")
            return {"ok": False, "error": failed.as_json(), **handler.when_failed(data)}

        return answer
