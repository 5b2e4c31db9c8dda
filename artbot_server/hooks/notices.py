"""Gives each job's end to the hooks once, in a thread of its own: a hook that is slow holds up other notices, no job.

An end is taken in the database before the hooks are called, so no two processes call them for one job, and what ended
while nobody listened is found again. Only a process that dies between the two loses a notice.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import Any

import structlog

from artbot_server.errors import Unavailable
from artbot_server.hooks.calls import ended
from artbot_server.hooks.record import Hooks
from artbot_server.painting.jobs import Job
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.pictures import PictureStore

LOOK_EVERY_S = 60.0
"""How often ends are looked for whose word was lost; a worker's word comes at once otherwise."""
LOOK_BACK_S = 86_400.0
"""A server that was away for longer than a day does not call its hooks for what ended meanwhile."""
PATIENCE_S = 1.0

log = structlog.get_logger()


class Notices:
    """What has ended and waits for its hooks. Does nothing at all where there are none."""

    def __init__(self, hooks: Hooks, jobs: JobStore, pictures: PictureStore) -> None:
        self._hooks = hooks
        self._jobs = jobs
        self._pictures = pictures
        self._wanted = bool(hooks.after_paint or hooks.on_error)
        self._waiting: queue.Queue[str] = queue.Queue()
        self._stopping = False

    def start(self, spawn: Callable[..., Any]) -> None:
        """Begin, with what ended before."""
        if self._wanted:
            spawn(self._work)

    def stop(self) -> None:
        """Call no hook more; what waits is found at the next start."""
        self._stopping = True

    def ended(self, job: Job) -> None:
        """A job has ended; returns at once. Said twice, it is told once."""
        if self._wanted:
            self._waiting.put(job.id)

    def _work(self) -> None:
        looked_at = -LOOK_EVERY_S
        while not self._stopping:
            try:
                if time.monotonic() - looked_at >= LOOK_EVERY_S:
                    looked_at = time.monotonic()
                    for job_id in self._jobs.unnoticed(LOOK_BACK_S):
                        self._tell(job_id)
                self._tell(self._waiting.get(timeout=PATIENCE_S))
            except queue.Empty:
                continue
            except Unavailable as error:
                log.warning("notices_wait", reason=error.message)
                looked_at = time.monotonic() - LOOK_EVERY_S + PATIENCE_S  # the one in hand is found there again
                time.sleep(PATIENCE_S)

    def _tell(self, job_id: str) -> None:
        job = None if self._stopping else self._jobs.notice(job_id)
        if job is not None:
            ended(self._hooks, job, self._pictures.of_jobs([job.id])[job.id])
