"""Conversations and their messages. Every method is one transaction; every answer is a frozen record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from artbot_server.chat.messages import Conversation, Message
from artbot_server.errors import NotFound
from artbot_server.storage.database import Database, is_over
from artbot_server.storage.prepared import Prepared
from artbot_server.storage.reopening import UNSEEN_FRAMES, Reopened, reopen_reply
from artbot_server.storage.schema import batches, conversations, jobs, messages, pictures
from artbot_server.storage.sessions import keep_session
from artbot_server.storage.turns import (
    MESSAGE_COLUMNS,
    OWNER_LEASE_S,
    NewTurn,
    SavedTurn,
    TurnWriter,
    conversation_of,
    message_of,
    panel_of,
    require_quiet,
    within,
)

NO_END = 2**31 - 1
"""A position behind all messages."""

# Statements that every message needs, made once: building one costs four times as much as running it.
_OF_SESSION = messages.c.session_id == bindparam("its_session")
_ITS = and_(_OF_SESSION, messages.c.id == bindparam("its_id"))
_MESSAGE = select(*MESSAGE_COLUMNS).where(_ITS)
_REPLY_TO = select(*MESSAGE_COLUMNS).where(
    _OF_SESSION, messages.c.message_id == bindparam("its_message"), messages.c.role == "assistant"
)
_ANSWERED = Prepared(_REPLY_TO.with_only_columns(messages.c.id))
_TAIL = (
    select(*MESSAGE_COLUMNS)
    .where(messages.c.conversation_id == bindparam("its_id"), messages.c.position < bindparam("before"))
    .order_by(messages.c.position.desc())
    .limit(bindparam("most"))
)
_OWN = and_(_ITS, messages.c.owner == bindparam("its_owner"))
_CHECKPOINT = update(messages).where(_OWN, messages.c.state == "streaming")
ENDED_WITH = ("content", "state", "prompt", "negative_prompt", "candidates", "finish_reason", "usage", "model", "error")
_FINISH = Prepared(
    update(messages)
    .where(_OWN, or_(messages.c.state == "streaming", messages.c.state == "interrupted"))
    .values(seq=case((messages.c.seq > bindparam("its_seq"), messages.c.seq), else_=bindparam("its_seq"))),
    (*ENDED_WITH, "owner", "owner_until"),
)


class ConversationStore:
    """Saves and reads conversations, each only within its session.

    Args:
        owner: this web process's name, written on the replies that it is streaming.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner
        self._turns = TurnWriter(owner, database.now)
        self._close_all = (
            update(messages)
            .where(messages.c.state == "streaming")
            .values(state="interrupted", owner_until=None, seq=messages.c.seq + UNSEEN_FRAMES, error=bindparam("error"))
            .returning(*MESSAGE_COLUMNS)
        )
        self._close_lost = self._close_all.where(is_over(messages.c.owner_until, database.now))

    # Conversations

    def create(self, conversation: Conversation) -> Conversation:
        """Save a new conversation."""

        def work(connection: Connection) -> None:
            keep_session(connection, conversation.session_id)
            connection.execute(conversations.insert().values(asdict(conversation)))

        self._database.write(work)
        return conversation

    def get(self, session_id: str, conversation_id: str) -> Conversation:
        """One conversation. Raises NotFound, also when it is another session's."""
        query = select(conversations).where(within(session_id, conversation_id))
        row = self._database.read(lambda connection: connection.execute(query).first())
        if row is None:
            raise NotFound("There is no such conversation in this session.", field="conversation_id")
        return conversation_of(row)

    def of_client(self, otherwise: Conversation) -> Conversation:
        """The conversation of an article client's panel; its first message makes it as `otherwise` says."""

        def work(connection: Connection) -> Conversation:
            there = panel_of(connection, otherwise)
            if there is not None:
                return there
            keep_session(connection, otherwise.session_id)
            connection.execute(conversations.insert(), asdict(otherwise))
            return otherwise

        try:
            return self._database.write(work)
        except IntegrityError:  # the panel's other message was quicker: its conversation counts
            return self._database.write(work)

    def newest(self, session_id: str) -> Conversation | None:
        """The conversation that was used last."""
        found = self.page(session_id, before=None, limit=1)
        return found[0] if found else None

    def page(self, session_id: str, *, before: tuple[float, str] | None, limit: int) -> list[Conversation]:
        """Newest first. `before`: `updated_at` and id of the one to go on from; several may have the same time."""
        query = select(conversations).where(conversations.c.session_id == session_id)
        if before is not None:
            query = query.where(tuple_(conversations.c.updated_at, conversations.c.id) < tuple_(*before))
        query = query.order_by(conversations.c.updated_at.desc(), conversations.c.id.desc()).limit(limit)
        return [conversation_of(row) for row in self._database.read(lambda c: c.execute(query).fetchall())]

    def change(self, session_id: str, conversation_id: str, **values: Any) -> Conversation:
        """Set its `title`, or `closed_at`, which stays at its first time. Raises NotFound."""
        if "closed_at" in values:
            values["closed_at"] = func.coalesce(conversations.c.closed_at, values["closed_at"])
        statement = (
            update(conversations)
            .where(within(session_id, conversation_id))
            .values(**values)
            .returning(*conversations.c)
        )
        row = self._database.write(lambda connection: connection.execute(statement).first())
        if row is None:
            raise NotFound("There is no such conversation in this session.", field="conversation_id")
        return conversation_of(row)

    def delete(self, session_id: str, conversation_id: str) -> list[str]:
        """Delete a conversation with its messages, jobs and picture rows; the picture ids come back for their files.

        Raises:
            NotFound: no such conversation in this session.
            Busy: a reply is being written or a job being painted in it.
        """

        def work(connection: Connection) -> list[str]:
            if (
                connection.execute(select(conversations.c.id).where(within(session_id, conversation_id))).first()
                is None
            ):
                raise NotFound("There is no such conversation in this session.", field="conversation_id")
            of_it = and_(jobs.c.session_id == session_id, jobs.c.conversation_id == conversation_id)
            require_quiet(connection, session_id, conversation_id)
            job_ids = list(connection.execute(select(jobs.c.id).where(of_it)).scalars())
            its_batches = and_(batches.c.session_id == session_id, batches.c.conversation_id == conversation_id)
            grids = pictures.c.batch_id.in_(select(batches.c.id).where(its_batches))
            its_pictures = or_(pictures.c.job_id.in_(job_ids), grids)
            picture_ids = list(connection.execute(select(pictures.c.id).where(its_pictures)).scalars())
            connection.execute(delete(pictures).where(its_pictures))
            connection.execute(delete(jobs).where(of_it))
            connection.execute(delete(batches).where(its_batches))
            connection.execute(delete(messages).where(messages.c.conversation_id == conversation_id))
            connection.execute(delete(conversations).where(within(session_id, conversation_id)))
            return picture_ids

        return self._database.write(work)

    # Messages

    def add_turn(self, turn: NewTurn) -> SavedTurn:
        """Save a user's message and its empty, streaming reply at the end of their conversation, once.

        A message that is there already changes nothing: the answer is what was saved the first time, also when the
        same message comes twice at the same instant, to two processes.

        Raises:
            NotFound: no such conversation in this session.
            Busy: with `alone`, when a reply is being written.
        """

        try:
            return self._database.write(lambda connection: self._turns.write(connection, turn))
        except IntegrityError:  # another process was quicker by a blink: its turn counts
            return self._database.write(lambda connection: self._turns.write(connection, turn))

    def message(self, session_id: str, id: str) -> Message | None:
        """One message or reply by its id, within the session."""
        its = {"its_session": session_id, "its_id": id}
        row = self._database.read(lambda connection: connection.execute(_MESSAGE, its).first())
        return message_of(row) if row else None

    def reply_to(self, session_id: str, message_id: str) -> Message | None:
        """The reply to a user's message."""
        its = {"its_session": session_id, "its_message": message_id}

        def work(connection: Connection) -> Message | None:
            if _ANSWERED.first(connection, its) is None:
                return None
            row = connection.execute(_REPLY_TO, its).first()
            return message_of(row) if row else None

        return self._database.read(work)

    def tail(self, conversation_id: str, *, limit: int, before: int | None = None) -> list[Message]:
        """The last messages, oldest first; `before` is a position to go back from. Costs the same at any length."""
        its = {"its_id": conversation_id, "before": NO_END if before is None else before, "most": limit}
        rows = self._database.read(lambda connection: connection.execute(_TAIL, its).fetchall())
        return [message_of(row) for row in reversed(rows)]

    def part(self, conversation_id: str, *, after: int, limit: int) -> list[Message]:
        """The messages behind a position, oldest first: for going through a whole conversation."""
        query = (
            select(*MESSAGE_COLUMNS)
            .where(messages.c.conversation_id == conversation_id, messages.c.position > after)
            .order_by(messages.c.position)
            .limit(limit)
        )
        return [message_of(row) for row in self._database.read(lambda c: c.execute(query).fetchall())]

    # Replies

    def checkpoint(self, texts: Sequence[tuple[str, str, str, int]]) -> None:
        """Keep what running replies have so far: session, reply, text and frame number of each, in one transaction.

        Raises:
            Unavailable: somebody has the lock just now. The next checkpoint has it all.
        """
        if not texts:
            return
        rows = [dict(zip(("its_session", "its_id", "content", "seq"), each, strict=True)) for each in texts]
        rows = [row | {"its_owner": self._owner} for row in rows]
        self._database.write(lambda connection: connection.execute(_CHECKPOINT, rows), wait_s=0)

    def finish(self, session_id: str, reply_id: str, values: Mapping[str, Any]) -> bool:
        """Write a reply's end: `content`, `seq`, `state` and what was found. It no longer has an owner.

        Also over one that was taken for lost meanwhile (a process that stood still for longer than its lease), unless
        somebody else went on with it: then nothing is written, and the answer is False.
        """
        ended = {name: values.get(name) for name in ENDED_WITH}
        ended |= {"owner": None, "owner_until": None, "its_seq": values["seq"]}
        ended |= {"its_session": session_id, "its_id": reply_id, "its_owner": self._owner}
        return self._database.write(lambda connection: _FINISH.run(connection, ended)) == 1

    def reopen(self, session_id: str, reply_id: str) -> Reopened:
        """Take an ended reply to write it on; see `reopen_reply`."""
        return self._database.write(
            lambda connection: reopen_reply(connection, session_id, reply_id, self._owner, self._database.now)
        )

    def renew(self, reply_ids: Sequence[str]) -> None:
        """Say that this process still streams these replies."""
        if not reply_ids:
            return
        mine = and_(messages.c.owner == self._owner, messages.c.id.in_(reply_ids))
        statement = update(messages).where(mine).values(owner_until=self._database.now + OWNER_LEASE_S)
        self._database.write(lambda connection: connection.execute(statement))

    def close_orphans(self, error: Mapping[str, Any], *, everybody: bool = False) -> Sequence[Message]:
        """Mark replies whose owner is gone as interrupted, and give them back.

        Their owner stays written: should it wake, it may still bring their end (`finish`).

        Args:
            everybody: also those whose lease still runs (at the start of a server that has the data to itself).
        """
        statement = self._close_all if everybody else self._close_lost
        its = {"error": dict(error)}
        return [message_of(row) for row in self._database.write(lambda c: c.execute(statement, its).fetchall())]
