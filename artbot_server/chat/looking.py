"""Looking at replies that are being written, following and stopping them, whichever web process writes them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from artbot_server.chat.elsewhere import Elsewhere
from artbot_server.chat.live_replies import LiveReplies
from artbot_server.chat.relay import LiveReply
from artbot_server.chat.turns import ids_of, stored_end
from artbot_server.errors import NotFound
from artbot_server.events import Event, Frame
from artbot_server.storage.conversations import ConversationStore


class Looking:
    """Finds replies: among the live ones, then at the other processes, then in the database."""

    def __init__(self, store: ConversationStore, elsewhere: Elsewhere, live: LiveReplies | None) -> None:
        self._store = store
        self._elsewhere = elsewhere
        self.live = LiveReplies() if live is None else live

    def replies(self, session_id: str) -> list[dict[str, Any]]:
        """The session's running replies, whoever writes them, as the snapshot's `replies`."""
        self._elsewhere.reach(session_id)
        return self.live.of_session(session_id)

    def stop(
        self,
        session_id: str,
        *,
        reply_id: str | None = None,
        message_id: str | None = None,
        client_sid: str | None = None,
    ) -> bool:
        """Stop the running replies that match, whoever writes them; whether any ran. It may overtake its message."""
        which = {"reply_id": reply_id, "message_id": message_id, "client_sid": client_sid}
        if self.live.stop(session_id, **which):
            return True
        self._elsewhere.reach(session_id)
        if self.live.stop(session_id, **which):
            return True
        self._elsewhere.stop(session_id, which)
        return False

    def resume(self, session_id: str, reply_id: str) -> dict[str, Any]:
        """A reply's text so far: `text, seq, done`. Raises NotFound."""
        live = self.live.get(session_id, reply_id) or self._found_elsewhere(session_id, reply_id)
        if live is not None:
            text, seq = live.snapshot()
            return {"reply_id": reply_id, "text": text, "seq": seq, "done": False}
        stored = self._store.message(session_id, reply_id)
        if stored is None or stored.role != "assistant":
            raise NotFound("There is no such reply in this session.", field="reply_id")
        return {"reply_id": reply_id, "text": stored.content, "seq": stored.seq, "done": stored.state != "streaming"}

    def follow(self, session_id: str, reply_id: str, look_s: float) -> Iterator[Event | None]:
        """A reply's frames from its first one and its last event, however far it is; see `LiveReply.follow`.

        Ends without a last event where that was not stored (the server is stopping).
        """
        while (live := self.live.get(session_id, reply_id)) is None:
            stored = self._store.message(session_id, reply_id)
            if stored is None or stored.state != "streaming":
                break
            live = self._found_elsewhere(session_id, reply_id)
            if live is not None:
                break
            time.sleep(look_s)
            yield None
        if live is not None:
            yield from live.follow(look_s)
        elif stored is not None:
            ids = ids_of(stored)
            if stored.content:
                yield Frame(
                    stored.content, ids.client_sid, ids.message_id, reply_id, ids.conversation_id, stored.seq, 1
                )
            yield stored_end(stored)

    def _found_elsewhere(self, session_id: str, reply_id: str) -> LiveReply | None:
        self._elsewhere.reach(session_id)
        return self.live.get(session_id, reply_id)
