"""The shapes of the answers about conversations and replies, for the API's description; docs/protocol.md has the meanings."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel


class ConversationRecord(BaseModel):
    """The `conversation` record."""

    conversation_id: str
    title: str
    folder: str | None
    template: str | None
    client_sid: str | None
    message_count: int
    created_at: float
    updated_at: float
    closed_at: float | None
    picture_url: str | None


class CandidateRecord(BaseModel):
    """One of several prompts to choose from."""

    prompt: str
    negative_prompt: str
    explanation: str


class MessageRecord(BaseModel):
    """The `message` record: a user's has the picture and the template, a reply what was found in it."""

    role: Literal["user", "assistant"]
    content: str
    state: Literal["complete", "streaming", "stopped", "failed", "interrupted"]
    position: int
    created_at: float
    conversation_id: str
    message_id: str
    image_id: str | None = None
    folder: str | None = None
    template: str | None = None
    reply_id: str | None = None
    seq: int | None = None
    prompt: str | None = None
    negative_prompt: str | None = None
    candidates: list[CandidateRecord] | None = None
    finish_reason: str | None = None
    usage: dict[str, int] | None = None
    model: str | None = None
    error: dict[str, Any] | None = None


class OneConversation(BaseModel):
    conversation: ConversationRecord


class ConversationsPage(BaseModel):
    conversations: list[ConversationRecord]
    cursor: str | None


class HistoryPage(BaseModel):
    conversation: ConversationRecord
    messages: list[MessageRecord]
    jobs: list[dict[str, Any]]
    cursor: int | None


class Export(BaseModel):
    conversation: ConversationRecord
    exported_at: float
    messages: list[MessageRecord]
    jobs: list[dict[str, Any]]


class Deleted(BaseModel):
    deleted: bool


class Stopped(BaseModel):
    stopped: bool


class ReplyText(BaseModel):
    """A reply so far."""

    reply_id: str
    text: str
    seq: int
    done: bool


class ReplyEnd(BaseModel):
    """The fields of the event `gpt_chat` of the server."""

    full_message: str
    client_sid: str | None
    message_id: str
    reply_id: str
    conversation_id: str
    seq: int
    prompt: str | None
    negative_prompt: str | None
    finish_reason: str | None
    usage: dict[str, int] | None
    model: str | None
    state: str
    candidates: list[CandidateRecord] | None = None
    job_id: str | None = None
    paint_error: dict[str, Any] | None = None
