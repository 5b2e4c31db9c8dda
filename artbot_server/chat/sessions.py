"""A session as a thing of its owner's: what it holds, all of it as JSON, and its end. Never touches Flask."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

import orjson

from artbot_server.chat.conversations import ConversationService
from artbot_server.errors import NotFound
from artbot_server.events import ConversationDeleted, Publish
from artbot_server.storage.session_store import SessionStore

PAGE = 50
"""Conversations looked up at a time in an export."""


class SessionService:
    """Only for who is in the session: nobody lists or looks into another's."""

    def __init__(
        self,
        store: SessionStore,
        conversations: ConversationService,
        publish: Publish,
        remove_files: Callable[[Iterable[str]], None],
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._publish = publish
        self._remove_files = remove_files

    def is_used(self, session_id: str) -> bool:
        """Whether anything of it was ever kept; most who come for the first time only look."""
        return self._store.is_used(session_id)

    def record(self, session_id: str) -> dict[str, Any]:
        """`session_id`, `created_at` and how much it holds."""
        return {"session_id": session_id, **asdict(self._store.tally(session_id))}

    def export(self, session_id: str) -> Iterator[bytes]:
        """All of it as one JSON object, piece by piece: `session`, `exported_at`, `conversations` (each as its own export
        has it) and `jobs`, those of no conversation.
        """
        head = {"session": self.record(session_id), "exported_at": time.time()}
        yield orjson.dumps(head)[:-1] + b',"conversations":['
        between = b""
        for conversation_id in self._conversation_ids(session_id):
            try:
                whole = self._conversations.export(session_id, conversation_id)
            except NotFound:  # deleted meanwhile
                continue
            yield between
            yield from whole
            between = b","
        yield b'],"jobs":'
        yield from self._conversations.loose_jobs(session_id)
        yield b"}"

    def delete(self, session_id: str) -> None:
        """Delete everything in it; its devices are told. Its token then opens an empty session.

        Raises:
            Busy: something is being written or painted.
        """
        removed = self._store.delete(session_id)
        for conversation_id in removed.conversation_ids:
            self._publish(session_id, ConversationDeleted(conversation_id))
        self._remove_files(removed.picture_ids)

    def _conversation_ids(self, session_id: str) -> Iterator[str]:
        cursor = None
        while True:
            page = self._conversations.page(session_id, cursor, PAGE)
            yield from [one["conversation_id"] for one in page["conversations"]]
            cursor = page["cursor"]
            if cursor is None:
                return
