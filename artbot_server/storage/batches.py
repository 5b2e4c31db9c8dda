"""The batches as the web process sees them: put in with all their jobs, look up, cancel. Their end is in `batch_ends`."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from artbot_server.errors import BadRequest, NotFound, TooMany
from artbot_server.painting.batches import Batch, BatchState, Item, ItemNow
from artbot_server.painting.jobs import Job, JobState, move
from artbot_server.storage.database import Database
from artbot_server.storage.jobs import job_of, lock_session, time_of
from artbot_server.storage.schema import batches, jobs
from artbot_server.storage.sessions import keep_session
from artbot_server.storage.turns import require_open

LISTED = 20
"""Batches of a session that are shown, the newest."""
APART_S = 1e-6
"""Between the times of a batch's jobs, which all come at once: the queue then paints them in their order."""


class BatchStore:
    """Batches by id and session."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, batch: Batch, its_jobs: Sequence[Job], limit: int, *, save: bool = False) -> tuple[Batch, bool]:
        """Put a batch in with all its jobs, or nothing; `(the row, whether it is new)`.

        The same id from the same session gets the first one back.

        Args:
            limit: how many jobs of a session may wait at once.
            save: give it a name in the saved tree that no other batch has.

        Raises:
            BadRequest: the id is another session's (field `batch_id`).
            TooMany: the session's waiting jobs and these are more than `limit`.
        """
        rows = [{field.name: getattr(job, field.name) for field in fields(Job)} for job in its_jobs]
        row = asdict(batch)

        def work(connection: Connection) -> tuple[Batch, bool]:
            return self._create(connection, row, rows, limit, save)

        try:
            return self._database.write(work)
        except IntegrityError:
            # Another process put the same batch or session in between our look and our insert: now it is there.
            return self._database.write(work)

    def _create(
        self, connection: Connection, row: dict[str, Any], rows: list[dict[str, Any]], limit: int, save: bool
    ) -> tuple[Batch, bool]:
        session_id = row["session_id"]
        lock_session(connection, session_id)
        first = connection.execute(select(batches).where(batches.c.id == row["id"])).mappings().first()
        if first is not None:
            if first["session_id"] != session_id:
                raise BadRequest("This batch_id is taken; make a new one.", field="batch_id")
            return batch_of(first), False
        require_open(connection, session_id, row["conversation_id"])
        mine = and_(jobs.c.session_id == session_id, jobs.c.state == JobState.QUEUED)
        waiting = connection.execute(select(func.count()).select_from(jobs).where(mine)).scalar_one()
        if waiting + len(rows) > limit:
            message = f"This batch is {len(rows)} jobs and {waiting} of yours wait; at most {limit} may at once."
            raise TooMany(message, limit=limit, room=max(0, limit - waiting))
        keep_session(connection, session_id)
        now = time_of(self._database, connection)
        row = row | {"created_at": now, "saved_to": _free_name(connection, now) if save else None}
        connection.execute(insert(batches).values(**row))
        connection.execute(insert(jobs), [job | {"created_at": now + n * APART_S} for n, job in enumerate(rows)])
        return _batch(row), True

    def get(self, batch_id: str, session_id: str) -> Batch:
        """One batch of this session.

        Raises:
            NotFound: there is none, or it is another session's.
        """
        query = select(batches).where(batches.c.id == batch_id, batches.c.session_id == session_id)
        row = self._database.read(lambda connection: connection.execute(query).mappings().first())
        if row is None:
            raise NotFound("There is no such batch.", field="batch_id")
        return batch_of(row)

    def of_session(
        self, session_id: str, *, unfinished: bool = False, conversation_id: str | None = None
    ) -> list[Batch]:
        """The newest ones of a session, newest first.

        Args:
            unfinished: those alone that have not ended.
            conversation_id: those alone of this conversation.
        """
        query = select(batches).where(batches.c.session_id == session_id)
        if unfinished:
            query = query.where(batches.c.ended_at.is_(None))
        if conversation_id is not None:
            query = query.where(batches.c.conversation_id == conversation_id)
        query = query.order_by(batches.c.created_at.desc(), batches.c.id.desc()).limit(LISTED)
        return [batch_of(row) for row in self._database.read(lambda c: c.execute(query).mappings().all())]

    def items_now(self, batch_ids: Collection[str]) -> dict[str, ItemNow]:
        """How far every job of these batches is, by its id."""
        if not batch_ids:
            return {}
        query = select(jobs.c.id, jobs.c.state, jobs.c.progress).where(jobs.c.batch_id.in_(batch_ids))
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return {row.id: ItemNow(JobState(row.state), row.progress) for row in rows}

    def request_cancel(self, batch_id: str, session_id: str) -> tuple[Batch, list[Job], list[str]]:
        """Cancel all of it that waits and mark what runs; `(the row, jobs cancelled, ids of those that run)`.

        One that has ended stays as it is.

        Raises:
            NotFound: there is none, or it is another session's.
        """

        def work(connection: Connection) -> tuple[Batch, list[Job], list[str]]:
            query = select(batches).where(batches.c.id == batch_id, batches.c.session_id == session_id)
            row = connection.execute(query.with_for_update()).mappings().first()
            if row is None:
                raise NotFound("There is no such batch.", field="batch_id")
            batch = batch_of(row)
            if batch.ended_at is not None:
                return batch, [], []
            connection.execute(update(batches).where(batches.c.id == batch_id).values(state=BatchState.CANCELLED))
            return replace(batch, state=BatchState.CANCELLED), *self._cancel_jobs(connection, batch_id)

        return self._database.write(work)

    def _cancel_jobs(self, connection: Connection, batch_id: str) -> tuple[list[Job], list[str]]:
        now = time_of(self._database, connection)
        waiting = update(jobs).where(jobs.c.batch_id == batch_id, jobs.c.state == JobState.QUEUED)
        ended = {"state": move(JobState.QUEUED, JobState.CANCELLED), "seq": jobs.c.seq + 1, "ended_at": now}
        rows = connection.execute(waiting.values(**ended).returning(*jobs.c)).mappings().all()
        running = update(jobs).where(jobs.c.batch_id == batch_id, jobs.c.state == JobState.RUNNING)
        marked = connection.execute(running.values(cancel_requested=True).returning(jobs.c.id)).scalars().all()
        return [job_of(row) for row in rows], list(marked)


def batch_of(row: RowMapping) -> Batch:
    """A row as a frozen record."""
    return _batch(dict(row))


def _batch(row: dict[str, Any]) -> Batch:
    items = tuple(Item(**item) for item in row["items"])
    return Batch(**row | {"state": BatchState(row["state"]), "items": items})


def _free_name(connection: Connection, now: float) -> str:
    """The article's name for a batch's folder, its second; with a number where another batch has that one."""
    name = wanted = time.strftime("%Y_%m_%d_%H_%M_%S", time.localtime(now))
    number = 1
    while connection.execute(select(batches.c.id).where(batches.c.saved_to == name)).first() is not None:
        number += 1
        name = f"{wanted}_{number}"
    return name
