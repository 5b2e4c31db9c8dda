"""Where each waiting job stands, and telling those whose place changed. For the web process."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from artbot_server.events import Publish, QueueMoved
from artbot_server.painting.line import eta, line, usual
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.jobs import JobStore

TELL_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """One job's place in the line: 0 is the next one; `eta_s` until its pictures, None while unknown."""

    session_id: str
    position: int
    eta_s: float | None


class Positions:
    """The places of all waiting jobs, and what was last said about them."""

    def __init__(
        self,
        jobs: JobStore,
        backends: BackendStore,
        publish: Publish,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs = jobs
        self._backends = backends
        self._publish = publish
        self._clock = clock
        self._told: Mapping[str, Place] = {}
        self._next_at = 0.0
        self._telling = threading.Lock()

    def now(self) -> dict[str, Place]:
        """The place of each waiting job by its id."""
        queue = self._jobs.queue_now()
        if not queue.waiting:
            return {}
        up = sum(backend.takes_jobs for backend in self._backends.all())
        usual_s = usual(queue.durations)
        return {
            job.id: Place(job.session_id, position, eta(position, usual_s, up, queue.running))
            for position, job in enumerate(line(queue.waiting, queue.served))
        }

    def tick(self) -> None:
        """Tell each session which of its jobs moved, at most once a second; call it as often as you like."""
        if self._clock() < self._next_at or not self._telling.acquire(blocking=False):
            return
        try:
            self._next_at = self._clock() + TELL_EVERY_S
            self._tell(self.now())
        finally:
            self._telling.release()

    def _tell(self, places: Mapping[str, Place]) -> None:
        moved: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for job_id, place in places.items():
            if self._told.get(job_id) != place:
                moved[place.session_id].append({"job_id": job_id, "position": place.position, "eta_s": place.eta_s})
        self._told = places
        for session_id, jobs in moved.items():
            self._publish(session_id, QueueMoved(jobs))
