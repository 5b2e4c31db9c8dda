"""The table of socket events: what each may hold, what is done, and what its ack says.

Handlers check, call a service and ack; nothing is decided here. Errors of every kind become `{ok: false, error}`.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from flask import request
from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError

from artbot_server.chat.words import ArticleWords, Words
from artbot_server.errors import ArtbotError, NotAllowed, NotFound
from artbot_server.events import Event, Frame, SessionSnapshot
from artbot_server.painting.orders import PaintOrder
from artbot_server.web import requests as ask
from artbot_server.web.access import SESSION_COOKIE, same_site, visit_of
from artbot_server.web.audience import Member
from artbot_server.web.outbox import Outbox, Wire
from artbot_server.web.services import Services
from artbot_server.web.snapshot import conversation_json, cursor_of, session_snapshot
from artbot_server.web.template_records import templates_json
from artbot_server.web.wire import fields_for

log = structlog.get_logger()

HANDSHAKE_S = 5.0
Ack = dict[str, Any]


class Sockets:
    """All socket events of one server."""

    def __init__(self, socketio: SocketIO, services: Services) -> None:
        self._socketio = socketio
        self._services = services

    def register(self) -> None:
        """Enter every event in Flask-SocketIO's table."""
        table: dict[str, tuple[type[ask.Request], Callable[[Member, Any], Ack]]] = {
            "stop_chat": (ask.StopChat, self._stop_chat),
            "generate": (ask.Generate, self._generate),
            "cancel_job": (ask.CancelJob, self._cancel_job),
            "resume": (ask.Resume, self._resume),
            "history": (ask.History, self._history),
            "conversations": (ask.Conversations, self._conversations),
            "new_conversation": (ask.NewConversation, self._new_conversation),
            "delete_conversation": (ask.OneConversation, self._delete_conversation),
            "templates": (ask.Nothing, self._templates),
            "share_image": (ask.OneImage, self._share_image),
            "unshare_image": (ask.OneImage, self._unshare_image),
        }
        self._socketio.on_event("connect", self._connect)
        self._socketio.on_event("disconnect", self._disconnect)
        self._socketio.on_event("gpt_chat", self._gpt_chat)
        for name, (model, act) in table.items():
            self._socketio.on_event(name, self._handler(name, model, act))

    # Lifecycle

    def _connect(self, auth: Any = None) -> None:
        """Refuse or take a client. Nothing but ConnectionRefusedError may leave: a TypeError would call this again."""
        try:
            self._take(ask.parse(ask.ConnectAuth, auth), request.sid, request.environ)  # type: ignore[attr-defined]
        except ArtbotError as error:
            raise ConnectionRefusedError(error.message, error.as_json()) from None
        except Exception:
            log.exception("a connection failed")
            raise ConnectionRefusedError("The server failed.", ArtbotError("The server failed.").as_json()) from None

    def _take(self, auth: ask.ConnectAuth, sid: str, environ: dict[str, Any]) -> None:
        services = self._services
        visit = visit_of(environ, services.settings.trusted_proxies)
        if not same_site(visit, services.settings.allowed_origins):
            raise NotAllowed("Pages of another site are refused; see ARTBOT_ALLOWED_ORIGINS.", field="Origin")
        if not services.door.may_enter(visit, auth.access):
            raise NotAllowed("This server wants an access key.", field="access")
        session_id, token = services.door.session_or_new(visit, auth.session)
        from_cookie = token == visit.cookies.get(SESSION_COOKIE)
        member = Member(sid, session_id, auth.images, Outbox(self._wire(sid, auth.images)), visit.address)
        services.audience.join(member)
        self._socketio.start_background_task(self._welcome, member, None if from_cookie else token)

    def _welcome(self, member: Member, token: str | None) -> None:
        """Send the snapshot first, once the handshake is over (what is emitted during it comes before it)."""
        until = time.monotonic() + HANDSHAKE_S
        while not self._socketio.server.manager.is_connected(member.sid, "/"):
            if time.monotonic() > until or self._services.audience.member(member.sid) is None:
                return
            time.sleep(0.002)
        try:
            snapshot = session_snapshot(self._services, member.session_id, token)
        except ArtbotError as error:
            log.warning("no snapshot could be made", error=error.error_code)
            self._socketio.server.disconnect(member.sid)
            return
        member.outbox.release(SessionSnapshot(snapshot))

    def _disconnect(self, *_: Any) -> None:
        self._services.audience.leave(request.sid)  # type: ignore[attr-defined]

    def _wire(self, sid: str, images: str) -> Wire:
        server = self._socketio.server
        frames = self._services.metrics.frames

        def send(event: Event) -> None:
            if isinstance(event, Frame):
                frames.inc()
            self._socketio.emit(event.name, fields_for(event, images, self._load_picture), to=sid)

        def engine_socket() -> Any:
            return server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))

        def depth() -> int:
            below = engine_socket()
            return below.queue.qsize() if below is not None else 0

        def cut() -> None:
            self._services.metrics.cut.inc()
            log.info("a socket reads too slowly and was closed", sid=sid)
            below = engine_socket()
            if below is not None:
                below.close(wait=False, abort=True)  # as a lost line: clients come back from that by themselves

        return Wire(send, depth, cut, self._socketio.start_background_task)

    def _load_picture(self, picture_id: str, variant: str) -> bytes | None:
        return self._services.pictures.load(picture_id, "thumbnail" if variant == "thumbnail" else "original")

    def _handler(self, name: str, model: type[ask.Request], act: Callable[[Member, Any], Ack]) -> Callable[..., Ack]:
        def handle(data: Any = None, *_: Any) -> Ack:
            return self._acked(name, lambda member: act(member, ask.parse(model, data)))

        return handle

    def _acked(self, name: str, act: Callable[[Member], Ack]) -> Ack:
        """Run a handler; whatever happens, the client gets an answer."""
        member = self._services.audience.member(request.sid)  # type: ignore[attr-defined]
        self._services.metrics.events.labels(name).inc()
        try:
            if member is None:
                raise NotAllowed("This connection is not accepted yet.")
            return {"ok": True, **act(member)}
        except ArtbotError as error:
            return {"ok": False, "error": error.as_json()}
        except Exception:
            log.exception("an event failed", event_name=name)
            return {"ok": False, "error": ArtbotError("The server failed; it is in its log.").as_json()}

    # Chat

    def _gpt_chat(self, data: Any = None, *_: Any) -> Ack:
        if isinstance(data, dict) and "messages" in data:
            ack = self._acked("gpt_chat", lambda member: self._article_chat(member, data))
            if not ack["ok"] and "status" not in ack:
                panel = data.get("client_sid")
                ack |= {"status": "error", "full_message": "", "client_sid": panel if isinstance(panel, str) else None}
            return ack
        return self._acked("gpt_chat", lambda member: self._session_chat(member, ask.parse(ask.SessionChat, data)))

    def _session_chat(self, member: Member, asked: ask.SessionChat) -> Ack:
        fields = asked.model_dump()
        fields["message_id"] = asked.message_id or str(uuid.uuid4())
        if asked.image_id:
            self._services.pictures.get(asked.image_id, member.session_id)
        ids = self._services.chat.say(
            member.session_id, Words(**fields), lambda: self._services.chat_limit.count(member.session_id)
        )
        return {
            "message_id": ids.message_id,
            "reply_id": ids.reply_id,
            "conversation_id": ids.conversation_id,
        }

    def _article_chat(self, member: Member, data: dict[str, Any]) -> Ack:
        asked = ask.parse(ask.ArticleChat, data)
        self._services.chat_limit.count(member.address)
        words = ArticleWords(**asked.model_dump())
        _, outcome = self._services.chat.answer_article(
            member.session_id, words, lambda event: self._services.audience.send(member.sid, event)
        )
        ack: Ack = {"status": "connected", "full_message": outcome.text, "client_sid": asked.client_sid}
        if outcome.error is not None:
            ack |= {"ok": False, "status": "error", "error": outcome.error.as_json()}
        return ack

    def _stop_chat(self, member: Member, asked: ask.StopChat) -> Ack:
        return {"stopped": self._services.chat.live.stop(member.session_id, **asked.model_dump())}

    def _resume(self, member: Member, asked: ask.Resume) -> Ack:
        member.outbox.forget(asked.reply_id)
        return self._services.chat.resume(member.session_id, asked.reply_id)

    # Painting

    def _generate(self, member: Member, asked: ask.Generate) -> Ack:
        services = self._services
        fields = asked.model_dump(exclude={"image", "mask"})
        self._require_own(member, asked)
        known = asked.job_id is not None and services.queue.knows(member.session_id, asked.job_id)
        for name in ("image", "mask"):
            sent = getattr(asked, name)
            if sent is not None and not known:
                services.upload_limit.count(member.session_id)
                fields[f"{name}_id"] = services.keep_upload(member.session_id, name, ask.picture_bytes(name, sent)).id
        job, position = services.queue.submit(member.session_id, PaintOrder(**fields))
        return {"job_id": job.id, "position": position}

    def _require_own(self, member: Member, asked: ask.Generate) -> None:
        """A job may be shown only beside what is its own session's."""
        store = self._services.conversations
        if asked.conversation_id is not None:
            store.get(member.session_id, asked.conversation_id)
        if asked.reply_id is not None and store.message(member.session_id, asked.reply_id) is None:
            raise NotFound("There is no such reply in this session.", field="reply_id")

    def _cancel_job(self, member: Member, asked: ask.CancelJob) -> Ack:
        return {"state": self._services.queue.cancel(member.session_id, asked.job_id).state.value}

    def _templates(self, member: Member, asked: ask.Nothing) -> Ack:
        return templates_json(self._services.templates.current(), self._services.queue.abilities())

    # Conversations

    def _history(self, member: Member, asked: ask.History) -> Ack:
        store = self._services.conversations
        if asked.conversation_id is None:
            conversation = store.newest(member.session_id)
            if conversation is None:
                return {"conversation": None, "messages": [], "jobs": [], "cursor": None}
        else:
            conversation = store.get(member.session_id, asked.conversation_id)
        messages = store.tail(conversation.id, limit=asked.limit, before=asked.before)
        replies = [message.id for message in messages if message.role == "assistant"]
        return {
            "conversation": conversation_json(self._services, conversation),
            "messages": [message.as_json() for message in messages],
            "jobs": self._services.queue.records_of_replies(member.session_id, replies),
            "cursor": cursor_of(messages),
        }

    def _conversations(self, member: Member, asked: ask.Conversations) -> Ack:
        found = self._services.conversations.page(member.session_id, before=asked.before, limit=asked.limit)
        return {
            "conversations": [conversation_json(self._services, conversation) for conversation in found],
            "cursor": found[-1].updated_at if len(found) == asked.limit else None,
        }

    def _new_conversation(self, member: Member, asked: ask.NewConversation) -> Ack:
        made = self._services.chat.new_conversation(member.session_id, **asked.model_dump())
        return {"conversation": made.as_json()}

    def _delete_conversation(self, member: Member, asked: ask.OneConversation) -> Ack:
        pictures = self._services.conversations.delete(member.session_id, asked.conversation_id)
        self._services.pictures.remove_files(pictures)
        return {"deleted": True}

    # Pictures

    def _share_image(self, member: Member, asked: ask.OneImage) -> Ack:
        picture = self._services.pictures.share(asked.image_id, member.session_id)
        return {"url": self._services.sign(str(picture.share_token), "shared")}

    def _unshare_image(self, member: Member, asked: ask.OneImage) -> Ack:
        self._services.pictures.unshare(asked.image_id, member.session_id)
        return {"url": None}
