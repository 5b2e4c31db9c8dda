"""The `session` event: everything a client needs to show where it was, in at most 64 KB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from artbot_server.chat.messages import Conversation, Message
from artbot_server.web.services import Services

SNAPSHOT_BYTES = 64_000
SNAPSHOT_MESSAGES = 50


def session_snapshot(services: Services, session_id: str, token: str | None, operator: bool = False) -> dict[str, Any]:
    """The snapshot of docs/protocol.md. `token` is None for a page, whose cookie holds it.

    What does not fit is left out from the old end: messages behind `cursor`, ended jobs, and a live reply's text
    (its client asks `resume`); at last the far end of a very long queue, whose jobs are told when they move.
    """
    conversation = services.conversations.newest(session_id)
    messages = services.conversations.tail(conversation.id, limit=SNAPSHOT_MESSAGES) if conversation else []
    library = services.templates.current()
    snapshot: dict[str, Any] = {
        "session_id": session_id,
        "token": token,
        "operator": operator,
        "server": services.server_json(),
        "conversation": conversation_json(services, conversation) if conversation else None,
        "messages": [message.as_json() for message in messages],
        "cursor": cursor_of(messages),
        "replies": services.chat.live.of_session(session_id),
        "jobs": services.queue.records(session_id, [m.id for m in messages if m.role == "assistant"]),
        "folders": [{"name": folder.name, "templates": list(folder.templates)} for folder in library.folders.values()],
        "templates_version": library.version,
    }
    return _fitted(snapshot)


def cursor_of(messages: Sequence[Message]) -> int | None:
    """Where `history` goes on from; None at the beginning of the conversation."""
    return messages[0].position if messages and messages[0].position > 0 else None


def conversation_json(services: Services, conversation: Conversation) -> dict[str, Any]:
    """A conversation's record with its newest picture."""
    picture_id = services.conversations.newest_picture(conversation.session_id, conversation.id)
    return conversation.as_json(services.sign(picture_id, "thumbnail") if picture_id else None)


def _fitted(snapshot: dict[str, Any]) -> dict[str, Any]:
    while len(orjson.dumps(snapshot)) > SNAPSHOT_BYTES:
        ended = [job for job in snapshot["jobs"] if job["ended_at"] is not None]
        waiting = [job for job in snapshot["jobs"] if job["state"] == "queued"]
        longest = max(snapshot["replies"], key=lambda reply: len(reply["text"]), default=None)
        if len(snapshot["messages"]) > 2:
            half = len(snapshot["messages"]) // 2
            snapshot["messages"] = snapshot["messages"][half:]
            snapshot["cursor"] = snapshot["messages"][0]["position"]
        elif ended:
            gone = {job["job_id"] for job in ended[: (len(ended) + 1) // 2]}
            snapshot["jobs"] = [job for job in snapshot["jobs"] if job["job_id"] not in gone]
        elif longest is not None and longest["text"]:
            longest["text"], longest["seq"] = "", 0
        elif len(waiting) > 1:
            far = {job["job_id"] for job in waiting[len(waiting) // 2 :]}
            snapshot["jobs"] = [job for job in snapshot["jobs"] if job["job_id"] not in far]
        elif snapshot["messages"]:
            snapshot["cursor"] = snapshot["messages"].pop(0)["position"] + 1
        else:
            break
    return snapshot
