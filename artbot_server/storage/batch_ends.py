"""The end of a batch as workers see it: which one has ended and waits for its grids, who makes them, that they are kept.

A claim is a lease by the database's clock, as in `claims`: a killed worker's grids are made by the next one, and one that
slept past its lease writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, or_, select, update

from artbot_server.painting.batches import Batch, BatchState
from artbot_server.painting.jobs import UNFINISHED
from artbot_server.painting.pictures import StoredPicture
from artbot_server.storage.batches import batch_of
from artbot_server.storage.database import Database, is_over
from artbot_server.storage.jobs import time_of
from artbot_server.storage.schema import batches, jobs, pictures


class BatchEndStore:
    """What one worker may do to batches. `worker` is unique for each process that ever ran."""

    def __init__(self, database: Database, worker: str, lease_s: float) -> None:
        self._database = database
        self._worker = worker
        self._lease_s = lease_s

    def claim(self) -> Batch | None:
        """Take a batch whose jobs have all ended and whose grids nobody is making; None when there is none."""
        painted = ~exists().where(jobs.c.batch_id == batches.c.id, jobs.c.state.in_(UNFINISHED))
        free = or_(batches.c.lease_until.is_(None), is_over(batches.c.lease_until, self._database.now))
        waits = and_(batches.c.ended_at.is_(None), free, painted)
        anything = select(batches.c.id).where(waits).limit(1)
        if self._database.read(lambda connection: connection.execute(anything).first()) is None:
            return None

        def work(connection: Connection) -> Batch | None:
            query = select(batches).where(waits).order_by(batches.c.created_at).limit(1)
            row = connection.execute(query.with_for_update(skip_locked=True)).mappings().first()
            if row is None:
                return None
            mine = {"worker": self._worker, "lease_until": time_of(self._database, connection) + self._lease_s}
            connection.execute(update(batches).where(batches.c.id == row["id"]).values(**mine))
            return batch_of(row)

        return self._database.write(work)

    def renew(self, batch: Batch) -> bool:
        """Hold it for another lease; False when it is no longer ours."""
        held = update(batches).where(self._is_mine(batch)).values(lease_until=self._database.now + self._lease_s)
        return self._database.write(lambda connection: connection.execute(held).rowcount == 1)

    def release(self, batch: Batch) -> None:
        """Let the next worker have it at once."""
        free = update(batches).where(self._is_mine(batch)).values(worker=None, lease_until=None)
        self._database.write(lambda connection: connection.execute(free))

    def ended(self, batch: Batch, grids: Sequence[StoredPicture], saved_to: str | None) -> bool:
        """Keep its grids, whose files are already there, and end it; False when it is no longer ours.

        Args:
            saved_to: its name in the saved tree, None where it is not there.
        """

        def work(connection: Connection) -> bool:
            query = select(batches.c.state).where(self._is_mine(batch)).with_for_update()
            state = connection.execute(query).scalar()
            if state is None:
                return False
            now = time_of(self._database, connection)
            if grids:
                connection.execute(insert(pictures), [asdict(grid) | {"created_at": now} for grid in grids])
            state = BatchState.DONE if state == BatchState.RUNNING else BatchState(state)
            values = {"state": state, "ended_at": now, "saved_to": saved_to, "worker": None, "lease_until": None}
            connection.execute(update(batches).where(batches.c.id == batch.id).values(**values))
            return True

        return self._database.write(work)

    def _is_mine(self, batch: Batch) -> ColumnElement[bool]:
        return and_(batches.c.id == batch.id, batches.c.worker == self._worker, batches.c.ended_at.is_(None))
