"""Going on with a reply that was interrupted, stopped or broken: it is opened again, told, and written on in the background.

Which process may do it the database decides; how it is answered is `chat/service`'s affair, which hands its way over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from artbot_server.chat.elsewhere import Elsewhere
from artbot_server.chat.live_replies import LiveReplies
from artbot_server.chat.messages import Message
from artbot_server.chat.relay import LiveReply, ReplyIds
from artbot_server.chat.turns import ids_of
from artbot_server.chat.words import Words
from artbot_server.errors import BadRequest, NotFound
from artbot_server.events import Publish, ReplyContinued
from artbot_server.storage.conversations import ConversationStore

WHOLE = BadRequest(
    "This reply is whole.", field="reply_id", allowed="a reply that was interrupted, stopped, cut short or broken"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What may be said beside the reply's id: see `continue_chat` in docs/protocol.md."""

    model: str | None = None
    key: str | None = None
    client_sid: str | None = None

    def __repr__(self) -> str:
        return "Wish()"


class Continuing:
    """Opens replies again.

    Args:
        answer: stream, save and tell a live reply: `answer(live, words, system_prompt, user)`, in the background.
        system_prompt: a folder's; raises NotFound for one that is gone.
    """

    def __init__(
        self,
        store: ConversationStore,
        live: LiveReplies,
        elsewhere: Elsewhere,
        publish: Publish,
        system_prompt: Callable[[str | None], str],
        answer: Callable[[LiveReply, Words, str, Message], object],
    ) -> None:
        self._store = store
        self._live = live
        self._elsewhere = elsewhere
        self._publish = publish
        self._system_prompt = system_prompt
        self._answer = answer

    def go_on(self, session_id: str, reply_id: str, wish: Wish, admit: Callable[[], None] = lambda: None) -> ReplyIds:
        """Write an ended reply on; of one that is being written, here or elsewhere, only the ids are given.

        Args:
            admit: called before anything is done; may refuse by raising.

        Raises:
            NotFound: no such reply in this session, or its folder is gone.
            BadRequest: it is whole.
            Busy: another reply is being written in its conversation, or that is `closed`.
            Unavailable: the server is stopping.
        """
        running = self._live.get(session_id, reply_id)
        if running is not None:
            return running.ids
        known = self._store.message(session_id, reply_id)
        user = self._store.message(session_id, known.message_id) if known is not None else None
        if known is None or user is None or known.role != "assistant":
            raise NotFound("There is no such reply in this session.", field="reply_id")
        if known.is_whole:
            raise WHOLE
        admit()
        words = again(user, known, wish)
        system_prompt = self._system_prompt(words.folder) if words.system is None else words.system
        self._live.require_open()
        opened = self._store.reopen(session_id, reply_id)
        ids = replace(ids_of(opened.reply), client_sid=words.client_sid)
        if opened.begun:
            self._begin(ids, opened.reply, words, system_prompt, user)
        return ids

    def _begin(self, ids: ReplyIds, reply: Message, words: Words, system_prompt: str, user: Message) -> None:
        live = self._live.begin(ids, reply.content, reply.seq, shared=True)
        told = ReplyContinued(
            ids.client_sid, ids.message_id, ids.reply_id, ids.conversation_id, reply.content, reply.seq
        )
        # First, so that nobody elsewhere sees its text before this.
        self._publish(ids.session_id, told)
        self._elsewhere.began(ids)
        self._answer(live, words, system_prompt, user)


def again(user: Message, reply: Message, wish: Wish) -> Words:
    """What was said the first time, as it is stored, and what is said now."""
    asked = dict(reply.asked or {})
    asked["model"] = wish.model or asked.get("model")
    return Words(
        text=user.content,
        message_id=user.message_id,
        conversation_id=user.conversation_id,
        folder=user.folder,
        template=user.template,
        image_id=user.image_id,
        key=wish.key,
        client_sid=wish.client_sid or reply.client_sid,
        **asked,
    )
