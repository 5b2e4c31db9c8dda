"""The replies this process is writing, and those it shows that others write: found, stopped and looked at.

Only memory and one lock; the text itself is in each `relay.LiveReply`.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from artbot_server.chat.relay import LiveReply, ReplyIds
from artbot_server.errors import Unavailable

EARLY_STOP_S = 60.0
"""How long a stop that came before its message waits for it."""
MOST_EARLY_STOPS = 1_000
"""Kept at a time, the oldest dropped first: nobody can fill the memory with stops of nothing."""


class LiveReplies:
    """All running replies of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: dict[str, LiveReply] = {}
        self._elsewhere: dict[str, LiveReply] = {}
        self._early_stops: dict[tuple[str, str], float] = {}
        self._closed = False

    def __len__(self) -> int:
        return len(self._live)

    @property
    def is_closed(self) -> bool:
        """The server is stopping."""
        return self._closed

    def require_open(self) -> None:
        """Raises Unavailable when the server is stopping."""
        if self._closed:
            raise Unavailable("The server is stopping; send this again in a moment.")

    def begin(self, ids: ReplyIds, text: str = "", seq: int = 0, *, shared: bool = False) -> LiveReply:
        """Enter a stored reply, with what it has. It is stopped already when its stop came earlier, or the server has
        just closed.

        Args:
            shared: its frames go to all sockets of its session, on whichever process.
        """
        reply = LiveReply(ids, text, seq, shared=shared)
        with self._lock:
            self._live[ids.reply_id] = reply
            stopped_at = self._early_stops.pop((ids.session_id, ids.message_id), None)
            closed = self._closed
        if closed or (stopped_at is not None and time.monotonic() - stopped_at < EARLY_STOP_S):
            reply.stop(interrupted=closed)
        return reply

    def end(self, ids: ReplyIds) -> None:
        """It is stored and told; forget it."""
        with self._lock:
            self._live.pop(ids.reply_id, None)

    def show(self, reply: LiveReply) -> None:
        """Enter a reply that another process writes."""
        with self._lock:
            self._elsewhere[reply.ids.reply_id] = reply

    def hide(self, reply_id: str) -> None:
        """Forget a reply that another process writes."""
        with self._lock:
            self._elsewhere.pop(reply_id, None)

    def shared(self, session_id: str) -> list[LiveReply]:
        """Those of a session that this process writes and all its sockets see."""
        with self._lock:
            return [one for one in self._live.values() if one.shared and one.ids.session_id == session_id]

    def ids(self) -> list[str]:
        """The ids of all running replies."""
        with self._lock:
            return list(self._live)

    def get(self, session_id: str, reply_id: str) -> LiveReply | None:
        """A running reply of this session."""
        with self._lock:
            reply = self._live.get(reply_id) or self._elsewhere.get(reply_id)
        return reply if reply is not None and reply.ids.session_id == session_id else None

    def stop(self, session_id: str, *, reply_id: str | None, message_id: str | None, client_sid: str | None) -> bool:
        """Stop those that match, within the session; whether any ran. A stop may overtake its message."""
        with self._lock:
            found = [
                reply
                for reply in self._all()
                if reply.ids.session_id == session_id
                and (
                    reply.ids.reply_id == reply_id
                    or (message_id is not None and reply.ids.message_id == message_id)
                    or (client_sid is not None and reply.ids.client_sid == client_sid)
                )
            ]
            if not found and message_id is not None:
                self._early_stops[session_id, message_id] = time.monotonic()
                if len(self._early_stops) > MOST_EARLY_STOPS:
                    del self._early_stops[next(iter(self._early_stops))]
        for reply in found:
            reply.stop()
        return bool(found)

    def of_session(self, session_id: str) -> list[dict[str, Any]]:
        """The session's running replies as the snapshot's `replies`; not those that belong to no conversation."""
        with self._lock:
            of_it = [reply for reply in self._all() if reply.ids.session_id == session_id]
        return [reply_record(reply) for reply in of_it if reply.ids.conversation_id]

    def _all(self) -> list[LiveReply]:
        return [*self._live.values(), *self._elsewhere.values()]

    def grown(self) -> list[LiveReply]:
        """Those of a conversation that have text which is not kept yet."""
        with self._lock:
            return [r for r in self._live.values() if r.ids.conversation_id and r.seq > r.kept_seq]

    def drain(self, grace_s: float) -> None:
        """Let no new ones begin, wait up to `grace_s` seconds for the running ones, then interrupt them."""
        with self._lock:
            self._closed = True
        self._wait(grace_s)
        for reply in list(self._live.values()):
            reply.stop(interrupted=True)
        self._wait(2.0)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self._live and time.monotonic() < until:
            time.sleep(0.05)


def reply_record(reply: LiveReply) -> dict[str, Any]:
    """An item of the snapshot's `replies`."""
    text, seq = reply.snapshot()
    ids = reply.ids
    return {
        "reply_id": ids.reply_id,
        "message_id": ids.message_id,
        "conversation_id": ids.conversation_id,
        "client_sid": ids.client_sid,
        "text": text,
        "seq": seq,
    }
