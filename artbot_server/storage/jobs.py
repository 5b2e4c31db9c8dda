"""The jobs table as the web process sees it: put in, look up, cancel. What a worker does is in `claims`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, insert, or_, select, text, tuple_, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from artbot_server.errors import BadRequest, NotFound, TooMany
from artbot_server.painting.jobs import ENDED, UNFINISHED, Job, JobState, move
from artbot_server.painting.line import Served, WaitingJob
from artbot_server.storage.database import Database
from artbot_server.storage.deliveries import owe
from artbot_server.storage.schema import jobs
from artbot_server.storage.sessions import keep_session
from artbot_server.storage.turns import require_open

DAY_S = 86400.0
ENDED_SHOWN = 20
DURATIONS_KEPT = 20
"""Of how many of the last jobs the usual time is taken: enough to smooth, few enough to follow a change of template."""
FIRST_OF_EACH = 3
ALONE = jobs.c.batch_id.is_(None)
"""Jobs that belong to no batch."""


@dataclass(frozen=True, slots=True)
class QueueNow:
    """What positions are computed from. `durations`: seconds of the last jobs that were done."""

    waiting: Sequence[WaitingJob]
    served: Mapping[str, Served]
    durations: Sequence[float]

    @property
    def running(self) -> int:
        return sum(had.running for had in self.served.values())


class JobStore:
    """Jobs by id and session."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, job: Job, limit: int) -> tuple[Job, bool]:
        """Put a job in; `(the row, whether it is new)`. The same id from the same session gets the first one back.

        Args:
            limit: how many of a session may wait at once.

        Raises:
            BadRequest: the id is another session's (field `job_id`).
            Busy: its conversation is closed (`closed`).
            TooMany: the session has `limit` jobs waiting.
        """
        try:
            return self._database.write(lambda connection: self._create(connection, job, limit))
        except IntegrityError:
            # Another process put the same job or session in between our look and our insert: now it is there.
            return self._database.write(lambda connection: self._create(connection, job, limit))

    def _create(self, connection: Connection, job: Job, limit: int) -> tuple[Job, bool]:
        lock_session(connection, job.session_id)
        first = connection.execute(select(jobs).where(jobs.c.id == job.id)).mappings().first()
        if first is not None:
            if first["session_id"] != job.session_id:
                raise BadRequest("This job_id is taken; make a new one.", field="job_id")
            return job_of(first), False
        require_open(connection, job.session_id, job.conversation_id)
        mine = and_(jobs.c.session_id == job.session_id, jobs.c.state == JobState.QUEUED)
        if connection.execute(select(func.count()).select_from(jobs).where(mine)).scalar_one() >= limit:
            raise TooMany(f"At most {limit} of your jobs may wait at once; let one finish first.", limit=limit)
        keep_session(connection, job.session_id)
        put = replace(job, created_at=time_of(self._database, connection))
        connection.execute(insert(jobs).values(**asdict(put)))
        return put, True

    def get(self, job_id: str, session_id: str | None = None) -> Job:
        """One job; of this session alone where one is given.

        Raises:
            NotFound: there is none, or it is another session's.
        """
        query = select(jobs).where(jobs.c.id == job_id)
        if session_id is not None:
            query = query.where(jobs.c.session_id == session_id)
        row = self._database.read(lambda connection: connection.execute(query).mappings().first())
        if row is None:
            raise NotFound("There is no such job.", field="job_id")
        return job_of(row)

    def of_session(self, session_id: str, reply_ids: Collection[str] = ()) -> list[Job]:
        """What a snapshot shows, oldest first: all unfinished, the last 20 ended within a day, those of these replies.

        An ended job of a batch is left out: they are many, and asked for by id.
        """
        mine = select(jobs).where(jobs.c.session_id == session_id)

        def work(connection: Connection) -> dict[str, Job]:
            since = time_of(self._database, connection) - DAY_S
            ended = mine.where(jobs.c.state.not_in(UNFINISHED), jobs.c.ended_at > since, ALONE)
            wanted = (
                mine.where(or_(jobs.c.state.in_(UNFINISHED), and_(jobs.c.reply_id.in_(reply_ids), ALONE))),
                ended.order_by(jobs.c.ended_at.desc(), jobs.c.created_at.desc(), jobs.c.id.desc()).limit(ENDED_SHOWN),
            )
            rows = [row for query in wanted for row in connection.execute(query).mappings()]
            return {row["id"]: job_of(row) for row in rows}

        return sorted(self._database.read(work).values(), key=lambda job: (job.created_at, job.id))

    def of_replies(self, session_id: str, reply_ids: Collection[str]) -> list[Job]:
        """The jobs that came from these replies, oldest first; those of batches are asked for by id."""
        return self._all(session_id, and_(jobs.c.reply_id.in_(reply_ids), ALONE))

    def of_ids(self, session_id: str, job_ids: Collection[str]) -> list[Job]:
        """Those of these jobs that are this session's, oldest first."""
        return self._all(session_id, jobs.c.id.in_(job_ids))

    def page(self, session_id: str, *, before: tuple[float, str] | None, limit: int) -> list[Job]:
        """A part of all jobs of a session, the newest first; `before`: `created_at` and id of the one it follows."""
        query = select(jobs).where(jobs.c.session_id == session_id)
        if before is not None:
            query = query.where(tuple_(jobs.c.created_at, jobs.c.id) < tuple_(*before))
        query = query.order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
        return self._database.read(lambda connection: [job_of(row) for row in connection.execute(query).mappings()])

    def of_conversation(
        self, session_id: str, conversation_id: str | None, after: tuple[float, str], limit: int
    ) -> list[Job]:
        """A part of the jobs of a conversation (None: of none), oldest first; `after`: `created_at` and id of the one
        before.
        """
        query = (
            select(jobs)
            .where(
                jobs.c.session_id == session_id,
                jobs.c.conversation_id == conversation_id,
                tuple_(jobs.c.created_at, jobs.c.id) > tuple_(*after),
            )
            .order_by(jobs.c.created_at, jobs.c.id)
            .limit(limit)
        )
        return [job_of(row) for row in self._database.read(lambda c: c.execute(query).mappings().all())]

    def queue_now(self) -> QueueNow:
        """Everything that waits, and if anything does, what is known about how fast it will go."""

        def work(connection: Connection) -> QueueNow:
            waiting = waiting_jobs(connection)
            if not waiting:
                return QueueNow((), {}, ())
            served = sessions_served(connection, time_of(self._database, connection))
            done = select(jobs.c.ended_at - jobs.c.started_at).where(jobs.c.state == JobState.DONE)
            done = done.order_by(jobs.c.created_at.desc()).limit(DURATIONS_KEPT)
            return QueueNow(waiting, served, list(connection.execute(done).scalars()))

        return self._database.read(work)

    def request_cancel(self, job_id: str, session_id: str) -> Job:
        """Cancel it at once while it waits, mark it while it runs, leave it when it has ended; the row afterwards.

        Raises:
            NotFound: there is none, or it is another session's.
        """

        def work(connection: Connection) -> Job:
            query = select(jobs).where(jobs.c.id == job_id, jobs.c.session_id == session_id).with_for_update()
            row = connection.execute(query).mappings().first()
            if row is None:
                raise NotFound("There is no such job.", field="job_id")
            job = job_of(row)
            if job.state is JobState.QUEUED:
                now = time_of(self._database, connection)
                job = replace(job, state=move(job.state, JobState.CANCELLED), seq=job.seq + 1, ended_at=now)
                owe(connection, job, job.state, now)
            elif job.state is JobState.RUNNING:
                job = replace(job, cancel_requested=True)
            changed = {name: getattr(job, name) for name in ("state", "seq", "ended_at", "cancel_requested")}
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(**changed))
            return job

        return self._database.write(work)

    def notice(self, job_id: str) -> Job | None:
        """Take the end of a job for its hooks; the job the first time this is called, None ever after."""
        mine = (jobs.c.id == job_id, jobs.c.state.in_(ENDED), jobs.c.noticed_at.is_(None))
        taken = update(jobs).where(*mine).values(noticed_at=self._database.now).returning(*jobs.c)
        row = self._database.write(lambda connection: connection.execute(taken).mappings().first())
        return None if row is None else job_of(row)

    def unnoticed(self, within_s: float) -> list[str]:
        """Jobs that ended within so many seconds and whose end nobody has taken, oldest end first."""
        since = self._database.now - within_s
        query = select(jobs.c.id).where(jobs.c.state.in_(ENDED), jobs.c.noticed_at.is_(None), jobs.c.ended_at > since)
        # The index is over `created_at`: what ended lately was rarely created more than a day before.
        query = query.where(jobs.c.created_at > since - DAY_S).order_by(jobs.c.ended_at)
        return self._database.read(lambda connection: list(connection.execute(query).scalars()))

    def _all(self, session_id: str, which: ColumnElement[bool]) -> list[Job]:
        query = select(jobs).where(jobs.c.session_id == session_id, which).order_by(jobs.c.created_at, jobs.c.id)
        return self._database.read(lambda connection: [job_of(row) for row in connection.execute(query).mappings()])


