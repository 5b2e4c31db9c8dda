"""Composition root of the web process: makes one of everything and joins them. Nothing else imports concrete parts.

`create_app` starts nothing; `ArtBot.start` begins the background work and `ArtBot.stop` ends it.
"""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask import Flask
from flask_socketio import SocketIO

from artbot_server import __version__
from artbot_server.chat.prompts import FoundPrompt
from artbot_server.chat.relay import ReplyIds
from artbot_server.chat.service import ChatPorts, ChatService
from artbot_server.chat.words import Words
from artbot_server.choices import choose_engine
from artbot_server.config import Settings
from artbot_server.errors import BadRequest
from artbot_server.events import PaintProgress, ServerChanged
from artbot_server.live.local import LiveHub
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.pictures import StoredPicture
from artbot_server.painting.queue import PaintQueue
from artbot_server.painting.suitable import unsuitable_words
from artbot_server.painting.template_store import TemplateStore
from artbot_server.painting.uploads import keep_upload
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.database import Database
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.migrate import migrate
from artbot_server.storage.pictures import PictureStore
from artbot_server.storage.sessions import Signer, shared_secret
from artbot_server.web.access import Door, same_site, visit_of
from artbot_server.web.audience import Audience
from artbot_server.web.http_api import http_api
from artbot_server.web.limits import AskLimit
from artbot_server.web.metrics import Metrics
from artbot_server.web.packets import CheckedPacket, hang_up_on_garbage
from artbot_server.web.pages import FORM_BYTES, MOST_BODY_BYTES, guard, pages, secured
from artbot_server.web.requests import EVENT_IMAGE_BYTES, TEXT_CHARS
from artbot_server.web.services import UPLOAD_BYTES, Services
from artbot_server.web.sockets import Sockets
from artbot_server.web.wire import OrJson

log = structlog.get_logger()

EVENT_BYTES = 1_000_000
"""Largest event from a client: Socket.IO's usual limit."""
UPLOADS_A_MINUTE = 60
"""Pictures one session may send: far more than hands can, far fewer than fill a disk."""
TICK_S = 1.0
TEND_S = 5.0
PING_EVERY_S, PING_WAIT_S = 25, 20


