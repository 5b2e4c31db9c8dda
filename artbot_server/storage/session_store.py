"""Sessions as the web process sees them: what one holds, and the end of it. Who somebody is stands in `sessions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, bindparam, delete, func, select

from artbot_server.storage.database import Database
from artbot_server.storage.schema import batches, conversations, deliveries, jobs, messages, pictures, sessions
from artbot_server.storage.turns import require_quiet


@dataclass(frozen=True, slots=True)
class SessionTally:
    """What a session holds. `created_at` is None before the first thing worth keeping; `image_bytes` of their files."""

    created_at: float | None
    conversations: int
    jobs: int
    images: int
    image_bytes: int


@dataclass(frozen=True, slots=True)
class Removed:
    """What was deleted: ids, for those who are to be told and for the files."""

    conversation_ids: Sequence[str]
    picture_ids: Sequence[str]


_ROW = select(sessions.c.id).where(sessions.c.id == bindparam("its_id"))


class SessionStore:
    """Looks at whole sessions. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_used(self, session_id: str) -> bool:
        """Whether anything of it was ever kept."""
        return (
            self._database.read(lambda connection: connection.execute(_ROW, {"its_id": session_id}).first()) is not None
        )

    def tally(self, session_id: str) -> SessionTally:
        """How much of everything there is; of a session nobody has used all is none."""

        def work(connection: Connection) -> SessionTally:
            begun = select(sessions.c.created_at).where(sessions.c.id == session_id)
            sums = select(func.count(), func.coalesce(func.sum(pictures.c.bytes), 0))
            images = connection.execute(sums.where(pictures.c.session_id == session_id)).one()
            return SessionTally(
                created_at=connection.execute(begun).scalar(),
                conversations=_count(connection, conversations, session_id),
                jobs=_count(connection, jobs, session_id),
                images=int(images[0]),
                image_bytes=int(images[1]),
            )

        return self._database.read(work)

    def delete(self, session_id: str) -> Removed:
        """Delete everything of a session in one go.

        Raises:
            Busy: a reply is being written, or a job waits or is being painted.
        """

        def work(connection: Connection) -> Removed:
            require_quiet(connection, session_id)
            its = {
                table: connection.execute(select(table.c.id).where(table.c.session_id == session_id)).scalars().all()
                for table in (conversations, pictures)
            }
            for table in (pictures, deliveries, jobs, batches, messages, conversations):
                connection.execute(delete(table).where(table.c.session_id == session_id))
            connection.execute(delete(sessions).where(sessions.c.id == session_id))
            return Removed(its[conversations], its[pictures])

        return self._database.write(work)


def _count(connection: Connection, table: Table, session_id: str) -> int:
    query = select(func.count()).select_from(table).where(table.c.session_id == session_id)
    return connection.execute(query).scalar_one()