def lock_session(connection: Connection, session_id: str) -> None:
    """Let one transaction at a time put jobs of a session in, or two at once would both find room for one more."""
    if connection.dialect.name != "sqlite":  # whose writes are one at a time as they are
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:s, 0))"), {"s": session_id})


def time_of(database: Database, connection: Connection) -> float:
    """What the database's clock says, in seconds since 1970."""
    return float(connection.execute(select(database.now)).scalar_one())


def job_of(row: RowMapping) -> Job:
    """A row as a frozen record."""
    values: dict[str, Any] = dict(row)
    # Rows from before the column came have none.
    return Job(**values | {"state": JobState(row["state"]), "failed_on": row["failed_on"] or []})


_ORDER = ("id", "session_id", "model", "created_at", "requeued_at", "failed_on")
_WAITING = select(*(jobs.c[name] for name in _ORDER)).where(jobs.c.state == JobState.QUEUED)
_PLACE = func.row_number().over(partition_by=(jobs.c.session_id, jobs.c.model), order_by=(jobs.c.created_at, jobs.c.id))
_PLACED = _WAITING.add_columns(_PLACE.label("place")).subquery()
_FIRST_WAITING = select(*(_PLACED.c[name] for name in _ORDER)).where(
    or_(_PLACED.c.place <= FIRST_OF_EACH, _PLACED.c.requeued_at.is_not(None))
)


