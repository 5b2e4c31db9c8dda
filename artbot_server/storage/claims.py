"""The jobs table as a queue for workers: claim, hold, hand back, end. A claim is a lease by the database's clock.

Every write after a claim names worker and attempt and says whether the lease still stood, so a worker that slept past
its lease changes nothing. A backend's row is a lease too: one job on a backend at a time, over all workers. Rows are
locked in the order jobs, backends; a claim, which begins with its backend, never waits for a job's row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Update, insert, select, update
from sqlalchemy.engine import RowMapping

from artbot_server.errors import Unavailable
from artbot_server.painting.assignment import BackendNow, next_job
from artbot_server.painting.jobs import ENDED, MAX_ATTEMPTS, Job, JobState, move
from artbot_server.painting.line import Served, WaitingJob
from artbot_server.painting.pictures import StoredPicture
from artbot_server.storage.database import Database, is_over
from artbot_server.storage.deliveries import owe
from artbot_server.storage.jobs import job_of, sessions_served, time_of, waiting_jobs
from artbot_server.storage.schema import backends, jobs, pictures

WORKER_LOST = Unavailable(f"The worker was lost {MAX_ATTEMPTS} times over this job.", code="worker_lost").as_json()

TAKES_JOBS_FOR_S = 45.0
"""How long jobs are left to a backend without news of it: one round of health checks (30 s) and a slow answer."""

Also = Callable[[Connection, float], None]
"""What else goes into a transaction, given its connection and the time."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What a renewal found: whether it was still ours, and whether the user wants the job stopped."""

    held: bool
    cancel_requested: bool = False


