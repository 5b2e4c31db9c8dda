"""How the parts of the web process reach each other: small functions that `app` hands from one to the other.

Each knows both sides so that neither has to know the other; what is done is the parts' own affair.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from artbot_server.callbacks.rules import CallbackRules
from artbot_server.chat.conversations import ConversationPorts
from artbot_server.chat.elsewhere import Elsewhere
from artbot_server.chat.prompts import FoundPrompt
from artbot_server.chat.relay import ReplyIds
from artbot_server.chat.service import ChatPorts, ChatService
from artbot_server.chat.words import Words
from artbot_server.config import Settings
from artbot_server.events import PaintProgress, Publish
from artbot_server.hooks.calls import ordered
from artbot_server.hooks.record import Hooks
from artbot_server.live.hub import Hub
from artbot_server.live.local import OnMessage
from artbot_server.llm.base import Engine
from artbot_server.painting.batch_service import BatchService
from artbot_server.painting.file_questions import FileQuestions
from artbot_server.painting.handed_files import HandedFiles
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.pictures import Sign, StoredPicture
from artbot_server.painting.queue import PaintQueue
from artbot_server.painting.suitable import require_suitable
from artbot_server.painting.template_store import TemplateStore
from artbot_server.painting.template_tool import TemplateTool
from artbot_server.painting.uploads import UploadKind, keep_upload
from artbot_server.storage.database import Database
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.picture_files import PictureFiles
from artbot_server.storage.pictures import PictureStore
from artbot_server.storage.sessions import Signer
from artbot_server.web.access import Door
from artbot_server.web.audience import Audience
from artbot_server.web.metrics import Metrics
from artbot_server.web.services import UPLOAD_BYTES


def hear_workers(queue: PaintQueue, batches: BatchService, tell_server: Callable[[], None]) -> OnMessage:
    """What is done with a worker's words."""

    def hear(kind: str, body: Mapping[str, Any], blob: bytes) -> None:
        if kind == "job_changed":
            queue.job_changed(body["session_id"], body["job_id"])
        elif kind == "progress":
            progress = PaintProgress(
                body["job_id"], body["progress"], body["step"], body["steps"], body["eta_s"], blob or None
            )
            queue.progress(body["session_id"], progress)
        elif kind == "batch_ended":
            batches.ended(body["session_id"], body["batch_id"])
        elif kind == "backends_changed":
            tell_server()

    return hear


def chat_ports(
    engine_for: Callable[[str | None], Engine],
    templates: TemplateStore,
    queue: PaintQueue,
    publish: Publish,
    spawn: Callable[..., Any],
    elsewhere: Elsewhere,
) -> ChatPorts:
    """How chat reaches folders and painting, of which it knows nothing else."""

    def system_prompt(folder: str | None) -> str:
        return templates.current().folder(folder).system_prompt if folder else ""

    def screen(folder: str | None, text: str) -> None:
        if folder:
            require_suitable(templates.current().folder(folder), text, "text")

    def paint(session_id: str, words: Words, found: FoundPrompt, ids: ReplyIds) -> str:
        order = PaintOrder(
            prompt=found.prompt,
            negative_prompt=found.negative_prompt,
            folder=words.folder or "",
            template=words.template or "",
            image_id=words.image_id,
            overrides=words.overrides,
            conversation_id=ids.conversation_id,
            reply_id=ids.reply_id,
            client_sid=ids.client_sid,
        )
        return queue.submit(session_id, order)[0].id

    return ChatPorts(
        engine_for=engine_for,
        system_prompt=system_prompt,
        screen=screen,
        paint=paint,
        publish=publish,
        spawn=spawn,
        new_id=lambda: str(uuid.uuid4()),
        elsewhere=elsewhere,
    )


def prepare_orders(hooks: Hooks, rules: CallbackRules) -> Callable[[str, PaintOrder], PaintOrder]:
    """What is done with a new order first: the hooks' changes, then where its end is told."""

    def prepare(session_id: str, order: PaintOrder) -> PaintOrder:
        changed = ordered(hooks, session_id, order)
        return replace(changed, callback_url=rules.chosen(changed.callback_url))

    return prepare


def conversation_ports(queue: PaintQueue, pictures: PictureStore, publish: Publish, sign: Sign) -> ConversationPorts:
    """How conversations reach the records of their jobs, and their pictures."""
    return ConversationPorts(
        jobs_of_replies=queue.records_of_replies,
        jobs_of_conversation=queue.records_of_conversation,
        remove_files=pictures.remove_files,
        address=lambda picture_id: sign(picture_id, "thumbnail"),
        own_image=pictures.get,
        publish=publish,
        new_id=lambda: str(uuid.uuid4()),
    )


def handed_files(files: PictureFiles, live: Hub) -> HandedFiles:
    return HandedFiles(files, UPLOAD_BYTES, live.ask)


def uploads(files: HandedFiles, pictures: PictureStore) -> Callable[[str, str, bytes], StoredPicture]:
    def keep(session_id: str, field: str, data: bytes) -> StoredPicture:
        kind: UploadKind = "mask" if field == "mask" else "upload"
        return keep_upload(data, session_id, kind, files=files, pictures=pictures)

    return keep


def template_tool(files: HandedFiles, templates: TemplateStore, database: Database) -> TemplateTool:
    """The template tool, with a worker behind it for everything that is decoded."""
    return TemplateTool(templates, FileQuestions(files), JobStore(database))


def door(settings: Settings, signer: Signer) -> Door:
    return Door(
        signer=signer,
        access_key=settings.access_key or signer.signature("made", "access"),
        access_given=bool(settings.access_key),
        operator_key=settings.operator_key,
    )


def metrics(audience: Audience, chat: ChatService, live: Hub) -> Metrics:
    metrics = Metrics()
    metrics.watch("artbot_sockets", "Sockets connected", lambda: len(audience))
    metrics.watch("artbot_replies_running", "Replies being written", lambda: len(chat.live))
    metrics.watch("artbot_workers", "Workers connected", lambda: live.workers)
    return metrics
