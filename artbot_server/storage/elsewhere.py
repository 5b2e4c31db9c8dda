"""What a web process reads of what others do: replies they write, and sessions in which something happened."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, or_, select, tuple_, union

from artbot_server.chat.messages import Message
from artbot_server.storage.database import Database
from artbot_server.storage.schema import conversations, jobs, messages
from artbot_server.storage.turns import MESSAGE_COLUMNS, message_of

SESSIONS_AT_ONCE = 500


class ElsewhereStore:
    """Reads over all sessions and processes; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def streaming(self, session_id: str) -> list[tuple[Message, str]]:
        """The session's replies that are being written, each with its owner."""
        query = select(messages.c.owner, *MESSAGE_COLUMNS).where(
            messages.c.session_id == session_id, messages.c.state == "streaming", messages.c.owner.is_not(None)
        )

        def work(connection: Connection) -> list[tuple[Message, str]]:
            rows = connection.execute(query).mappings().all()
            return [(Message(**{n: v for n, v in row.items() if n != "owner"}), row["owner"]) for row in rows]

        return self._database.read(work)

    def sessions_streaming(self, without: str) -> set[str]:
        """The sessions in which replies are being written by others than this owner."""
        query = select(messages.c.session_id).where(messages.c.state == "streaming", messages.c.owner != without)
        return set(self._database.read(lambda connection: connection.execute(query).scalars().all()))

    def replies(self, ids: Collection[tuple[str, str]]) -> dict[str, Message]:
        """Those of these replies (session and reply) that there are, by the reply's id."""
        query = select(*MESSAGE_COLUMNS).where(tuple_(messages.c.session_id, messages.c.id).in_(ids))
        rows = self._database.read(lambda connection: connection.execute(query).fetchall())
        return {row.id: message_of(row) for row in rows}

    def ended(self, session_id: str, since: float) -> list[Message]:
        """The session's replies that began at this time or later and are over, in the order they began."""
        query = (
            select(*MESSAGE_COLUMNS)
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(
                conversations.c.session_id == session_id,
                conversations.c.updated_at >= since,
                messages.c.created_at >= since,
                messages.c.role == "assistant",
                messages.c.state != "streaming",
            )
            .order_by(messages.c.created_at)
        )
        return [message_of(row) for row in self._database.read(lambda connection: connection.execute(query).fetchall())]

    def changed(self, session_ids: Sequence[str], since: float) -> set[str]:
        """Those of these sessions in which a turn began, or a job was ordered, begun or ended, since this time."""

        def work(connection: Connection) -> set[str]:
            found: set[str] = set()
            for start in range(0, len(session_ids), SESSIONS_AT_ONCE):
                some = session_ids[start : start + SESSIONS_AT_ONCE]
                turns = select(conversations.c.session_id).where(
                    conversations.c.session_id.in_(some), conversations.c.updated_at >= since
                )
                times = (jobs.c.created_at, jobs.c.started_at, jobs.c.ended_at)
                painted = select(jobs.c.session_id).where(
                    jobs.c.session_id.in_(some), or_(*(time >= since for time in times))
                )
                found |= set(connection.execute(union(turns, painted)).scalars())
            return found

        return self._database.read(work)
