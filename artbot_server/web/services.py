"""What the edge works with: the services and stores, made once by `app.py`. Only a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from artbot_server.chat.completions import CompletionService
from artbot_server.chat.conversations import ConversationService
from artbot_server.chat.service import ChatService
from artbot_server.chat.sessions import SessionService
from artbot_server.config import Settings
from artbot_server.painting.backend_questions import BackendQuestions
from artbot_server.painting.batch_service import BatchService
from artbot_server.painting.pictures import Sign, StoredPicture
from artbot_server.painting.queue import PaintQueue
from artbot_server.painting.repeats import Repeats
from artbot_server.painting.roster import Roster
from artbot_server.painting.template_store import TemplateStore
from artbot_server.painting.template_tool import TemplateTool
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.deliveries import DeliveryStore
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.pictures import PictureStore
from artbot_server.web.access import Door
from artbot_server.web.audience import Audience
from artbot_server.web.limits import AskLimit
from artbot_server.web.metrics import Metrics

UPLOAD_BYTES = 25_000_000
"""Largest file over HTTP: a phone's photo at its best quality."""

KeepUpload = Callable[[str, str, bytes], StoredPicture]
"""`keep_upload(session_id, field, data)`: check and keep what a user sent; `field` is `image` or `mask`."""


@dataclass(frozen=True, kw_only=True)
class Services:
    """One of each. `server_json` tells what this server offers (the `server` part of the snapshot)."""

    settings: Settings
    door: Door
    audience: Audience
    chat: ChatService
    conversations: ConversationStore
    conversation_service: ConversationService
    sessions: SessionService
    completions: CompletionService
    queue: PaintQueue
    jobs: JobStore
    batches: BatchService
    repeats: Repeats
    pictures: PictureStore
    keep_upload: KeepUpload
    templates: TemplateStore
    template_tool: TemplateTool
    chat_limit: AskLimit
    upload_limit: AskLimit
    backend: BackendQuestions
    roster: Roster
    metrics: Metrics
    sign: Sign
    server_json: Callable[[], dict[str, Any]]
    deliveries: DeliveryStore
    callback_secret: str
