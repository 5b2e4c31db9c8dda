"""Keeps the leases of a worker's runs, in a thread of its own, and takes jobs from workers that let theirs end."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import structlog

from artbot_server.errors import Unavailable
from artbot_server.painting.runs import Desk, Run, Stop

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Timing:
    """How often a worker does what, in seconds. Tests take shorter ones.

    Attributes:
        lease_s: how long a claim holds; four renewals, so that one slow backup of the database costs none.
        poll_s: how often it looks for work and lost leases; wake-ups make it faster, never needed.
        health_s: how often each backend is asked what it offers.
        down_s: the same while it is away and a job waits for it, and the first of the growing pauses while none does
            (`health.away_pause`).
        grace_s: what a run may still take when the worker is told to stop.
        silent_s: a run without a word for so long is given up; backends speak twice a second, and then keeping 16 large
            pictures takes about a minute.
        pauses_s: rest of a backend after the first, second … job in a row that failed on it; the last one stays.
    """

    lease_s: float = 20.0
    renew_s: float = 5.0
    poll_s: float = 1.0
    health_s: float = 30.0
    down_s: float = 5.0
    grace_s: float = 3.0
    silent_s: float = 180.0
    pauses_s: tuple[float, ...] = (1.0, 4.0, 15.0, 60.0)


class Leases:
    """The runs of one worker, by job."""

    def __init__(self, desk: Desk, timing: Timing) -> None:
        self._desk = desk
        self._timing = timing
        self._runs: dict[str, Run] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="leases", daemon=True)

    def start(self) -> None:
        """Begin to renew and reclaim."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; runs still held lose their lease in time."""
        self._stopping.set()
        self._thread.join()

    def hold(self, run: Run) -> None:
        """Renew this run's lease from now on."""
        self._runs[run.job.id] = run

    def drop(self, run: Run) -> None:
        """It has ended."""
        if self._runs.get(run.job.id) is run:  # not the next attempt, which another backend may hold by now
            del self._runs[run.job.id]

    def stop_run(self, job_id: str, why: Stop) -> None:
        """Stop the run of this job, if it is here."""
        run = self._runs.get(job_id)
        if run is not None:
            run.stop(why)

    def stop_all(self, why: Stop) -> None:
        """Stop every run."""
        for run in list(self._runs.values()):
            run.stop(why)

    def _keep(self) -> None:
        pause_s = min(self._timing.poll_s, self._timing.renew_s)
        while not self._stopping.wait(pause_s):
            try:
                for run in list(self._runs.values()):
                    if time.monotonic() - run.renewed_at >= self._timing.renew_s - pause_s / 2:
                        self._renew(run)
                self._reclaim()
            except Unavailable as error:
                log.warning("leases_not_renewed", reason=error.message)

    def _renew(self, run: Run) -> None:
        if time.monotonic() - run.heard_at > self._timing.silent_s:
            log.error("run_silent", job_id=run.job.id, backend=run.job.backend)
            run.stop(Stop.LOST)
            self.drop(run)
            return
        lease = self._desk.claims.renew(run.job)
        run.renewed_at = time.monotonic()
        if not lease.held:
            run.stop(Stop.LOST)
        elif lease.cancel_requested:
            run.stop(Stop.CANCELLED)

    def _reclaim(self) -> None:
        for job in self._desk.claims.reclaim():
            log.warning("job_reclaimed", job_id=job.id, state=job.state.value, attempt=job.attempt)
            self._desk.tell_changed(job)
