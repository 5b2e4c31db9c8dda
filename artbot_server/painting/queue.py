"""Painting as the web process sees it: put an order into the queue, cancel it, pass on what workers say.

What is told was committed before. Pixels and backends are the worker's; the order of the line is `line`'s.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from typing import Any, Protocol

import structlog

from artbot_server.errors import NotFound, Unavailable
from artbot_server.events import JobChanged, PaintProgress, PicturesReady, Publish
from artbot_server.painting.jobs import Job, JobState, job_json
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.pictures import Sign, StoredPicture, pictures_and_grid
from artbot_server.painting.positions import Place, Positions
from artbot_server.painting.preparation import Preparation
from artbot_server.sd.base import Abilities
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.pictures import PictureStore

WAIT_S = 600.0
"""Longest wait of a caller over HTTP; the proxies in front of one rarely wait longer."""
LOOK_EVERY_S = 2.0
"""How often a wait looks for itself, should the worker's word be lost."""
TOLD_KEPT = 1000
"""Of how many jobs we know which change was told last; a worker's words about one job come within seconds."""

log = structlog.get_logger()


class Live(Protocol):
    """The way to the workers: `live.local` on one machine."""

    def wake(self) -> None: ...
    def cancel(self, job_id: str) -> None: ...


class PaintQueue:
    """Takes orders and tells sessions what becomes of them.

    Args:
        publish: tells a session's sockets on every web process; for what this process did.
        publish_here: tells those of this process; for what every web process hears from the worker itself.
        limit: how many jobs of one session may wait.
        reach: have what workers say of a session reach this process.
        on_end: called when a job has ended, perhaps more than once; must not block.
    """

    def __init__(
        self,
        *,
        jobs: JobStore,
        pictures: PictureStore,
        backends: BackendStore,
        preparation: Preparation,
        live: Live,
        publish: Publish,
        publish_here: Publish,
        sign: Sign,
        limit: int,
        reach: Callable[[str], None] = lambda _session_id: None,
        on_end: Callable[[Job], None] = lambda _job: None,
    ) -> None:
        self._jobs = jobs
        self._pictures = pictures
        self._preparation = preparation
        self._live = live
        self._publish = publish
        self._publish_here = publish_here
        self._reach = reach
        self._sign = sign
        self._limit = limit
        self._on_end = on_end
        self._positions = Positions(jobs, backends, publish_here)
        self._ended = threading.Condition()
        self._told: dict[str, int] = {}

    def abilities(self) -> Abilities:
        """What an order's overrides may ask for."""
        return self._preparation.abilities()

    # What a client asks for

    def submit(self, session_id: str, order: PaintOrder) -> tuple[Job, int | None]:
        """Queue an order; the job and its position, None when it is no longer waiting.

        Sent again with the same `job_id`, the first job comes back and nothing is done.

        Raises:
            BadRequest, NotFound: as `Preparation.job`.
            TooMany: the session has too many jobs waiting.
        """
        if order.job_id is not None and (first := self._found(session_id, order.job_id)) is not None:
            return first, self._position(first)
        job, is_new = self._jobs.create(self._preparation.job(session_id, order), self._limit)
        places = self._positions.now()
        place = places.get(job.id)
        if is_new:
            log.info("job_queued", job_id=job.id, folder=job.folder, template=job.template, mode=job.mode)
            self._publish(session_id, JobChanged(self._record(job, [], place)))
            self._live.wake()
            self.tick()
        return job, place.position if place else None

    def knows(self, session_id: str, job_id: str) -> bool:
        """Whether this session has ordered a job of this id before."""
        return self._found(session_id, job_id) is not None

    def cancel(self, session_id: str, job_id: str) -> Job:
        """Cancel a job that waits, have one that runs interrupted, leave one that has ended; the job afterwards.

        Raises:
            NotFound: there is none in this session.
        """
        job = self._jobs.request_cancel(job_id, session_id)
        if job.state is JobState.RUNNING:
            self._live.cancel(job_id)
        elif job.state is JobState.CANCELLED:
            self._publish(session_id, JobChanged(self.record(job)))
            self._on_end(job)
            self.tick()
        return job

    def wait(self, session_id: str, job_id: str, timeout_s: float = WAIT_S) -> Job:
        """Wait until a job has ended, for callers without a socket; the job as it then is.

        Raises:
            NotFound: there is none in this session, or no more.
            Unavailable: it has not ended in time; it goes on.
        """
        give_up_at = time.monotonic() + timeout_s
        while not (job := self._jobs.get(job_id, session_id)).ended:
            if time.monotonic() > give_up_at:
                raise Unavailable("The pictures are not ready yet.", job_id=job_id)
            self._reach(session_id)
            with self._ended:
                # Whether or not the word comes: it is looked up again.
                self._ended.wait(min(LOOK_EVERY_S, timeout_s))
        return job

    # Records

    def records(self, session_id: str, reply_ids: Collection[str] = ()) -> list[dict[str, Any]]:
        """The `jobs` of a snapshot: unfinished, lately ended, and those of these replies."""
        return self.records_of(self._jobs.of_session(session_id, reply_ids))

    def records_of_replies(self, session_id: str, reply_ids: Collection[str]) -> list[dict[str, Any]]:
        """The `jobs` of a page of history."""
        return self.records_of(self._jobs.of_replies(session_id, reply_ids))

    def records_of_ids(self, session_id: str, job_ids: Collection[str]) -> list[dict[str, Any]]:
        """Those of these jobs that are the session's, oldest first."""
        return self.records_of(self._jobs.of_ids(session_id, job_ids))

    def records_of_conversation(
        self, session_id: str, conversation_id: str | None, after: tuple[float, str], limit: int
    ) -> list[dict[str, Any]]:
        """A part of all `jobs` of a conversation (None: of none), oldest first; `after`: `created_at` and id of the one before."""
        return self.records_of(self._jobs.of_conversation(session_id, conversation_id, after, limit))

    def record(self, job: Job) -> dict[str, Any]:
        """One `job` record of docs/protocol.md, with pictures and position."""
        return self.records_of([job])[0]

    def records_of(self, jobs: Collection[Job]) -> list[dict[str, Any]]:
        """The records of several in two look-ups."""
        pictures = self._pictures.of_jobs([job.id for job in jobs if job.ended])
        waits = any(job.state is JobState.QUEUED for job in jobs)
        places = self._positions.now() if waits else {}
        return [self._record(job, pictures.get(job.id, []), places.get(job.id)) for job in jobs]

    # What workers say

    def job_changed(self, session_id: str, job_id: str) -> None:
        """A worker changed this job's row: tell its session, pictures first.

        Raises:
            NotFound: it was deleted meanwhile.
        """
        job = self._jobs.get(job_id, session_id)
        if self._told.get(job.id) == job.seq:
            return  # Two changes, and at the first word we read the second.
        record = self.record(job)
        if record["state"] == JobState.DONE:
            self._publish_here(session_id, PicturesReady(job_id, record["images"], record["grid"]))
        self._publish_here(session_id, JobChanged(record))
        with self._ended:
            self._told.pop(job.id, None)
            self._told[job.id] = job.seq
            if len(self._told) > TOLD_KEPT:
                del self._told[next(iter(self._told))]
            self._ended.notify_all()
        if job.ended:
            self._on_end(job)
        self.tick()

    def progress(self, session_id: str, progress: PaintProgress) -> None:
        """A running job got further."""
        self._publish_here(session_id, progress)

    def tick(self) -> None:
        """Tell sessions whose jobs moved up; does something at most once a second, and little while nothing waits."""
        self._positions.tick()

    # Inside

    def _found(self, session_id: str, job_id: str) -> Job | None:
        try:
            return self._jobs.get(job_id, session_id)
        except NotFound:
            return None

    def _position(self, job: Job) -> int | None:
        place = self._positions.now().get(job.id) if job.state is JobState.QUEUED else None
        return place.position if place else None

    def _record(self, job: Job, pictures: Collection[StoredPicture], place: Place | None) -> dict[str, Any]:
        shown, grid = pictures_and_grid(pictures, self._sign)
        position, eta_s = (place.position, place.eta_s) if place else (None, None)
        return job_json(job, pictures=shown, grid=grid, position=position, eta_s=eta_s)
