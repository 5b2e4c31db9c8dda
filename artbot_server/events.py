"""All the server can say to a client: one frozen dataclass an event, its name and its fields. No behaviour.

docs/protocol.md describes each; a test keeps the two together. Binary values stay `bytes`; the edge encodes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SessionSnapshot:
    """All a client needs to show where it was; see "snapshot" in docs/protocol.md."""

    name: ClassVar[str] = "session"
    snapshot: Json

    def fields(self) -> dict[str, Any]:
        return dict(self.snapshot)


@dataclass(frozen=True, slots=True)
class UserMessage:
    """Somebody in this session sent a message; every socket of it is told, the sender too."""

    name: ClassVar[str] = "user_message"
    message: Json
    conversation: Json

    def fields(self) -> dict[str, Any]:
        return {"message": self.message, "conversation": self.conversation}


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """A conversation was renamed or closed, on whichever of the session's devices."""

    name: ClassVar[str] = "conversation"
    conversation: Json

    def fields(self) -> dict[str, Any]:
        return {"conversation": self.conversation}


@dataclass(frozen=True, slots=True)
class ConversationDeleted:
    """A conversation is gone with everything in it, on whichever of the session's devices that was done."""

    name: ClassVar[str] = "conversation_deleted"
    conversation_id: str

    def fields(self) -> dict[str, Any]:
        return {"conversation_id": self.conversation_id}


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of a reply. `first` is set where several were joined for a slow socket: first..seq."""

    name: ClassVar[str] = "message"
    message: str
    client_sid: str | None
    message_id: str
    reply_id: str
    conversation_id: str
    seq: int
    first: int | None = None

    def fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "message": self.message,
            "client_sid": self.client_sid,
            "message_id": self.message_id,
            "reply_id": self.reply_id,
            "conversation_id": self.conversation_id,
            "seq": self.seq,
        }
        if self.first is not None and self.first != self.seq:
            fields["from"] = self.first
        return fields


@dataclass(frozen=True, slots=True)
class ReplyDone:
    """The whole reply, stored before this was sent. `state`: `complete` or `stopped`."""

    name: ClassVar[str] = "gpt_chat"
    full_message: str
    client_sid: str | None
    message_id: str
    reply_id: str
    conversation_id: str
    seq: int
    prompt: str | None
    negative_prompt: str | None
    finish_reason: str | None
    usage: Json | None
    state: str
    model: str | None = None
    candidates: Sequence[Json] | None = None
    job_id: str | None = None
    paint_error: Json | None = None

    def fields(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in self.__slots__}
        for optional in ("candidates", "job_id", "paint_error"):
            if fields[optional] is None:
                del fields[optional]
        return fields


@dataclass(frozen=True, slots=True)
class ChatFailed:
    """A reply broke; what had come is kept and stands in `full_message`."""

    name: ClassVar[str] = "chat_error"
    client_sid: str | None
    message_id: str
    reply_id: str
    conversation_id: str
    error: Json
    full_message: str = ""
    seq: int = 0

    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ReplyContinued:
    """An ended reply is written on. `text` is all it has and stands for everything up to `seq`, as in a snapshot."""

    name: ClassVar[str] = "chat_continued"
    client_sid: str | None
    message_id: str
    reply_id: str
    conversation_id: str
    text: str
    seq: int

    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A job's record, after each change of its state."""

    name: ClassVar[str] = "job"
    job: Json

    def fields(self) -> dict[str, Any]:
        return dict(self.job)


@dataclass(frozen=True, slots=True)
class QueueMoved:
    """Positions that changed: `{job_id, position, eta_s}` each."""

    name: ClassVar[str] = "queue"
    jobs: Sequence[Json]

    def fields(self) -> dict[str, Any]:
        return {"jobs": list(self.jobs)}


@dataclass(frozen=True, slots=True)
class PaintProgress:
    """How far a running job is; `preview` is an encoded picture or None (the old one stands)."""

    name: ClassVar[str] = "progress"
    job_id: str
    progress: float
    step: int | None
    steps: int | None
    eta_s: float | None
    preview: bytes | None = None

    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class PicturesReady:
    """A job's pictures as records; the edge adds `data` in the form each socket chose."""

    name: ClassVar[str] = "images"
    job_id: str
    images: Sequence[Json]
    grid: Json | None = None

    def fields(self) -> dict[str, Any]:
        return {"job_id": self.job_id, "images": list(self.images), "grid": self.grid}


@dataclass(frozen=True, slots=True)
class BatchChanged:
    """A batch's record: when it is ordered, at most once a second while its items change, and when it has ended."""

    name: ClassVar[str] = "batch"
    batch: Json

    def fields(self) -> dict[str, Any]:
        return dict(self.batch)


@dataclass(frozen=True, slots=True)
class ServerChanged:
    """What this server offers, when it changes."""

    name: ClassVar[str] = "server"
    server: Json

    def fields(self) -> dict[str, Any]:
        return dict(self.server)


Event = (
    SessionSnapshot
    | UserMessage
    | ConversationChanged
    | ConversationDeleted
    | Frame
    | ReplyDone
    | ChatFailed
    | ReplyContinued
    | JobChanged
    | QueueMoved
    | PaintProgress
    | PicturesReady
    | BatchChanged
    | ServerChanged
)

Publish = Callable[[str, Event], None]
"""`publish(session_id, event)`: to every socket of that session; returns at once, never raises."""
