"""Events of chat: both forms of `gpt_chat`, stopping, continuing and resuming a reply."""

from __future__ import annotations

import uuid
from typing import Any

from artbot_server.chat.continuing import Wish
from artbot_server.chat.words import ArticleWords, Words
from artbot_server.web import requests as ask
from artbot_server.web.audience import Member
from artbot_server.web.fields import Request
from artbot_server.web.services import Services
from artbot_server.web.socket_events.table import Ack, EventHandler


def gpt_chat(services: Services, member: Member, asked: ask.ArticleChat | ask.SessionChat) -> Ack:
    return (
        article_chat(services, member, asked)
        if isinstance(asked, ask.ArticleChat)
        else session_chat(services, member, asked)
    )


def session_chat(services: Services, member: Member, asked: ask.SessionChat) -> Ack:
    words = words_of(services, member.session_id, asked)
    ids = services.chat.say(member.session_id, words, lambda: services.chat_limit.count(member.session_id))
    return {"message_id": ids.message_id, "reply_id": ids.reply_id, "conversation_id": ids.conversation_id}


def words_of(services: Services, session_id: str, asked: ask.SessionChat) -> Words:
    """What was said, with a name of its own and the picture that is meant. Raises NotFound for a picture."""
    fields = asked.model_dump()
    fields["message_id"] = asked.message_id or str(uuid.uuid4())
    fields["image_id"] = services.conversation_service.image(session_id, asked.conversation_id, asked.image_id)
    return Words(**fields)


def article_chat(services: Services, member: Member, asked: ask.ArticleChat) -> Ack:
    services.chat_limit.count(member.address)
    words = ArticleWords(**asked.model_dump())
    _, outcome = services.chat.answer_article(
        member.session_id, words, lambda event: services.audience.send(member.sid, event)
    )
    ack: Ack = {"status": "connected", "full_message": outcome.text, "client_sid": asked.client_sid}
    if outcome.error is not None:
        ack |= {"ok": False, "status": "error", "error": outcome.error.as_json()}
    return ack


def stop_chat(services: Services, member: Member, asked: ask.StopChat) -> Ack:
    return {"stopped": services.chat.stop(member.session_id, **asked.model_dump())}


def continue_chat(services: Services, member: Member, asked: ask.ContinueChat) -> Ack:
    wish = Wish(**asked.model_dump(exclude={"reply_id"}))
    ids = services.chat.continuing.go_on(
        member.session_id, asked.reply_id, wish, lambda: services.chat_limit.count(member.session_id)
    )
    return {"message_id": ids.message_id, "reply_id": ids.reply_id, "conversation_id": ids.conversation_id}


def resume(services: Services, member: Member, asked: ask.Resume) -> Ack:
    member.outbox.forget(asked.reply_id)
    return services.chat.resume(member.session_id, asked.reply_id)


def _form(data: Any) -> type[Request]:
    return ask.ArticleChat if _is_article(data) else ask.SessionChat


def _is_article(data: Any) -> bool:
    return isinstance(data, dict) and "messages" in data


def _article_end(data: Any) -> Ack:
    """The article's clients look for these in every ack."""
    if not _is_article(data):
        return {}
    panel = data.get("client_sid")
    return {"status": "error", "full_message": "", "client_sid": panel if isinstance(panel, str) else None}


EVENTS = (
    EventHandler("gpt_chat", ask.SessionChat, gpt_chat, request_for=_form, when_failed=_article_end),
    EventHandler("stop_chat", ask.StopChat, stop_chat),
    EventHandler("continue_chat", ask.ContinueChat, continue_chat),
    EventHandler("resume", ask.Resume, resume),
)
