"""Writes one turn, a user's message and its empty reply, inside its transaction: once, and at its conversation's end.

Only the statements; `conversations` has the transaction and the tries.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, case, literal_column, not_, select, update
from sqlalchemy.sql.elements import ColumnElement

from artbot_server.chat.messages import Conversation, Message
from artbot_server.errors import Busy, NotFound
from artbot_server.painting.jobs import UNFINISHED
from artbot_server.storage.database import is_over
from artbot_server.storage.prepared import Prepared, insert_of
from artbot_server.storage.schema import conversations, jobs, messages
from artbot_server.storage.sessions import keep_session

OWNER_LEASE_S = 8.0
"""How long a streaming reply is believed to have a living owner; renewed every 2 s, so that two may come late."""

CONVERSATION_COLUMNS = tuple(conversations.columns.keys())
MESSAGE_COLUMNS = [c for c in messages.c if c.name not in ("owner", "owner_until")]


@dataclass(frozen=True, slots=True)
class SavedTurn:
    """A turn as it stands in the database, with its places in the conversation."""

    conversation: Conversation
    user: Message
    reply: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTurn:
    """A turn to be saved.

    Attributes:
        begins: its conversation, when this is the first turn and it is not saved yet. One of an article client's panel
            (`client_sid`) is only made for the panel's first turn; later ones go into that.
        title: for a conversation that has none yet.
        alone: only when no reply is being written in the conversation.
    """

    user: Message
    reply: Message
    begins: Conversation | None = None
    title: str = ""
    alone: bool = False


def conversation_of(row: Row[Any]) -> Conversation:
    """A row of `conversations` as a record."""
    return Conversation(**row._mapping)


def message_of(row: Row[Any]) -> Message:
    """A row of `MESSAGE_COLUMNS` as a record."""
    return Message(**row._mapping)


def within(session_id: Any, conversation_id: Any) -> Any:
    """The condition for one conversation of one session."""
    return and_(conversations.c.session_id == session_id, conversations.c.id == conversation_id)


class TurnWriter:
    """Writes turns of one web process.

    A reply's first token waits for all its statements, so they are made once.

    Args:
        owner: the process's name.
        now: the database's clock.
    """

    def __init__(self, owner: str, now: ColumnElement[float]) -> None:
        of_turn = and_(
            messages.c.session_id == bindparam("its_session"), messages.c.message_id == bindparam("its_message")
        )
        self._is_known = Prepared(select(messages.c.id).where(of_turn).limit(literal_column("1")))
        self._known = select(*MESSAGE_COLUMNS).where(of_turn).order_by(messages.c.position)
        self._running = Prepared(running(now))
        leased = messages.insert().values(owner=owner, owner_until=now + OWNER_LEASE_S)
        self._add_reply = Prepared(leased, tuple(Message.__slots__))

    def write(self, connection: Connection, turn: NewTurn) -> SavedTurn:
        """Save a turn, or give the one that is there for its `message_id`.

        Raises:
            NotFound: no such conversation in this session.
            Busy: `closed`, or with `alone`, when a reply is being written.
        """
        if turn.begins is not None:
            return self._first_turn(connection, turn, turn.begins)
        user = turn.user
        its = {"its_session": user.session_id, "its_id": user.conversation_id}
        # The row's lock comes first: what follows is then decided by one writer of this conversation at a time.
        found = _LOCK.first(connection, its)
        known = self._known_turn(connection, user)
        if known is not None:
            return known
        if found is None:
            raise NotFound("There is no such conversation in this session.", field="conversation_id")
        require_not_closed(found[0])
        if turn.alone and self._running.first(connection, its) is not None:
            raise still_answered()
        return self._append(connection, turn, _grown(connection, turn, user.conversation_id))

    def _first_turn(self, connection: Connection, turn: NewTurn, begins: Conversation) -> SavedTurn:
        known = self._known_turn(connection, turn.user)
        if known is not None:
            return known
        there = panel_of(connection, begins)
        if there is None:
            return self._append(connection, turn, _begun(connection, begins))
        require_not_closed(there.closed_at)
        return self._append(connection, turn, _grown(connection, turn, there.id))

    def _known_turn(self, connection: Connection, user: Message) -> SavedTurn | None:
        its = {"its_session": user.session_id, "its_message": user.message_id}
        if self._is_known.first(connection, its) is None:
            return None
        pair = [message_of(row) for row in connection.execute(self._known, its)]
        its = {"its_session": user.session_id, "its_id": pair[0].conversation_id}
        return SavedTurn(conversation_of(connection.execute(_CONVERSATION, its).one()), *pair)

    def _append(self, connection: Connection, turn: NewTurn, conversation: Conversation) -> SavedTurn:
        """Write both messages at the end of the conversation, which counts them already."""
        position = conversation.message_count - 2
        user = replace(turn.user, conversation_id=conversation.id, position=position)
        reply = replace(turn.reply, conversation_id=conversation.id, position=position + 1)
        _ADD_USER.run(connection, _row(user))
        self._add_reply.run(connection, _row(reply))
        return SavedTurn(conversation, user, reply)


def panel_of(connection: Connection, begins: Conversation) -> Conversation | None:
    """The conversation that is there for the same panel of an article client."""
    if begins.client_sid is None:
        return None
    row = _OF_PANEL.first(connection, {"its_session": begins.session_id, "its_panel": begins.client_sid})
    return Conversation(**dict(zip(CONVERSATION_COLUMNS, row, strict=True))) if row is not None else None


def _begun(connection: Connection, begins: Conversation) -> Conversation:
    keep_session(connection, begins.session_id)
    begun = replace(begins, message_count=2)
    _BEGIN.run(connection, _row(begun))
    return begun


def _grown(connection: Connection, turn: NewTurn, conversation_id: str) -> Conversation:
    user = turn.user
    values = {
        "its_session": user.session_id, "its_id": conversation_id, "at": time.time(),
        "its_title": turn.title, "its_folder": user.folder, "its_template": user.template,
    }  # fmt: skip
    row = _GROW.first(connection, values)
    assert row is not None  # it was locked before
    return Conversation(**dict(zip(CONVERSATION_COLUMNS, row, strict=True)))


def _row(record: Conversation | Message) -> dict[str, Any]:
    """A record's columns; `asdict` would copy what is in them too, for five times the price."""
    return {name: getattr(record, name) for name in record.__slots__}


