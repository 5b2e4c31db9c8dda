"""Composition root of the web process: makes one of everything and joins them. Nothing else imports concrete parts.

`create_app` starts nothing; `ArtBot.start` begins the background work and `ArtBot.stop` ends it.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask import Flask
from flask_socketio import SocketIO

from artbot_server import joints
from artbot_server.across.here import Here
from artbot_server.chat.completions import CompletionService
from artbot_server.chat.conversations import ConversationService
from artbot_server.chat.live_replies import LiveReplies
from artbot_server.chat.service import ChatService
from artbot_server.chat.sessions import SessionService
from artbot_server.choices import callback_rules, callback_secret, choose_engine, choose_picture_files
from artbot_server.config import Settings
from artbot_server.errors import Unavailable
from artbot_server.events import Event, ServerChanged
from artbot_server.hooks.engine import hooked
from artbot_server.hooks.notices import Notices
from artbot_server.hooks.record import Hooks
from artbot_server.live.hub import Hub
from artbot_server.painting.backend_questions import BackendQuestions
from artbot_server.painting.batch_service import BatchService
from artbot_server.painting.pictures import signed_addresses
from artbot_server.painting.preparation import Preparation
from artbot_server.painting.queue import PaintQueue
from artbot_server.painting.repeats import Repeats
from artbot_server.painting.roster import Roster
from artbot_server.painting.template_store import TemplateStore
from artbot_server.several import company
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.batches import BatchStore
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.database import Database
from artbot_server.storage.deliveries import DeliveryStore
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.migrate import migrate
from artbot_server.storage.paintings import Paintings
from artbot_server.storage.pictures import PictureStore
from artbot_server.storage.session_store import SessionStore
from artbot_server.storage.sessions import Signer, shared_secret
from artbot_server.web.audience import Audience
from artbot_server.web.limits import AskLimit
from artbot_server.web.server_record import server_record
from artbot_server.web.services import Services
from artbot_server.web.snapshot import show_again
from artbot_server.web.wsgi import flask_app, open_sockets

log = structlog.get_logger()

UPLOADS_A_MINUTE = 60
"""Pictures one session may send: far more than hands can, far fewer than fill a disk."""
TICK_S = 1.0
TEND_S = 2.0
NO_HOOKS = Hooks()


@dataclass
class ArtBot:
    """A server that can be started: Flask's app, Socket.IO, and the services behind them."""

    flask: Flask
    socketio: SocketIO
    services: Services
    live: Hub
    database: Database
    notices: Notices
    tend: Callable[[], None]
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Listen for workers and begin the regular work. Raises ConfigError when the data folder is in use."""
        alone = self.database.is_sqlite and not self.services.settings.redis_url
        self.services.chat.close_orphans(everybody=alone)
        self.live.start()
        self.notices.start(self.socketio.start_background_task)
        self.socketio.start_background_task(self._tick)

    def stop(self) -> None:
        """End the regular work and close the links; replies have ended before (`LiveReplies.drain`)."""
        self._stopping.set()
        self.notices.stop()
        self.live.stop()
        self.database.close()

    def _tick(self) -> None:
        tended_at = time.monotonic()
        while not self._stopping.is_set():
            time.sleep(TICK_S)
            try:
                self.services.chat.checkpoint()
                self.services.queue.tick()
                self.services.batches.tick()
                self.tend()
                if time.monotonic() - tended_at >= TEND_S:
                    tended_at = time.monotonic()
                    self.services.chat.close_orphans()
            except Unavailable as error:
                log.warning("the regular work waits", reason=error.message)
            except Exception:
                log.exception("the regular work failed once")


def create_app(settings: Settings, hooks: Hooks = NO_HOOKS) -> ArtBot:
    """Build a server from its settings, with the hooks of whoever embeds it.

    Raises:
        ConfigError: a setting cannot be used.
        Unavailable: the database cannot be reached.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    migrate(database)
    signer = Signer(shared_secret(database))
    socketio, audience, replies = SocketIO(), Audience(), LiveReplies()
    engine, engine_for = choose_engine(settings)
    stores = _Stores(database, settings)

    def server_json() -> dict[str, Any]:
        return server_record(settings, engine, stores.backends.all(), others.hub.workers)

    def tell_server() -> None:
        audience.publish_all(ServerChanged(server_json()))

    def publish_here(session_id: str, event: Event) -> None:
        audience.publish(session_id, event)
        batches.heard(session_id, event)

    here = Here(
        live=replies,
        publish=publish_here,
        has_sockets=audience.has,
        show_again=lambda session_id: show_again(services, session_id),
        hear=lambda kind, body, blob: hear(kind, body, blob),
        workers_changed=lambda _workers: tell_server(),
        spawn=socketio.start_background_task,
    )
    others = company(settings, database, stores.owner, here)
    sign = signed_addresses(signer.signature)
    notices = Notices(hooks, stores.jobs, stores.pictures)
    preparation = Preparation(
        pictures=stores.pictures,
        backends=stores.backends,
        templates=stores.templates,
        paintings=stores.paintings,
        admit=joints.prepare_orders(hooks, callback_rules(settings)),
    )
    queue = PaintQueue(
        jobs=stores.jobs,
        pictures=stores.pictures,
        backends=stores.backends,
        preparation=preparation,
        live=others.hub,
        publish=others.publish,
        publish_here=publish_here,
        sign=sign,
        limit=settings.queue_limit,
        reach=others.reach,
        on_end=notices.ended,
    )
    batches = BatchService(
        batches=BatchStore(database),
        pictures=stores.pictures,
        queue=queue,
        preparation=preparation,
        templates=stores.templates,
        live=others.hub,
        publish=others.publish,
        publish_here=publish_here,
        sign=sign,
        limit=settings.queue_limit,
    )
    files = joints.handed_files(stores.files, others.hub)
    hear = joints.hear_workers(queue, batches, tell_server)
    ports = joints.chat_ports(
        lambda key: hooked(engine_for(key), hooks),
        stores.templates,
        queue,
        others.publish,
        socketio.start_background_task,
        others,
    )
    chat = ChatService(stores.conversations, stores.paintings, ports, replies)
    conversations = ConversationService(
        stores.conversations,
        stores.paintings,
        joints.conversation_ports(queue, stores.pictures, others.publish, sign),
    )
    services = Services(
        settings=settings,
        door=joints.door(settings, signer),
        audience=audience,
        chat=chat,
        conversations=stores.conversations,
        conversation_service=conversations,
        sessions=SessionService(SessionStore(database), conversations, others.publish, stores.pictures.remove_files),
        completions=CompletionService(chat.live, ports.engine_for, ports.spawn, ports.new_id),
        queue=queue,
        jobs=stores.jobs,
        batches=batches,
        repeats=Repeats(queue, stores.jobs, stores.pictures),
        pictures=stores.pictures,
        keep_upload=joints.uploads(files, stores.pictures),
        templates=stores.templates,
        template_tool=joints.template_tool(files, stores.templates, database),
        chat_limit=AskLimit(settings.chat_limit),
        upload_limit=AskLimit(UPLOADS_A_MINUTE),
        backend=BackendQuestions(ask=others.hub.ask, backends=stores.backends, pictures=stores.pictures),
        roster=Roster(stores.backends, others.hub.wake, tell_server),
        metrics=joints.metrics(audience, chat, others.hub),
        sign=sign,
        server_json=server_json,
        deliveries=DeliveryStore(database),
        callback_secret=callback_secret(settings, signer),
    )
    flask = flask_app(services)
    open_sockets(socketio, flask, services)
    return ArtBot(flask, socketio, services, others.hub, database, notices, others.tend)


class _Stores:
    """What lasts, each once."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.owner = str(uuid.uuid4())
        self.conversations = ConversationStore(database, owner=self.owner)
        self.paintings = Paintings(database)
        self.files = choose_picture_files(settings)
        self.pictures = PictureStore(database, self.files)
        self.backends = BackendStore(database)
        self.jobs = JobStore(database)
        self.templates = TemplateStore(settings.templates_dir)