def waiting_jobs(connection: Connection, *, first: bool = False) -> list[WaitingJob]:
    """All that wait, in no order.

    Args:
        first: of each session and model only the first FIRST_OF_EACH, and those that came back into the line. Reading a
            thousand takes fifty times as long as choosing among these.
    """
    rows = connection.execute(_FIRST_WAITING if first else _WAITING)
    return [
        WaitingJob(row.id, row.session_id, row.model, row.created_at, row.requeued_at, tuple(row.failed_on or ()))
        for row in rows
    ]


_BUSY = select(jobs.c.session_id).where(or_(*(jobs.c.state == state for state in UNFINISHED)))
_SERVED = (
    select(
        jobs.c.session_id,
        func.sum(case((jobs.c.state == JobState.RUNNING, 1), else_=0)),
        func.max(jobs.c.started_at),
    )
    .where(jobs.c.session_id.in_(_BUSY), jobs.c.created_at > bindparam("since"))
    .group_by(jobs.c.session_id)
)


def sessions_served(connection: Connection, now: float) -> dict[str, Served]:
    """When each session with a job under way or waiting was last served, within a day."""
    rows = connection.execute(_SERVED, {"since": now - DAY_S})
    return {row[0]: Served(int(row[1]), row[2] or 0.0) for row in rows}
