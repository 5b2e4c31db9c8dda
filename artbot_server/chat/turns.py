"""A turn's records and its last event, made from what was said and what came. Pure but for the clock."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from artbot_server.chat.candidates import Candidate, find_candidates
from artbot_server.chat.messages import Conversation, Message
from artbot_server.chat.prompts import FoundPrompt, find_prompt
from artbot_server.chat.relay import Outcome, ReplyIds
from artbot_server.chat.words import Words
from artbot_server.errors import ArtbotError
from artbot_server.events import ChatFailed, Event, ReplyDone

TITLE_CHARS = 60


def title_of(text: str) -> str:
    """A conversation's title: its first words, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1] + "…"


def begun(
    id: str, session_id: str, title: str, folder: str | None, template: str | None, client_sid: str | None = None
) -> Conversation:
    """A conversation without messages yet."""
    now = time.time()
    return Conversation(
        id=id,
        session_id=session_id,
        title=title,
        folder=folder,
        template=template,
        client_sid=client_sid,
        created_at=now,
        updated_at=now,
    )


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


def empty_reply(ids: ReplyIds, model: str | None, asked: Mapping[str, Any] | None = None) -> Message:
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
        asked=asked,
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reply holds to paint: its prompt, and where several were asked for, all of them."""

    prompt: FoundPrompt | None = None
    candidates: tuple[Candidate, ...] | None = None

    @property
    def told(self) -> dict[str, Any]:
        """`prompt`, `negative_prompt` and `candidates` of a record or an event."""
        return {
            "prompt": self.prompt.prompt if self.prompt else None,
            "negative_prompt": self.prompt.negative_prompt if self.prompt else None,
            "candidates": None if self.candidates is None else [each.as_json() for each in self.candidates],
        }


def finding(outcome: Outcome, candidates: int | None) -> Finding:
    """What to paint, in a reply from which `candidates` prompts were asked for; the first is the prompt then."""
    if outcome.error is not None:
        return Finding()
    if candidates is None:
        return Finding(find_prompt(outcome.text))
    found = find_candidates(outcome.text, candidates)
    return Finding(FoundPrompt(found[0].prompt, found[0].negative_prompt) if found else None, found)


def row_end(outcome: Outcome, found: Finding, model: str | None) -> dict[str, Any]:
    """What is written into a reply's row at its end."""
    return {
        "content": outcome.text,
        "seq": outcome.seq,
        "state": outcome.state,
        **found.told,
        "finish_reason": outcome.end.finish_reason,
        "usage": dict(outcome.end.usage) if outcome.end.usage else None,
        "model": outcome.end.model or model,
        "error": outcome.error.as_json() if outcome.error else None,
    }


def stored_end(reply: Message) -> Event:
    """The last event of a reply that ended before."""
    if reply.error is not None:
        return _failed(ids_of(reply), reply.error, reply.content, reply.seq)
    same = ("client_sid", "message_id", "conversation_id", "seq", "state", "model")
    found = ("prompt", "negative_prompt", "candidates", "finish_reason", "usage")
    fields = {name: getattr(reply, name) for name in (*same, *found)}
    return ReplyDone(full_message=reply.content, reply_id=reply.id, **fields)


def last_event(
    ids: ReplyIds, outcome: Outcome, found: Finding, job_id: str | None, paint_error: ArtbotError | None
) -> Event:
    """What is told when a reply has ended and is stored."""
    if outcome.error is not None:
        return _failed(ids, outcome.error.as_json(), outcome.text, outcome.seq)
    return ReplyDone(
        full_message=outcome.text,
        client_sid=ids.client_sid,
        message_id=ids.message_id,
        reply_id=ids.reply_id,
        conversation_id=ids.conversation_id,
        seq=outcome.seq,
        **found.told,
        finish_reason=outcome.end.finish_reason,
        usage=outcome.end.usage,
        model=outcome.end.model,
        state=outcome.state,
        job_id=job_id,
        paint_error=paint_error.as_json() if paint_error else None,
    )


def _failed(ids: ReplyIds, error: Mapping[str, Any], text: str, seq: int) -> ChatFailed:
    return ChatFailed(ids.client_sid, ids.message_id, ids.reply_id, ids.conversation_id, error, text, seq)