class Claims:
    """What one worker may do to jobs. `worker` is unique for each process that ever ran."""

    def __init__(self, database: Database, worker: str, lease_s: float) -> None:
        self._database = database
        self._worker = worker
        self._lease_s = lease_s

    def claim(self, backend: str) -> Job | None:
        """Take the next job for this registered backend; None when nothing waits for it, or it is drained or somebody's."""
        anything = select(jobs.c.id).where(jobs.c.state == JobState.QUEUED).limit(1)
        if self._database.read(lambda connection: connection.execute(anything).first()) is None:
            return None

        def work(connection: Connection) -> Job | None:
            seen = connection.execute(select(*_SEEN).where(backends.c.name == backend).with_for_update())
            row = seen.mappings().one()
            if row["job_id"] is not None or row["drained"]:
                return None
            job_id = self._choose(connection, row)
            return None if job_id is None else self._begin(connection, job_id, backend)

        return self._database.write(work)

    def _choose(self, connection: Connection, row: RowMapping) -> str | None:
        """The next job's id, its row locked; another one where somebody else takes it at this moment."""
        now = time_of(self._database, connection)
        served = sessions_served(connection, now)
        backend = _backend_now(row, now)
        others = [one for one in _taking_jobs(connection, now) if one.name != backend.name]
        for first in (True, False):
            waiting = waiting_jobs(connection, first=first)
            if (job_id := self._next_free(connection, waiting, served, backend, now, others)) is not None:
                return job_id
        return None

    def _next_free(
        self,
        connection: Connection,
        waiting: list[WaitingJob],
        served: Mapping[str, Served],
        backend: BackendNow,
        now: float,
        others: Sequence[BackendNow],
    ) -> str | None:
        while (job_id := next_job(waiting, served, backend, now, others)) is not None:
            mine = select(jobs.c.id).where(jobs.c.id == job_id, jobs.c.state == JobState.QUEUED)
            if connection.execute(mine.with_for_update(skip_locked=True)).first() is not None:
                return job_id
            waiting = [job for job in waiting if job.id != job_id]
        return None

    def _begin(self, connection: Connection, job_id: str, backend: str) -> Job:
        now = time_of(self._database, connection)
        mine = {"worker": self._worker, "lease_until": now + self._lease_s}
        begun = update(jobs).where(jobs.c.id == job_id).returning(*jobs.c)
        begun = begun.values(
            state=move(JobState.QUEUED, JobState.RUNNING),
            seq=jobs.c.seq + 1,
            attempt=jobs.c.attempt + 1,
            backend=backend,
            started_at=now,
            **_NOT_BEGUN,
            **mine,
        )
        connection.execute(update(backends).where(backends.c.name == backend).values(job_id=job_id, **mine))
        return job_of(connection.execute(begun).mappings().one())

    def renew(self, job: Job) -> Lease:
        """Hold a claimed job and its backend for another lease."""

        def work(connection: Connection) -> Lease:
            row = self._held(connection, job)
            if row is None:
                return Lease(held=False)
            now = time_of(self._database, connection)
            until = now + self._lease_s
            connection.execute(update(jobs).where(jobs.c.id == job.id).values(lease_until=until))
            connection.execute(self._backend_of(job).values(lease_until=until, seen_at=now))
            return Lease(held=True, cancel_requested=row["cancel_requested"])

        return self._database.write(work)

    def progress(self, job: Job, fraction: float, step: int | None, steps: int | None) -> bool:
        """Note how far it is; for snapshots, so once a second is plenty."""

        def work(connection: Connection) -> bool:
            held = self._held(connection, job) is not None
            if held:
                values = {"progress": fraction, "step": step, "steps": steps}
                connection.execute(update(jobs).where(jobs.c.id == job.id).values(**values))
            return held

        return self._database.write(work)

    def done(
        self,
        job: Job,
        kept: Sequence[StoredPicture],
        substituted: Sequence[Mapping[str, Any]] = (),
        model: str | None = None,
    ) -> bool:
        """End it with its pictures, whose files are already there. `model`: what the backend has loaded now."""

        def also(connection: Connection, now: float) -> None:
            if kept:
                connection.execute(insert(pictures), [asdict(picture) | {"created_at": now} for picture in kept])
            if model is not None:
                connection.execute(self._backend_of(job).values(loaded_model=model))

        values = {"progress": 1.0, "substituted": list(substituted)}
        return self._database.write(lambda connection: self._end(connection, job, JobState.DONE, values, also))

    def failed(self, job: Job, error: Mapping[str, Any]) -> bool:
        """End it with an error's JSON."""
        values = {"error": dict(error)}
        return self._database.write(lambda connection: self._end(connection, job, JobState.FAILED, values))

    def cancelled(self, job: Job) -> bool:
        """End it because the user said so."""
        return self._database.write(lambda connection: self._end(connection, job, JobState.CANCELLED, {}))

    def hand_back(self, job: Job) -> bool:
        """Back into the queue as if this attempt had never been: the worker stops, the job is not at fault."""
        return self._database.write(lambda connection: self._requeue(connection, job, job.attempt - 1))

    def try_again(self, job: Job) -> bool:
        """Back into the queue after an attempt that counts; another backend is to try it, if there is one."""

        def work(connection: Connection) -> bool:
            failed = _failed_on(job, time_of(self._database, connection))
            return self._requeue(connection, job, job.attempt, **failed)

        return self._database.write(work)

    def reclaim(self) -> list[Job]:
        """Take jobs and backends from workers whose lease ended; the jobs that changed, as they are now.

        A job goes back to the queue, is cancelled if its user wanted that, or fails with `worker_lost` after
        MAX_ATTEMPTS.
        """
        expired = (jobs.c.state == JobState.RUNNING, is_over(jobs.c.lease_until, self._database.now))
        held = (backends.c.job_id.is_not(None), is_over(backends.c.lease_until, self._database.now))
        is_any = (select(jobs.c.id).where(*expired).limit(1), select(backends.c.name).where(*held).limit(1))
        if not self._database.read(lambda connection: any(connection.execute(query).first() for query in is_any)):
            return []

        def work(connection: Connection) -> list[Job]:
            query = select(jobs).where(*expired).with_for_update(skip_locked=True)
            lost = [job_of(row) for row in connection.execute(query).mappings()]
            now = time_of(self._database, connection)
            changed = [_after_loss(connection, job, now) for job in lost]
            free = {"job_id": None, "worker": None, "lease_until": None}
            connection.execute(update(backends).where(*held).values(**free))
            return changed

        return self._database.write(work)

    def _held(self, connection: Connection, job: Job) -> RowMapping | None:
        """The job's row, locked, while it is still this claim's."""
        query = select(jobs).where(
            jobs.c.id == job.id,
            jobs.c.worker == self._worker,
            jobs.c.attempt == job.attempt,
            jobs.c.state == JobState.RUNNING,
        )
        return connection.execute(query.with_for_update()).mappings().first()

    def _backend_of(self, job: Job) -> Update:
        mine = (backends.c.name == job.backend, backends.c.job_id == job.id, backends.c.worker == self._worker)
        return update(backends).where(*mine)

    def _end(
        self, connection: Connection, job: Job, state: JobState, values: Mapping[str, Any], also: Also | None = None
    ) -> bool:
        if self._held(connection, job) is None:
            return False
        now = time_of(self._database, connection)
        _write(connection, job, state, dict(values) | {"ended_at": now})
        if also is not None:
            also(connection, now)
        connection.execute(self._backend_of(job).values(job_id=None, worker=None, lease_until=None))
        return True

    def _requeue(self, connection: Connection, job: Job, attempt: int, **more: Any) -> bool:
        row = self._held(connection, job)
        if row is None:
            return False
        if row["cancel_requested"]:
            return self._end(connection, job, JobState.CANCELLED, {})
        _write(connection, job, JobState.QUEUED, {"attempt": attempt, "backend": None, **more, **_NOT_BEGUN})
        connection.execute(self._backend_of(job).values(job_id=None, worker=None, lease_until=None))
        return True


