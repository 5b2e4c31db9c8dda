"""The records of a conversation, as the database keeps them and clients see them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["user", "assistant"]
MessageState = Literal["complete", "streaming", "stopped", "failed", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A thread of messages in a session. `client_sid` is set for those of the article's form."""

    id: str
    session_id: str
    title: str
    folder: str | None = None
    template: str | None = None
    client_sid: str | None = None
    message_count: int = 0
    created_at: float
    updated_at: float
    closed_at: float | None = None

    def as_json(self, picture_url: str | None = None) -> dict[str, Any]:
        """The `conversation` record of docs/protocol.md."""
        return {
            "conversation_id": self.id,
            "title": self.title,
            "folder": self.folder,
            "template": self.template,
            "client_sid": self.client_sid,
            "message_count": self.message_count,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "closed_at": self.closed_at,
            "picture_url": picture_url,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One line of a conversation.

    Attributes:
        id: a user's `message_id`, or a reply's `reply_id`; unique in the session.
        message_id: always the user's.
        position: 0, 1, 2 … in the conversation.
        seq: frames cut so far (replies).
        candidates: several prompts to choose from (`prompt, negative_prompt, explanation` each), where they were asked for.
        asked: what was asked for beside the words (`Words.kept`), for going on with it; a reply's.
    """

    id: str
    session_id: str
    conversation_id: str
    message_id: str
    role: Role
    content: str
    state: MessageState = "complete"
    position: int = 0
    seq: int = 0
    prompt: str | None = None
    negative_prompt: str | None = None
    finish_reason: str | None = None
    usage: Mapping[str, Any] | None = None
    model: str | None = None
    error: Mapping[str, Any] | None = None
    image_id: str | None = None
    folder: str | None = None
    template: str | None = None
    client_sid: str | None = None
    created_at: float
    candidates: Sequence[Mapping[str, Any]] | None = None
    asked: Mapping[str, Any] | None = None

    @property
    def is_whole(self) -> bool:
        """A reply to which nothing is missing: one that the model ended itself, and not for its length."""
        return self.state == "complete" and self.finish_reason != "length"

    def as_json(self) -> dict[str, Any]:
        """The `message` record of docs/protocol.md."""
        record: dict[str, Any] = {
            "role": self.role,
            "content": self.content,
            "state": self.state,
            "position": self.position,
            "created_at": self.created_at,
            "conversation_id": self.conversation_id,
            "message_id": self.message_id,
        }
        if self.role == "user":
            return record | {"image_id": self.image_id, "folder": self.folder, "template": self.template}
        return record | {
            "reply_id": self.id,
            "seq": self.seq,
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "candidates": self.candidates,
            "finish_reason": self.finish_reason,
            "usage": self.usage,
            "model": self.model,
            "error": self.error,
        }


def cursor_of(messages: Sequence[Message]) -> int | None:
    """Where `history` goes on from; None at the beginning of the conversation."""
    return messages[0].position if messages and messages[0].position > 0 else None


def replies_of(messages: Sequence[Message]) -> list[str]:
    """The ids of the replies among them."""
    return [message.id for message in messages if message.role == "assistant"]
