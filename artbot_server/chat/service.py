"""From a user's words to a stored reply: save, window of history, the engine's stream, save, find the prompt, tell.

Knows engines, templates and painting only through what `app.py` hands it; never touches Flask.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog

from artbot_server.chat.history import Turn, window
from artbot_server.chat.live_replies import LiveReplies
from artbot_server.chat.messages import Conversation, Message
from artbot_server.chat.prompts import FoundPrompt, find_prompt
from artbot_server.chat.relay import INTERRUPTED, LiveReply, Outcome, ReplyIds, relay
from artbot_server.chat.turns import empty_reply, ids_of, last_event, title_of, user_message
from artbot_server.chat.words import ArticleWords, Words
from artbot_server.errors import ArtbotError, NotFound, Unavailable
from artbot_server.events import Event, Publish, UserMessage
from artbot_server.llm.base import ChatRequest, Engine
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.turns import NewTurn

log = structlog.get_logger()

WINDOW_MESSAGES = 40
STORE_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPorts:
    """What the service needs from the rest of the program, all given by `app.py`.

    Attributes:
        engine_for: the engine that serves a request with this key (None: the caller brought none).
        system_prompt: a folder's system prompt; raises NotFound for an unknown folder.
        screen: raises `unsuitable` when a folder does not draw what a text asks for.
        paint: queue a finished prompt and give the job's id.
        spawn: run a function in the background.
    """

    engine_for: Callable[[str | None], Engine]
    system_prompt: Callable[[str | None], str]
    screen: Callable[[str | None, str], None]
    paint: Callable[[str, Words, FoundPrompt, ReplyIds], str]
    publish: Publish
    spawn: Callable[..., Any]
    new_id: Callable[[], str]


class ChatService:
    """Answers messages, one reply at a time in each conversation."""

    def __init__(self, store: ConversationStore, ports: ChatPorts) -> None:
        self._store = store
        self._ports = ports
        self.live = LiveReplies()

    # Asking

    def say(self, session_id: str, words: Words, admit: Callable[[], None] = lambda: None) -> ReplyIds:
        """Save a message and answer it in the background; a repeated `message_id` gives the first answer's ids.

        Args:
            admit: called for a message that is new, before anything is done; may refuse it by raising.

        Raises:
            Busy: this conversation is still being answered.
            NotFound: no such conversation, folder or template.
            BadRequest: `unsuitable` for this folder.
            Unavailable: the server is stopping.
        """
        known = self._store.reply_to(session_id, words.message_id)
        if known is not None:
            return ids_of(known)
        admit()
        system_prompt = self._ports.system_prompt(words.folder)
        self._ports.screen(words.folder, words.text)
        self.live.require_open()
        begins = None
        if words.conversation_id is None:
            begins = self._new(session_id, title_of(words.text), words.folder, words.template)
        ids = ReplyIds(
            session_id=session_id,
            conversation_id=begins.id if begins else str(words.conversation_id),
            message_id=words.message_id,
            reply_id=self._ports.new_id(),
            client_sid=words.client_sid,
        )
        user = user_message(ids, words.text, words)
        reply = empty_reply(ids, words.model)
        saved = self._store.add_turn(
            NewTurn(user=user, reply=reply, begins=begins, title=title_of(words.text), alone=True)
        )
        if saved.reply.id != ids.reply_id:  # the same message came at the same instant and was quicker
            return ids_of(saved.reply)
        live = self.live.begin(ids)
        self._ports.publish(session_id, UserMessage(saved.user.as_json(), saved.conversation.as_json()))
        self._ports.spawn(self._answer, live, words, system_prompt, saved.user)
        return ids

    def answer_article(
        self, session_id: str, words: ArticleWords, send: Callable[[Event], None]
    ) -> tuple[ReplyIds, Outcome]:
        """Answer the article's form; returns at the end. Events go to the asking socket only, through `send`.

        Raises:
            Unavailable: the server is stopping, or the database is away before the reply began.
        """
        self.live.require_open()
        panel = words.client_sid or ""
        conversation = self._store.of_client(
            replace(self._new(session_id, title_of(panel or "API"), None, None), client_sid=panel)
        )
        ids = ReplyIds(
            session_id=session_id,
            conversation_id=conversation.id,
            message_id=self._ports.new_id(),
            reply_id=self._ports.new_id(),
            client_sid=words.client_sid,
        )
        last = next((m for m in reversed(words.messages) if m.get("role") == "user"), {"content": ""})
        user = user_message(ids, str(last["content"]))
        self._store.add_turn(NewTurn(user=user, reply=empty_reply(ids, words.model)))
        request = ChatRequest(
            messages=words.messages, model=words.model, temperature=0, key=words.key, stream=words.stream
        )
        return ids, self._run(self.live.begin(ids), words, lambda: request, send)

    # Looking and stopping

    def resume(self, session_id: str, reply_id: str) -> dict[str, Any]:
        """A reply's text so far: `text, seq, done`. Raises NotFound."""
        live = self.live.get(session_id, reply_id)
        if live is not None:
            text, seq = live.snapshot()
            return {"reply_id": reply_id, "text": text, "seq": seq, "done": False}
        stored = self._store.message(session_id, reply_id)
        if stored is None or stored.role != "assistant":
            raise NotFound("There is no such reply in this session.", field="reply_id")
        return {"reply_id": reply_id, "text": stored.content, "seq": stored.seq, "done": stored.state != "streaming"}

    def close_orphans(self, *, everybody: bool = False) -> None:
        """Renew our own replies, and close as `interrupted` those whose process is gone."""
        self._store.renew(self.live.ids())
        for lost in self._store.close_orphans(INTERRUPTED.as_json(), everybody=everybody):
            ids = ids_of(lost)
            outcome = Outcome(lost.content, lost.seq, "interrupted", error=INTERRUPTED)
            self._ports.publish(ids.session_id, last_event(ids, outcome, None, None, None))

    # Answering

    def _answer(self, reply: LiveReply, words: Words, system_prompt: str, user: Message) -> None:
        def request() -> ChatRequest:
            earlier = self._store.tail(user.conversation_id, limit=WINDOW_MESSAGES, before=user.position)
            turns = [Turn(message.role, message.content, message.state) for message in (*earlier, user)]
            lines = window(system_prompt, turns, max_messages=WINDOW_MESSAGES)
            return ChatRequest(messages=lines, model=words.model, key=words.key, stream=words.stream)

        session_id = reply.ids.session_id
        try:
            self._run(reply, words, request, lambda event: self._ports.publish(session_id, event))
        except Unavailable:  # the server stops while the database is away; its next start closes the reply
            log.warning("a reply could not be stored", reply_id=reply.ids.reply_id)

    def _run(
        self,
        reply: LiveReply,
        words: Words | ArticleWords,
        request: Callable[[], ChatRequest],
        send: Callable[[Event], None],
    ) -> Outcome:
        """Stream, save, find the prompt, paint, tell: in this order, so that what is told is stored."""
        ids = reply.ids
        began = time.monotonic()
        try:
            try:
                stream = self._ports.engine_for(words.key).open(request())
                outcome = relay(reply, stream, send, lambda text, seq: self._checkpoint(ids, text, seq))
            except ArtbotError as error:
                outcome = Outcome("", 0, "failed", error=error)
            found = find_prompt(outcome.text) if outcome.error is None else None
            self._finish(ids, _end_of(outcome, found, words.model))
            job_id, paint_error = self._paint(ids, words, found, outcome)
        finally:
            self.live.end(ids)
        send(last_event(ids, outcome, found, job_id, paint_error))
        log.info(
            "reply ended", reply_id=ids.reply_id, state=outcome.state, frames=outcome.seq,
            seconds=round(time.monotonic() - began, 2), error=outcome.error.error_code if outcome.error else None,
        )  # fmt: skip
        return outcome

    def _paint(
        self, ids: ReplyIds, words: Words | ArticleWords, found: FoundPrompt | None, outcome: Outcome
    ) -> tuple[str | None, ArtbotError | None]:
        if isinstance(words, ArticleWords) or not words.paint or found is None or outcome.state != "complete":
            return None, None
        try:
            return self._ports.paint(ids.session_id, words, found, ids), None
        except ArtbotError as error:
            return None, error

    def _finish(self, ids: ReplyIds, values: dict[str, Any]) -> None:
        """Store a reply's end however long the database is away: until then it stays live, and nothing is told."""
        while True:
            try:
                return self._store.finish(ids.session_id, ids.reply_id, values)
            except Unavailable:
                if self.live.is_closed:
                    raise
                log.warning("a reply waits to be stored", reply_id=ids.reply_id)
                time.sleep(STORE_AGAIN_S)

    def _checkpoint(self, ids: ReplyIds, text: str, seq: int) -> None:
        try:
            self._store.checkpoint(ids.session_id, ids.reply_id, text, seq)
        except Unavailable:
            log.warning("a checkpoint was missed", reply_id=ids.reply_id)

    def new_conversation(
        self, session_id: str, *, title: str | None = None, folder: str | None = None, template: str | None = None
    ) -> Conversation:
        """Begin an empty conversation."""
        return self._store.create(self._new(session_id, title or "", folder, template))

    def _new(self, session_id: str, title: str, folder: str | None, template: str | None) -> Conversation:
        now = time.time()
        return Conversation(
            id=self._ports.new_id(),
            session_id=session_id,
            title=title,
            folder=folder,
            template=template,
            created_at=now,
            updated_at=now,
        )


def _end_of(outcome: Outcome, found: FoundPrompt | None, model: str | None) -> dict[str, Any]:
    """What is written into a reply's row at its end."""
    return {
        "content": outcome.text,
        "seq": outcome.seq,
        "state": outcome.state,
        "prompt": found.prompt if found else None,
        "negative_prompt": found.negative_prompt if found else None,
        "finish_reason": outcome.end.finish_reason,
        "usage": dict(outcome.end.usage) if outcome.end.usage else None,
        "model": outcome.end.model or model,
        "error": outcome.error.as_json() if outcome.error else None,
    }
