"""A turn's records and its last event, made from what was said and what came. Pure but for the clock."""

from __future__ import annotations

import time

from artbot_server.chat.messages import Message
from artbot_server.chat.prompts import FoundPrompt
from artbot_server.chat.relay import Outcome, ReplyIds
from artbot_server.chat.words import Words
from artbot_server.errors import ArtbotError
from artbot_server.events import ChatFailed, Event, ReplyDone

TITLE_CHARS = 60


def title_of(text: str) -> str:
    """A conversation's title: its first words, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1] + "…"


def ids_of(reply: Message) -> ReplyIds:
    """The ids of a stored reply."""
    return ReplyIds(
        session_id=reply.session_id,
        conversation_id=reply.conversation_id,
        message_id=reply.message_id,
        reply_id=reply.id,
        client_sid=reply.client_sid,
    )


def user_message(ids: ReplyIds, text: str, words: Words | None = None) -> Message:
    """The user\'s half of a turn."""
    return Message(
        id=ids.message_id,
        session_id=ids.session_id,
        conversation_id=ids.conversation_id,
        message_id=ids.message_id,
        role="user",
        content=text,
        image_id=words.image_id if words else None,
        folder=words.folder if words else None,
        template=words.template if words else None,
        client_sid=ids.client_sid,
        created_at=time.time(),
    )


def empty_reply(ids: ReplyIds, model: str | None) -> Message:
    """The reply\'s half of a turn, before its first word."""
    return Message(
        id=ids.reply_id,
        session_id=ids.session_id,
        conversation_id=ids.conversation_id,
        message_id=ids.message_id,
        role="assistant",
        content="",
        state="streaming",
        model=model,
        client_sid=ids.client_sid,
        created_at=time.time(),
    )


def last_event(
    ids: ReplyIds, outcome: Outcome, found: FoundPrompt | None, job_id: str | None, paint_error: ArtbotError | None
) -> Event:
    """What is told when a reply has ended and is stored."""
    if outcome.error is not None:
        return ChatFailed(
            ids.client_sid, ids.message_id, ids.reply_id, ids.conversation_id, outcome.error.as_json(), outcome.text
        )
    return ReplyDone(
        full_message=outcome.text,
        client_sid=ids.client_sid,
        message_id=ids.message_id,
        reply_id=ids.reply_id,
        conversation_id=ids.conversation_id,
        seq=outcome.seq,
        prompt=found.prompt if found else None,
        negative_prompt=found.negative_prompt if found else None,
        finish_reason=outcome.end.finish_reason,
        usage=outcome.end.usage,
        state=outcome.state,
        job_id=job_id,
        paint_error=paint_error.as_json() if paint_error else None,
    )
