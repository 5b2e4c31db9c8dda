"""One backend's thread in the worker: is it well, take the next job, paint it, again."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import structlog

from artbot_server.errors import ArtbotError, BackendFailed, Unavailable
from artbot_server.painting.health import Health, Wanted
from artbot_server.painting.leases import Leases, Timing
from artbot_server.painting.runs import Desk, Run, run_job
from artbot_server.sd.base import Backend
from artbot_server.storage.backends import BackendStore

INTERNAL = ArtbotError("Something went wrong on the server; it is in its log.").as_json()

log = structlog.get_logger()


class Painter:
    """Paints on one backend, one job after the other. `weight`: as its operator set it, None: as it is."""

    def __init__(
        self,
        backend: Backend,
        desk: Desk,
        leases: Leases,
        known: BackendStore,
        timing: Timing,
        weight: float | None = None,
    ) -> None:
        self._backend = backend
        self._weight = weight
        self._desk = desk
        self._leases = leases
        self._known = known
        self._timing = timing
        self._stopping = False
        self._woken = threading.Event()
        self._run: Run | None = None
        self._health = Health()
        self._drained = False
        self._failures = 0
        self._rest_until = 0.0
        self._had_room = True
        self._thread = threading.Thread(target=self._work, name=f"painter-{backend.name}", daemon=True)

    def start(self) -> None:
        """Begin to look for jobs."""
        self._thread.start()

    def wake(self) -> None:
        """Look for a job now."""
        self._woken.set()

    def stop(self) -> None:
        """Claim nothing more; a job that is being painted goes on."""
        self._stopping = True
        self._woken.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for its end; whether it came."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while not self._stopping:
            try:
                pause_s = self._turn()
            except Unavailable as error:
                log.warning("painter_waits", backend=self._backend.name, reason=error.message)
                pause_s = self._timing.poll_s
            except Exception:  # Top of the worker's loop: a fault costs one job, not the worker.
                log.exception("painter_fault", backend=self._backend.name)
                self._give_up()
                pause_s = self._timing.poll_s
            finally:
                if self._run is not None:
                    self._leases.drop(self._run)
                self._run = None
            if pause_s and self._woken.wait(pause_s):
                self._woken.clear()

    def _turn(self) -> float:
        """Do the next thing; how many seconds to wait afterwards unless woken."""
        standing = self._known.standing(self._backend.name)
        self._note_drained(standing.drained)
        if standing.wanted.by_operator:
            self._rest(0.0)
        now = time.monotonic()
        if now < self._rest_until:
            return min(self._rest_until - now, self._timing.poll_s)
        if self._health.is_due(now, standing.wanted, self._timing.health_s, self._timing.down_s):
            self._check(standing.wanted)
        if not self._health.up or self._drained:
            return self._timing.poll_s
        if not self._has_room():
            return self._timing.down_s
        job = self._desk.claims.claim(self._backend.name)
        if job is None:
            return self._timing.poll_s
        self._run = Run(job)
        self._leases.hold(self._run)
        if run_job(self._run, self._backend, self._desk):
            self._failures = 0
            return 0
        # It may be down: look before the next job, so that a dead backend does not use up everybody's attempts.
        self._health = self._health.doubted()
        self._failures += 1
        pauses_s = self._timing.pauses_s
        self._rest(pauses_s[min(self._failures, len(pauses_s)) - 1])
        return 0

    def _rest(self, seconds: float) -> None:
        self._rest_until = time.monotonic() + seconds
        self._known.rest(self._backend.name, seconds)

    def _has_room(self) -> bool:
        has_room = self._desk.pictures.has_room()
        if has_room != self._had_room:
            self._had_room = has_room
            if has_room:
                log.info("room_for_pictures_again", backend=self._backend.name)
            else:
                log.error("no_room_for_pictures", backend=self._backend.name)
        return has_room

    def _check(self, wanted: Wanted) -> None:
        """Ask the backend what it offers and note it for the web process."""
        reason = None
        try:
            abilities = self._backend.abilities()
        except BackendFailed as error:
            abilities, reason = None, error.message
        self._known.seen(self._backend, abilities, self._weight)
        was_up, up = self._health.up, abilities is not None
        self._health = self._health.after(up, time.monotonic(), wanted)
        if up != was_up:
            if up:
                log.info("backend_up", backend=self._backend.name)
            else:
                log.warning("backend_down", backend=self._backend.name, reason=reason)
            self._desk.tell("backends_changed", {}, b"")

    def _note_drained(self, drained: bool) -> None:
        if drained != self._drained:
            self._drained = drained
            log.info("backend_drained" if drained else "backend_resumed", backend=self._backend.name)
            self._desk.tell("backends_changed", {}, b"")

    def _give_up(self) -> None:
        if self._run is not None:
            with suppress(Unavailable):
                self._desk.claims.failed(self._run.job, INTERNAL)
                self._desk.tell_changed(self._run.job)
