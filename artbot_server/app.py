"""Composition root of the web process: makes one of everything and joins them. Nothing else imports concrete parts.

`create_app` starts nothing; `ArtBot.start` begins the background work and `ArtBot.stop` ends it.
"""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask import Flask
from flask_socketio import SocketIO

from artbot_server import joints
from artbot_server.chat.service import ChatService
from artbot_server.choices import choose_engine
from artbot_server.config import Settings
from artbot_server.events import ServerChanged
from artbot_server.live.local import LiveHub
from artbot_server.painting.backend_questions import BackendQuestions
from artbot_server.painting.queue import PaintQueue
from artbot_server.painting.template_store import TemplateStore
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.database import Database
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.migrate import migrate
from artbot_server.storage.pictures import PictureStore
from artbot_server.storage.sessions import Signer, shared_secret
from artbot_server.web.audience import Audience
from artbot_server.web.limits import AskLimit
from artbot_server.web.server_record import server_record
from artbot_server.web.services import Services
from artbot_server.web.wsgi import flask_app, open_sockets

log = structlog.get_logger()

UPLOADS_A_MINUTE = 60
"""Pictures one session may send: far more than hands can, far fewer than fill a disk."""
TICK_S = 1.0
TEND_S = 5.0


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
    socketio, audience = SocketIO(), Audience()
    engine, engine_for = choose_engine(settings)
    stores = _Stores(database, settings)

    def server_json() -> dict[str, Any]:
        return server_record(settings, engine, stores.backends.all(), live.workers)

    def tell_server() -> None:
        audience.publish_all(ServerChanged(server_json()))

    live = LiveHub(
        settings.data_dir,
        on_message=lambda kind, body, blob: hear(kind, body, blob),
        on_change=lambda _workers: tell_server(),
    )
    queue = PaintQueue(
        jobs=JobStore(database),
        pictures=stores.pictures,
        backends=stores.backends,
        templates=stores.templates,
        live=live,
        publish=audience.publish,
        sign=joints.addresses(signer),
        limit=settings.queue_limit,
    )
    hear = joints.hear_workers(queue, tell_server)
    ports = joints.chat_ports(engine_for, stores.templates, queue, audience.publish, socketio.start_background_task)
    chat = ChatService(stores.conversations, ports)
    services = Services(
        settings=settings,
        door=joints.door(settings, signer),
        audience=audience,
        chat=chat,
        conversations=stores.conversations,
        queue=queue,
        pictures=stores.pictures,
        keep_upload=joints.uploads(settings, live, stores.pictures),
        templates=stores.templates,
        template_tool=joints.template_tool(settings, live, stores.templates, database),
        chat_limit=AskLimit(settings.chat_limit),
        upload_limit=AskLimit(UPLOADS_A_MINUTE),
        backend=BackendQuestions(ask=live.ask, backends=stores.backends, pictures=stores.pictures),
        metrics=joints.metrics(audience, chat, live),
        sign=joints.addresses(signer),
        server_json=server_json,
    )
    flask = flask_app(services)
    open_sockets(socketio, flask, services)
    return ArtBot(flask, socketio, services, live, database)


class _Stores:
    """What lasts, each once."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.conversations = ConversationStore(database, owner=str(uuid.uuid4()))
        self.pictures = PictureStore(database, settings.data_dir / "pictures")
        self.backends = BackendStore(database)
        self.templates = TemplateStore(settings.templates_dir)
