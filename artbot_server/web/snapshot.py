"""The `session` event: everything a client needs to show where it was, in at most 64 KB."""

from __future__ import annotations

from typing import Any

import orjson

from artbot_server.chat.messages import cursor_of, replies_of
from artbot_server.events import SessionSnapshot
from artbot_server.web.services import Services

SNAPSHOT_BYTES = 64_000
SNAPSHOT_MESSAGES = 50
LONG_CHARS = 8_000
"""A running reply of more than this is left to `resume` before anything else is left out: its client asks at once."""


def session_snapshot(services: Services, session_id: str, token: str | None, operator: bool = False) -> dict[str, Any]:
    """The snapshot of docs/protocol.md. `token` is None for a page, whose cookie holds it.

    What does not fit is left out: waiting jobs of batches, which list them too; a long live reply's text (its client asks
    `resume`), which its message need not have as well; from the old end messages behind `cursor` and ended jobs; the far end
    of a very long queue, whose jobs are told when they move; at last batches (asked for by `batches`).
    """
    replies = services.chat.replies(session_id)  # first: from here on nothing about the session is missed
    used = services.sessions.is_used(session_id)
    conversation = services.conversations.newest(session_id) if used else None
    messages = services.conversations.tail(conversation.id, limit=SNAPSHOT_MESSAGES) if conversation else []
    library = services.templates.current()
    snapshot: dict[str, Any] = {
        "session_id": session_id,
        "token": token,
        "operator": operator,
        "server": services.server_json(),
        "conversation": services.conversation_service.record(conversation) if conversation else None,
        "messages": [message.as_json() for message in messages],
        "cursor": cursor_of(messages),
        "replies": replies,
        "jobs": services.queue.records(session_id, replies_of(messages)) if used else [],
        "batches": services.batches.records(session_id, unfinished=True) if used else [],
        "folders": [{"name": folder.name, "templates": list(folder.templates)} for folder in library.folders.values()],
        "templates_version": library.version,
    }
    return _fitted(snapshot)


def show_again(services: Services, session_id: str) -> None:
    """Send all of a session's sockets here the snapshot anew: something may have passed them by."""
    for member in services.audience.members(session_id):
        snapshot = session_snapshot(services, session_id, member.token, member.operator)
        member.outbox.put(SessionSnapshot(snapshot))


def _fitted(snapshot: dict[str, Any]) -> dict[str, Any]:
    while len(orjson.dumps(snapshot)) > SNAPSHOT_BYTES:
        ended = [job for job in snapshot["jobs"] if job["ended_at"] is not None]
        waiting = [job for job in snapshot["jobs"] if job["state"] == "queued"]
        longest = max(snapshot["replies"], key=lambda reply: len(reply["text"]), default=None)
        written = [
            message for message in snapshot["messages"] if message["state"] == "streaming" and message["content"]
        ]
        if any(job["batch_id"] for job in waiting):
            known = {job["job_id"] for job in waiting if job["batch_id"]}
            snapshot["jobs"] = [job for job in snapshot["jobs"] if job["job_id"] not in known]
        elif longest is not None and len(longest["text"]) > LONG_CHARS:
            longest["text"], longest["seq"] = "", 0
        elif written:
            written[0]["content"], written[0]["seq"] = "", 0
        elif len(snapshot["messages"]) > 2:
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
        elif snapshot["batches"]:
            snapshot["batches"].pop()
        elif snapshot["messages"]:
            snapshot["cursor"] = snapshot["messages"].pop(0)["position"] + 1
        else:
            break
    return snapshot
