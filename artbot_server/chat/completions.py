"""Replies that belong to no conversation: the caller sends all messages, and nothing is stored.

A completion is a live reply like any other, so that it can be followed, stopped and drained; whoever asked for it stops
it when nobody reads it any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from artbot_server.chat.live_replies import LiveReplies
from artbot_server.chat.relay import LiveReply, ReplyIds, relay
from artbot_server.chat.turns import Finding, last_event
from artbot_server.events import Event
from artbot_server.llm.base import ChatRequest, Engine, ReplyStream


class CompletionService:
    """Has a model answer once.

    Args:
        live: where running replies are kept.
        spawn: run a function in the background.
    """

    def __init__(
        self,
        live: LiveReplies,
        engine_for: Callable[[str | None], Engine],
        spawn: Callable[..., Any],
        new_id: Callable[[], str],
    ) -> None:
        self._live = live
        self._engine_for = engine_for
        self._spawn = spawn
        self._new_id = new_id

    def models(self) -> tuple[str, ...]:
        """What may be asked for, the default first; empty: anything the model's side knows."""
        return self._engine_for(None).models

    def begin(self, session_id: str, request: ChatRequest) -> LiveReply:
        """Have it written in the background; follow it.

        Raises:
            BadRequest: `model_not_allowed`.
            Unavailable: the server is stopping.
        """
        self._live.require_open()
        stream = self._engine_for(request.key).open(request)
        name = self._new_id()
        ids = ReplyIds(session_id=session_id, conversation_id="", message_id=name, reply_id=name, client_sid=None)
        reply = self._live.begin(ids)
        self._spawn(self._run, reply, stream)
        return reply

    def _run(self, reply: LiveReply, stream: ReplyStream) -> None:
        last: Event | None = None
        try:
            outcome = relay(reply, stream, lambda _frame: None)
            last = last_event(reply.ids, outcome, Finding(), None, None)
        finally:
            self._live.end(reply.ids)
            reply.over(last)