_NOT_BEGUN = {"progress": 0.0, "step": None, "steps": None}


def _write(connection: Connection, job: Job, state: JobState, values: Mapping[str, Any]) -> None:
    """One change of a running job's state, counted; nobody holds it afterwards, and an end is owed to whoever asked."""
    free = {"worker": None, "lease_until": None, "state": move(JobState.RUNNING, state), "seq": jobs.c.seq + 1}
    connection.execute(update(jobs).where(jobs.c.id == job.id).values(**free, **values))
    if state in ENDED:
        owe(connection, job, state, values["ended_at"])


def _after_loss(connection: Connection, job: Job, now: float) -> Job:
    if job.cancel_requested:
        _write(connection, job, JobState.CANCELLED, {"ended_at": now})
    elif job.attempt >= MAX_ATTEMPTS:
        _write(connection, job, JobState.FAILED, {"ended_at": now, "error": WORKER_LOST})
    else:
        _write(connection, job, JobState.QUEUED, {"backend": None, **_failed_on(job, now), **_NOT_BEGUN})
    return job_of(connection.execute(select(jobs).where(jobs.c.id == job.id)).mappings().one())


def _failed_on(job: Job, now: float) -> dict[str, Any]:
    return {"failed_on": list(dict.fromkeys([*job.failed_on, str(job.backend)])), "requeued_at": now}


_SEEN = (
    *(backends.c.name, backends.c.loaded_model, backends.c.weight, backends.c.job_id, backends.c.drained),
    backends.c.rests_until,
    backends.c.abilities["models"].label("models"),  # out of lists that may hold thousands of names
)


def _backend_now(row: RowMapping, now: float) -> BackendNow:
    free = row["job_id"] is None and (row["rests_until"] or 0.0) <= now
    return BackendNow(row["name"], row["loaded_model"], tuple(row["models"] or ()), row["weight"], free)


def _taking_jobs(connection: Connection, now: float) -> list[BackendNow]:
    """All backends that take jobs, as far as anybody heard of them lately."""
    taking = (backends.c.up, backends.c.drained.is_(False), backends.c.seen_at > now - TAKES_JOBS_FOR_S)
    return [_backend_now(row, now) for row in connection.execute(select(*_SEEN).where(*taking)).mappings()]
