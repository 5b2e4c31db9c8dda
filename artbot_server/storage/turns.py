"""Writes one turn, a user's message and its empty reply, inside its transaction: once, and at its conversation's end.

Only the statements; `conversations` has the transaction and the tries.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, and_, case, delete, select, update
from sqlalchemy.sql.elements import ColumnElement

from artbot_server.chat.messages import Conversation, Message
from artbot_server.errors import Busy, NotFound
from artbot_server.painting.jobs import UNFINISHED
from artbot_server.storage.schema import conversations, jobs, messages
from artbot_server.storage.sessions import keep_session

OWNER_LEASE_S = 15.0
"""How long a streaming reply is believed to have a living owner; renewed every 5 s."""

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
        begins: its conversation, when this is the first turn and it is not saved yet.
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


def within(session_id: str, conversation_id: str) -> Any:
    """The condition for one conversation of one session."""
    return and_(conversations.c.session_id == session_id, conversations.c.id == conversation_id)


def write_turn(connection: Connection, turn: NewTurn, owner: str, now: ColumnElement[float]) -> SavedTurn:
    """Save a turn, or give the one that is there for its `message_id`.

    Raises:
        NotFound: no such conversation in this session.
        Busy: `closed`, or with `alone`, when a reply is being written.
    """
    user = turn.user
    keep_session(connection, user.session_id)
    if turn.begins is not None:
        connection.execute(conversations.insert().values(asdict(turn.begins)))
    its = within(user.session_id, user.conversation_id)
    # The row's lock comes first: what follows is then decided by one writer of this conversation at a time.
    found = connection.execute(select(conversations.c.closed_at).where(its).with_for_update()).first()
    known = _known_turn(connection, user)
    if known is not None:
        if turn.begins is not None:
            connection.execute(delete(conversations).where(its))
        return known
    if found is None:
        raise NotFound("There is no such conversation in this session.", field="conversation_id")
    require_not_closed(found.closed_at)
    if turn.alone and _is_running(connection, user.conversation_id, now):
        raise Busy("This conversation is still being answered; wait for the reply or stop it.")
    return _append(connection, turn, owner, now)


def require_open(connection: Connection, session_id: str, conversation_id: str | None) -> None:
    """Raises Busy (`closed`) when nothing more may be painted for this conversation."""
    if conversation_id is not None:
        its = select(conversations.c.closed_at).where(within(session_id, conversation_id))
        require_not_closed(connection.execute(its).scalar())


def require_not_closed(closed_at: float | None) -> None:
    """A closed conversation takes no messages and no jobs. Raises Busy (`closed`)."""
    if closed_at is not None:
        raise Busy("This conversation is closed; begin a new one.", code="closed", field="conversation_id")


def require_quiet(connection: Connection, session_id: str, conversation_id: str | None = None) -> None:
    """Raises Busy while a reply is being written or a job is unfinished, in a conversation or anywhere in the session."""
    for table, open_ones in ((jobs, jobs.c.state.in_(UNFINISHED)), (messages, messages.c.state == "streaming")):
        its = and_(table.c.session_id == session_id, open_ones)
        if conversation_id is not None:
            its = and_(its, table.c.conversation_id == conversation_id)
        if connection.execute(select(table.c.id).where(its).limit(1)).first() is not None:
            where = "session" if conversation_id is None else "conversation"
            raise Busy(f"Something is still being written or painted in this {where}: stop it first.")


def _append(connection: Connection, turn: NewTurn, owner: str, now: ColumnElement[float]) -> SavedTurn:
    user = turn.user
    changed = connection.execute(
        update(conversations)
        .where(within(user.session_id, user.conversation_id))
        .values(
            message_count=conversations.c.message_count + 2,
            updated_at=time.time(),
            title=case((conversations.c.title == "", turn.title), else_=conversations.c.title),
            folder=user.folder,
            template=user.template,
        )
        .returning(*conversations.c)
    ).one()
    position = changed.message_count - 2
    saved = SavedTurn(
        conversation_of(changed), replace(user, position=position), replace(turn.reply, position=position + 1)
    )
    rows = [asdict(message) | {"owner": None, "owner_until": None} for message in (saved.user, saved.reply)]
    connection.execute(messages.insert(), rows)
    streams = and_(messages.c.session_id == user.session_id, messages.c.id == saved.reply.id)
    connection.execute(update(messages).where(streams).values(owner=owner, owner_until=now + OWNER_LEASE_S))
    return saved


def _known_turn(connection: Connection, user: Message) -> SavedTurn | None:
    its = and_(messages.c.session_id == user.session_id, messages.c.message_id == user.message_id)
    query = select(*MESSAGE_COLUMNS).where(its).order_by(messages.c.position)
    pair = [message_of(row) for row in connection.execute(query)]
    if not pair:
        return None
    conversation = connection.execute(select(conversations).where(conversations.c.id == pair[0].conversation_id)).one()
    return SavedTurn(conversation_of(conversation), *pair)


def _is_running(connection: Connection, conversation_id: str, now: ColumnElement[float]) -> bool:
    """Whether a reply is being written; those whose process is gone do not count."""
    query = select(messages.c.id).where(
        messages.c.conversation_id == conversation_id,
        messages.c.state == "streaming",
        messages.c.owner_until >= now,
    )
    return connection.execute(query).first() is not None
