"""From a user's words to a stored reply: save, window of history, the engine's stream, save, find the prompt, tell.

Knows engines, templates and painting only through what `app.py` hands it; never touches Flask.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from artbot_server.chat.asking import request_for
from artbot_server.chat.candidates import MODES, mode_of
from artbot_server.chat.continuing import Continuing
from artbot_server.chat.elsewhere import Elsewhere, Nobody
from artbot_server.chat.live_replies import LiveReplies
from artbot_server.chat.looking import Looking
from artbot_server.chat.messages import Message
from artbot_server.chat.prompts import FoundPrompt
from artbot_server.chat.relay import INTERRUPTED, LiveReply, Outcome, ReplyIds, relay
from artbot_server.chat.seam import JoinedStream
from artbot_server.chat.turns import (
    Finding,
    begun,
    empty_reply,
    finding,
    ids_of,
    last_event,
    row_end,
    stored_end,
    title_of,
    user_message,
)
from artbot_server.chat.words import ArticleWords, Words
from artbot_server.errors import ArtbotError, BadRequest, EngineFailed, NotFound, Unavailable
from artbot_server.events import Event, Publish, UserMessage
from artbot_server.llm.base import ChatRequest, Engine, ReplyStream
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.paintings import Paintings
from artbot_server.storage.turns import NewTurn

log = structlog.get_logger()

STORE_AGAIN_S = 1.0
CHECKPOINTS_AT_ONCE = 100
"""In one transaction: some milliseconds, in which nobody else in the process is served."""
NO_PROMPT = EngineFailed("This reply holds no prompt to paint.", code="no_prompt")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPorts:
    """What the service needs from the rest of the program, all given by `app.py`.

    Attributes:
        engine_for: the engine that serves a request with this key (None: the caller brought none).
        system_prompt: a folder's system prompt; raises NotFound for an unknown folder.
        screen: raises `unsuitable` when a folder does not draw what a text asks for.
        paint: queue a finished prompt and give the job's id.
        spawn: run a function in the background.
        elsewhere: the other web processes of this server.
    """

    engine_for: Callable[[str | None], Engine]
    system_prompt: Callable[[str | None], str]
    screen: Callable[[str | None, str], None]
    paint: Callable[[str, Words, FoundPrompt, ReplyIds], str]
    publish: Publish
    spawn: Callable[..., Any]
    new_id: Callable[[], str]
    elsewhere: Elsewhere = field(default_factory=Nobody)


class ChatService(Looking):
    """Answers messages, one reply at a time in each conversation; replies are looked at and stopped as `Looking` says."""

    def __init__(
        self, store: ConversationStore, paintings: Paintings, ports: ChatPorts, live: LiveReplies | None = None
    ) -> None:
        super().__init__(store, ports.elsewhere, live)
        self._paintings = paintings
        self._ports = ports
        self.continuing = Continuing(
            store, self.live, ports.elsewhere, ports.publish, ports.system_prompt,
            lambda *said: ports.spawn(self._answer, *said),
        )  # fmt: skip

    # Asking

    def say(self, session_id: str, words: Words, admit: Callable[[], None] = lambda: None) -> ReplyIds:
        """Save a message and answer it in the background; a repeated `message_id` gives the first answer's ids.

        Args:
            admit: called for a message that is new, before anything is done; may refuse it by raising.

        Raises:
            Busy: this conversation is still being answered, or `closed`.
            NotFound: no such conversation, folder, template or mode (`/image:prompt` and the like).
            BadRequest: `unsuitable` for this folder.
            Unavailable: the server is stopping.
        """
        known = self._store.reply_to(session_id, words.message_id)
        if known is not None:
            return ids_of(known)
        words = _with_mode(words)
        admit()
        system_prompt = self._ports.system_prompt(words.folder) if words.system is None else words.system
        self._ports.screen(words.folder, words.text)
        self.live.require_open()
        begins = None
        if words.conversation_id is None:
            title = title_of(words.text)
            begins = begun(self._ports.new_id(), session_id, title, words.folder, words.template)
        ids = ReplyIds(
            session_id=session_id,
            conversation_id=begins.id if begins else str(words.conversation_id),
            message_id=words.message_id,
            reply_id=self._ports.new_id(),
            client_sid=words.client_sid,
        )
        user = user_message(ids, words.text, words)
        reply = empty_reply(ids, words.model, words.kept())
        saved = self._store.add_turn(
            NewTurn(user=user, reply=reply, begins=begins, title=title_of(words.text), alone=True)
        )
        if saved.reply.id != ids.reply_id:  # the same message came at the same instant and was quicker
            return ids_of(saved.reply)
        live = self.live.begin(ids, shared=True)
        self._ports.elsewhere.began(ids)
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
        begins = begun(self._ports.new_id(), session_id, title_of(panel or "API"), None, None, panel)
        asked = ReplyIds(
            session_id=session_id,
            conversation_id=begins.id,
            message_id=self._ports.new_id(),
            reply_id=self._ports.new_id(),
            client_sid=words.client_sid,
        )
        last = next((m for m in reversed(words.messages) if m.get("role") == "user"), {"content": ""})
        user = user_message(asked, str(last["content"]))
        saved = self._store.add_turn(NewTurn(user=user, reply=empty_reply(asked, words.model), begins=begins))
        ids = ids_of(saved.reply)
        request = ChatRequest(
            messages=words.messages, model=words.model, temperature=0, key=words.key, stream=words.stream
        )
        return ids, self._run(
            self.live.begin(ids), words, lambda: self._ports.engine_for(words.key).open(request), send
        )

    # Orphans

    def close_orphans(self, *, everybody: bool = False) -> None:
        """Renew our own replies, and close as `interrupted` those whose process is gone."""
        self._store.renew(self.live.ids())
        for lost in self._store.close_orphans(INTERRUPTED.as_json(), everybody=everybody):
            ids = ids_of(lost)
            outcome = Outcome(lost.content, lost.seq, "interrupted", error=INTERRUPTED)
            self._ports.publish(ids.session_id, last_event(ids, outcome, Finding(), None, None))

    def checkpoint(self) -> None:
        """Keep what all running replies have so far; called once a second, so that a killed process loses no more."""
        grown = self.live.grown()
        for first in range(0, len(grown), CHECKPOINTS_AT_ONCE):
            some = grown[first : first + CHECKPOINTS_AT_ONCE]
            texts = [(reply, *reply.snapshot()) for reply in some]
            try:
                self._store.checkpoint([(r.ids.session_id, r.ids.reply_id, text, seq) for r, text, seq in texts])
            except Unavailable:
                log.warning("a checkpoint was missed", replies=len(grown))
                return
            for reply, _, seq in texts:
                reply.kept_seq = seq

    # Answering

    def _answer(self, reply: LiveReply, words: Words, system_prompt: str, user: Message) -> None:
        before, _ = reply.snapshot()

        def stream() -> ReplyStream:
            request = request_for(self._store, self._paintings, user, words, system_prompt, before)
            opened = self._ports.engine_for(words.key).open(request)
            return JoinedStream(opened, before) if before else opened

        session_id = reply.ids.session_id
        try:
            self._run(reply, words, stream, lambda event: self._ports.publish(session_id, event))
        except Unavailable:  # the server stops while the database is away; its next start closes the reply
            log.warning("a reply could not be stored", reply_id=reply.ids.reply_id)

    def _run(
        self,
        reply: LiveReply,
        words: Words | ArticleWords,
        stream: Callable[[], ReplyStream],
        send: Callable[[Event], None],
    ) -> Outcome:
        """Stream, save, find the prompt, paint, tell: in this order, so that what is told is stored."""
        ids = reply.ids
        began = time.monotonic()
        last: Event | None = None
        try:
            try:
                outcome = relay(reply, stream(), send)
            except ArtbotError as error:
                outcome = Outcome(*reply.snapshot(), "failed", error=error)
            found = finding(outcome, words.candidates if isinstance(words, Words) else None)
            if self._finish(ids, row_end(outcome, found, words.model)):
                last = last_event(ids, outcome, found, *self._paint(ids, words, found, outcome))
            else:
                last = self._ended_elsewhere(ids)
        finally:
            self.live.end(ids)
            reply.over(last)
        if last is not None:
            send(last)
        log.info(
            "reply ended", reply_id=ids.reply_id, state=outcome.state, frames=outcome.seq,
            seconds=round(time.monotonic() - began, 2), error=outcome.error.error_code if outcome.error else None,
        )  # fmt: skip
        return outcome

    def _paint(
        self, ids: ReplyIds, words: Words | ArticleWords, found: Finding, outcome: Outcome
    ) -> tuple[str | None, ArtbotError | None]:
        if isinstance(words, ArticleWords) or not words.paint or outcome.state != "complete":
            return None, None
        if found.prompt is None:
            return None, NO_PROMPT
        try:
            return self._ports.paint(ids.session_id, words, found.prompt, ids), None
        except ArtbotError as error:
            return None, error

    def _ended_elsewhere(self, ids: ReplyIds) -> Event | None:
        """What became of a reply that another process went on with while this one stood still; None: it still runs."""
        stored = self._store.message(ids.session_id, ids.reply_id)
        return stored_end(stored) if stored is not None and stored.state != "streaming" else None

    def _finish(self, ids: ReplyIds, values: dict[str, Any]) -> bool:
        """Store a reply's end however long the database is away: until then it stays live, and nothing is told.

        False when it is no longer this process's.
        """
        while True:
            try:
                return self._store.finish(ids.session_id, ids.reply_id, values)
            except Unavailable:
                if self.live.is_closed:
                    raise
                log.warning("a reply waits to be stored", reply_id=ids.reply_id)
                time.sleep(STORE_AGAIN_S)


def _with_mode(words: Words) -> Words:
    """The words without a mode before them, and what the mode asks for."""
    read = mode_of(words.text)
    if read is None:
        known = [f"/{name}" for name in MODES]
        raise NotFound(f"Mode not found: there are {' and '.join(known)}.", field="text", allowed=known)
    text, candidates = read
    if not text.strip():
        raise BadRequest("There are no words after the mode.", field="text", allowed="some words")
    return replace(words, text=text, candidates=words.candidates or candidates)
