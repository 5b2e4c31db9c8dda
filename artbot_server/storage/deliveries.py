"""Callbacks on their way. A row is written in the transaction that ends its job; attempts are claimed one at a time.

A claim moves `next_at` behind the longest attempt, so that one whose sender died is made again, with the same id; what an
attempt gave is written only by the sender that began the last one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, insert, select, update

from artbot_server.callbacks.deliveries import Answer, Delivery, DeliveryState
from artbot_server.painting.jobs import Job, JobState
from artbot_server.storage.database import Database
from artbot_server.storage.schema import deliveries

LEASE_S = 60.0
"""Longer than the longest attempt with its look-up of the name."""


def owe(connection: Connection, job: Job, state: JobState, now: float) -> None:
    """Put a callback down for a job that ends in the caller's transaction, if it has asked for one."""
    if job.callback_url is not None:
        row: dict[str, Any] = {"id": str(uuid4()), "job_id": job.id, "session_id": job.session_id, "attempts": 0}
        row |= {"url": job.callback_url, "event": state, "state": DeliveryState.WAITING}
        connection.execute(insert(deliveries).values(**row, next_at=now, created_at=now))


class DeliveryStore:
    """Deliveries by job, session and time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # For the sender

    def claim(self, busy: Collection[str] = ()) -> Delivery | None:
        """Begin the next attempt that is due, None when there is none. `busy`: addresses to leave out."""
        due = (
            deliveries.c.state == DeliveryState.WAITING,
            deliveries.c.next_at <= self._database.now,
            deliveries.c.url.not_in(busy),
        )
        query = select(deliveries.c.id).where(*due).order_by(deliveries.c.next_at).limit(1)
        if self._database.read(lambda connection: connection.execute(query).first()) is None:
            return None

        def work(connection: Connection) -> Delivery | None:
            found = connection.execute(query.with_for_update(skip_locked=True)).scalar()
            begun = update(deliveries).where(deliveries.c.id == found).returning(*deliveries.c)
            begun = begun.values(attempts=deliveries.c.attempts + 1, next_at=self._database.now + LEASE_S)
            row = connection.execute(begun).mappings().first() if found is not None else None
            return None if row is None else _delivery(row)

        return self._database.write(work)

    def answered(self, delivery: Delivery, answer: Answer, state: DeliveryState, again_in_s: float) -> bool:
        """Note what an attempt gave; False when somebody else has begun another meanwhile."""
        now = self._database.now
        mine = (deliveries.c.id == delivery.id, deliveries.c.attempts == delivery.attempts)
        open_still = deliveries.c.state == DeliveryState.WAITING
        note = update(deliveries).where(*mine, open_still).returning(deliveries.c.id)
        note = note.values(state=state, status=answer.status, error=answer.error)
        waits = state is DeliveryState.WAITING
        note = note.values(next_at=now + again_in_s) if waits else note.values(next_at=None, ended_at=now)
        return self._database.write(lambda connection: connection.execute(note).first() is not None)

    # For looking

    def page(self, session_id: str | None, *, before: float | None = None, limit: int = 50) -> list[Delivery]:
        """The newest first, of one session or (None) of all; `before`: the `created_at` of the last one seen."""
        query = select(deliveries).order_by(deliveries.c.created_at.desc(), deliveries.c.id).limit(limit)
        if session_id is not None:
            query = query.where(deliveries.c.session_id == session_id)
        if before is not None:
            query = query.where(deliveries.c.created_at < before)
        return self._all(query)

    def of_job(self, job_id: str) -> list[Delivery]:
        """A job's own: none or one."""
        return self._all(select(deliveries).where(deliveries.c.job_id == job_id))

    def _all(self, query: Select[Any]) -> list[Delivery]:
        return self._database.read(lambda connection: [_delivery(row) for row in connection.execute(query).mappings()])


def _delivery(row: Mapping[Any, Any]) -> Delivery:
    values = {str(name): value for name, value in row.items()}
    return Delivery(**values | {"state": DeliveryState(values["state"])})