@dataclass
class ArtBot:
    """A server that can be started: Flask's app, Socket.IO, and the services behind them."""

    flask: Flask
    socketio: SocketIO
    services: Services
    live: LiveHub
    database: Database
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Listen for workers and begin the regular work. Raises ConfigError when the data folder is in use."""
        self.services.chat.close_orphans(everybody=self.database.is_sqlite)
        self.live.start()
        self.socketio.start_background_task(self._tick)

    def stop(self) -> None:
        """End the regular work and close the links; replies have ended before (`LiveReplies.drain`)."""
        self._stopping.set()
        self.live.stop()
        self.database.close()

    def _tick(self) -> None:
        tended_at = time.monotonic()
        while not self._stopping.is_set():
            time.sleep(TICK_S)
            try:
                self.services.queue.tick()
                if time.monotonic() - tended_at >= TEND_S:
                    tended_at = time.monotonic()
                    self.services.chat.close_orphans()
            except Exception:
                log.exception("the regular work failed once")


def create_app(settings: Settings) -> ArtBot:
    """Build a server from its settings.

    Raises:
        ConfigError: a setting cannot be used.
        Unavailable: the database cannot be reached.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    migrate(database)
    signer = Signer(shared_secret(database))
    audience = Audience()
    metrics = Metrics()
    templates = TemplateStore(settings.templates_dir)
    pictures = PictureStore(database, settings.data_dir / "pictures")
    backends = BackendStore(database)

    def sign(name: str, variant: str) -> str:
        if variant == "shared":
            return f"/shared/{name}"
        suffix = "" if variant == "original" else f"/{variant}"
        return f"/images/{name}{suffix}?sig={signer.signature('picture', f'{name}/{variant}')}"

    def on_live(kind: str, body: Mapping[str, Any], blob: bytes) -> None:
        if kind == "job_changed":
            queue.job_changed(body["session_id"], body["job_id"])
        elif kind == "progress":
            progress = PaintProgress(
                body["job_id"], body["progress"], body["step"], body["steps"], body["eta_s"], blob or None
            )
            queue.progress(body["session_id"], progress)
        elif kind == "backends_changed":
            audience.publish_all(ServerChanged(server_json()))

    def on_workers(_count: int) -> None:
        audience.publish_all(ServerChanged(server_json()))

    live = LiveHub(settings.data_dir, on_live, on_workers)
    queue = PaintQueue(
        jobs=JobStore(database),
        pictures=pictures,
        backends=backends,
        templates=templates,
        live=live,
        publish=audience.publish,
        sign=sign,
        limit=settings.queue_limit,
    )
    socketio = SocketIO()
    engine, engine_for = choose_engine(settings)
    conversations = ConversationStore(database, owner=f"{uuid.uuid4()}")

    def system_prompt(folder: str | None) -> str:
        return templates.current().folder(folder).system_prompt if folder else ""

    def screen(folder: str | None, text: str) -> None:
        words = unsuitable_words(text) if folder and templates.current().folder(folder).for_children else ()
        if words:
            message = f"This folder is for children and does not draw: {', '.join(words)}."
            raise BadRequest(message, code="unsuitable", field="text", words=list(words))

    def paint(session_id: str, words: Words, found: FoundPrompt, ids: ReplyIds) -> str:
        order = PaintOrder(
            prompt=found.prompt,
            negative_prompt=found.negative_prompt or "",
            folder=words.folder or "",
            template=words.template or "",
            image_id=words.image_id,
            conversation_id=ids.conversation_id,
            reply_id=ids.reply_id,
            client_sid=ids.client_sid,
        )
        return queue.submit(session_id, order)[0].id

    def keep(session_id: str, field: str, data: bytes) -> StoredPicture:
        return keep_upload(
            data,
            session_id,
            "mask" if field == "mask" else "upload",
            uploads_dir=settings.data_dir / "uploads",
            max_bytes=UPLOAD_BYTES,
            ask=live.ask,
            pictures=pictures,
        )

    def server_json() -> dict[str, Any]:
        known = backends.all()
        up = [backend for backend in known if backend.up]
        if settings.worker == "child" or not up:  # it has our settings; rows may be an earlier start's
            paints_demo = all(url.startswith("demo:") for url in settings.sd_urls)
        else:
            paints_demo = all(backend.demo for backend in up)
        return {
            "version": __version__,
            "demo": {"engine": engine.demo, "backend": paints_demo},
            "engine": {"name": engine.name, "models": list(engine.models)},
            "backends": [{"name": b.name, "kind": b.kind, "demo": b.demo, "up": b.up} for b in known],
            "worker": live.workers > 0,
            "limits": {
                "text_chars": TEXT_CHARS,
                "image_bytes": EVENT_IMAGE_BYTES,
                "upload_bytes": UPLOAD_BYTES,
                "queue": settings.queue_limit,
                "chat_per_minute": settings.chat_limit,
            },
        }

    chat = ChatService(
        conversations,
        ChatPorts(
            engine_for=engine_for,
            system_prompt=system_prompt,
            screen=screen,
            paint=paint,
            publish=audience.publish,
            spawn=socketio.start_background_task,
            new_id=lambda: str(uuid.uuid4()),
        ),
    )
    services = Services(
        settings=settings,
        door=Door(
            signer=signer,
            access_key=settings.access_key or signer.signature("made", "access"),
            access_given=bool(settings.access_key),
            operator_key=settings.operator_key,
        ),
        audience=audience,
        chat=chat,
        conversations=conversations,
        queue=queue,
        pictures=pictures,
        keep_upload=keep,
        templates=templates,
        chat_limit=AskLimit(settings.chat_limit),
        upload_limit=AskLimit(UPLOADS_A_MINUTE),
        metrics=metrics,
        sign=sign,
        server_json=server_json,
    )
    flask = _flask_app(services)
    _open_sockets(socketio, flask, services)
    metrics.watch("artbot_sockets", "Sockets connected", lambda: len(audience))
    metrics.watch("artbot_replies_running", "Replies being written", lambda: len(chat.live))
    metrics.watch("artbot_workers", "Workers connected", lambda: live.workers)
    return ArtBot(flask, socketio, services, live, database)


def _flask_app(services: Services) -> Flask:
    flask = Flask("artbot_server", static_folder=None)
    flask.secret_key = secrets.token_bytes(32)  # Flask's own sessions are not used
    flask.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES
    flask.config["MAX_FORM_MEMORY_SIZE"] = FORM_BYTES
    guard(flask, services)
    flask.register_blueprint(pages(services))
    flask.register_blueprint(http_api(services))
    return flask


def _open_sockets(socketio: SocketIO, flask: Flask, services: Services) -> None:
    settings = services.settings

    def origin_allowed(_origin: str | None, environ: Mapping[str, Any]) -> bool:
        return same_site(visit_of(environ, settings.trusted_proxies), settings.allowed_origins)

    Sockets(socketio, services).register()
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
    hang_up_on_garbage(socketio.server)
    flask.wsgi_app = secured(flask.wsgi_app)  # type: ignore[method-assign, assignment]