_ITS = within(bindparam("its_session"), bindparam("its_id"))
_BEGIN = insert_of(conversations)
_OF_PANEL = Prepared(
    select(conversations)
    .where(conversations.c.session_id == bindparam("its_session"), conversations.c.client_sid == bindparam("its_panel"))
    .with_for_update()
)
_CONVERSATION = select(conversations).where(_ITS)
_LOCK = Prepared(select(conversations.c.closed_at).where(_ITS).with_for_update())
_GROW = Prepared(
    update(conversations)
    .where(_ITS)
    .values(
        message_count=conversations.c.message_count + 2,
        updated_at=bindparam("at"),
        title=case((conversations.c.title == "", bindparam("its_title")), else_=conversations.c.title),
        folder=bindparam("its_folder"),
        template=bindparam("its_template"),
    )
    .returning(*conversations.c)
)
_ADD_USER = Prepared(messages.insert(), tuple(Message.__slots__))


def require_open(connection: Connection, session_id: str, conversation_id: str | None) -> None:
    """Raises Busy (`closed`) when nothing more may be painted for this conversation."""
    if conversation_id is not None:
        its = select(conversations.c.closed_at).where(within(session_id, conversation_id))
        require_not_closed(connection.execute(its).scalar())


def require_not_closed(closed_at: float | None) -> None:
    """A closed conversation takes no messages and no jobs. Raises Busy (`closed`)."""
    if closed_at is not None:
        raise Busy("This conversation is closed; begin a new one.", code="closed", field="conversation_id")


def require_none_running(connection: Connection, conversation_id: str, now: ColumnElement[float]) -> None:
    """Raises Busy while a reply is being written; those whose process is gone do not count."""
    if connection.execute(running(now), {"its_id": conversation_id}).first() is not None:
        raise still_answered()


def require_quiet(connection: Connection, session_id: str, conversation_id: str | None = None) -> None:
    """Raises Busy while a reply is being written or a job is unfinished, in a conversation or anywhere in the session."""
    for table, open_ones in ((jobs, jobs.c.state.in_(UNFINISHED)), (messages, messages.c.state == "streaming")):
        its = and_(table.c.session_id == session_id, open_ones)
        if conversation_id is not None:
            its = and_(its, table.c.conversation_id == conversation_id)
        if connection.execute(select(table.c.id).where(its).limit(1)).first() is not None:
            where = "session" if conversation_id is None else "conversation"
            raise Busy(f"Something is still being written or painted in this {where}: stop it first.")


def running(now: ColumnElement[float]) -> Select[Any]:
    """The replies being written in the conversation `its_id`; those whose process is gone do not count."""
    return select(messages.c.id).where(
        messages.c.conversation_id == bindparam("its_id"),
        messages.c.state == "streaming",
        not_(is_over(messages.c.owner_until, now)),
    )


def still_answered() -> Busy:
    return Busy("This conversation is still being answered; wait for the reply or stop it.")
