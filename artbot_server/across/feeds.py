"""The owner's side of a reply that is shown elsewhere: its text goes to each web process that watches its session.

A feed reads the reply as any follower does, so the relay knows nothing of it and never waits for Redis: what comes
while a piece is on its way goes with the next one. Without a watcher there is no feed and no cost.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from artbot_server.chat.live_replies import LiveReplies, reply_record
from artbot_server.chat.relay import LiveReply
from artbot_server.errors import Unavailable
from artbot_server.events import Frame

LOOK_S = 5.0
"""How often a feed of a silent reply looks whether it is still wanted."""
AGAIN_S = 0.5
"""Pause before a piece is sent again that Redis did not take."""

Tell = Callable[[str, str, Mapping[str, Any]], bool]
"""`tell(watcher, kind, body)`: now; False when it is gone. Raises Unavailable when Redis is away."""


class Feeds:
    """All feeds of this process."""

    def __init__(self, live: LiveReplies, tell: Tell, spawn: Callable[..., Any]) -> None:
        self._live = live
        self._tell = tell
        self._spawn = spawn
        self._lock = threading.Lock()
        self._wanted: set[tuple[str, str]] = set()

    def __len__(self) -> int:
        return len(self._wanted)

    def watch(self, session_id: str, watcher: str) -> list[dict[str, Any]]:
        """The session's running replies as a snapshot's `replies`; what they get from now on goes to the watcher."""
        replies = self._live.shared(session_id)
        for reply in replies:
            with self._lock:
                key = (reply.ids.reply_id, watcher)
                is_new = key not in self._wanted
                self._wanted.add(key)
            if is_new:
                self._spawn(self._feed, reply, watcher)
        return [reply_record(reply) for reply in replies]

    def unwatch(self, reply_id: str, watcher: str) -> None:
        """A watcher wants no more of a reply."""
        with self._lock:
            self._wanted.discard((reply_id, watcher))

    def _feed(self, reply: LiveReply, watcher: str) -> None:
        key = (reply.ids.reply_id, watcher)
        try:
            for event in reply.follow(LOOK_S):
                if key not in self._wanted:
                    return
                if isinstance(event, Frame) and not self._sent(reply.ids.session_id, event, watcher):
                    return
        finally:
            self.unwatch(*key)

    def _sent(self, session_id: str, frame: Frame, watcher: str) -> bool:
        """Send it, however long Redis is away; False when nobody is there to take it."""
        key = (frame.reply_id, watcher)
        first = frame.seq if frame.first is None else frame.first
        body = {"session_id": session_id, "reply_id": frame.reply_id, "first": first, "seq": frame.seq}
        body["text"] = frame.message
        while key in self._wanted:
            try:
                return self._tell(watcher, "text", body)
            except Unavailable:
                time.sleep(AGAIN_S)
        return False
