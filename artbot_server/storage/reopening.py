"""Writes that a reply which ended too early is being written again, inside its transaction: by one process only.

Only the statements; `conversations` has the transaction and the tries.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, select, update
from sqlalchemy.sql.elements import ColumnElement

from artbot_server.chat.messages import Message
from artbot_server.errors import NotFound
from artbot_server.storage.database import is_over
from artbot_server.storage.schema import conversations, messages
from artbot_server.storage.turns import (
    MESSAGE_COLUMNS,
    OWNER_LEASE_S,
    message_of,
    require_none_running,
    require_not_closed,
    within,
)

UNSEEN_FRAMES = 1_000_000
"""How far a lost reply's `seq` goes on from its last checkpoint: more frames than any process sends between two of them.

Clients saw frames that nobody knows of. What is written next must have numbers that none of them has seen, or they would
take it for what they have.
"""


@dataclass(frozen=True, slots=True)
class Reopened:
    """A reply as it is now; `begun`: this call opened it, and who called has to write it on."""

    reply: Message
    begun: bool


def reopen_reply(
    connection: Connection, session_id: str, reply_id: str, owner: str, now: ColumnElement[float]
) -> Reopened:
    """Make an ended reply `streaming` again. One that is whole, or being written by somebody, stays as it is.

    Raises:
        NotFound: no such reply in this session.
        Busy: another reply is being written in its conversation, or that is `closed`.
    """
    its = and_(messages.c.session_id == session_id, messages.c.id == reply_id, messages.c.role == "assistant")
    conversation_id = connection.execute(select(messages.c.conversation_id).where(its)).scalar()
    if conversation_id is None:
        raise NotFound("There is no such reply in this session.", field="reply_id")
    # The conversation's lock comes first, as for a new turn: of several who ask, one opens it.
    locked = select(conversations.c.closed_at).where(within(session_id, conversation_id)).with_for_update()
    closed_at = connection.execute(locked).scalar_one()
    lost = and_(messages.c.state == "streaming", is_over(messages.c.owner_until, now))
    reply = message_of(connection.execute(select(*MESSAGE_COLUMNS).where(its)).one())
    is_lost = connection.execute(select(messages.c.id).where(its, lost)).first() is not None
    if reply.is_whole or (reply.state == "streaming" and not is_lost):
        return Reopened(reply, begun=False)
    require_not_closed(closed_at)
    require_none_running(connection, conversation_id, now)
    statement = (
        update(messages)
        .where(its)
        .values(
            state="streaming",
            error=None,
            owner=owner,
            owner_until=now + OWNER_LEASE_S,
            seq=messages.c.seq + (UNSEEN_FRAMES if is_lost else 0),
        )
        .returning(*MESSAGE_COLUMNS)
    )
    return Reopened(message_of(connection.execute(statement).one()), begun=True)
