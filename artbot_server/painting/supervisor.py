"""Keeps one worker process alive beside the web process, and takes it along when the web process ends.

Standard library only and no waiting in the operating system: it runs under every async mode. The child has its own
process group, so that Ctrl-C reaches it once, through `stop`; it ends by itself when the pipe on its stdin closes,
which happens however this process dies.
"""

from __future__ import annotations

import itertools
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

import structlog

WORKER_ARGV = (sys.executable, "-m", "artbot_server.cli", "worker")
LOOK_EVERY_S = 0.2
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
"""Rest before a dead worker is started again; doubled each time it dies within STEADY_S."""
STEADY_S = 60.0
STOP_BOUND_S = 40.0
"""After SIGTERM the worker needs its grace (3 s) and up to 30 s for a backend that is slow to let go."""

log = structlog.get_logger()


class Supervisor:
    """Starts a worker, and again when it dies.

    Args:
        argv: what to start; it should call `end_with_parent`.
        on_start: called with how often a worker has been started, this time included.
        environ: the worker's whole environment; this process's own without it.
    """

    def __init__(
        self,
        argv: Sequence[str] = WORKER_ARGV,
        on_start: Callable[[int], None] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._argv = list(argv)
        self._environ = environ
        self._on_start = on_start or (lambda _times: None)
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    @property
    def pid(self) -> int | None:
        """The worker's process id, None while none runs."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the worker; returns at once."""
        self._thread.start()

    def stop(self, bound_s: float = STOP_BOUND_S) -> None:
        """SIGTERM, and SIGKILL when the worker has not ended within `bound_s`."""
        self._stopping.set()
        self._thread.join()
        process = self._process
        if process is None:
            return
        process.terminate()
        if not _ended(process, bound_s):
            log.warning("worker_killed", pid=process.pid)
            process.kill()
            _ended(process, bound_s)
        self._forget(process)

    def _watch(self) -> None:
        pause_s = FIRST_PAUSE_S
        for times in itertools.count(1):
            if self._stopping.is_set():
                return
            process = subprocess.Popen(self._argv, stdin=subprocess.PIPE, start_new_session=True, env=self._environ)
            self._process = process
            self._on_start(times)
            started_at = time.monotonic()
            while process.poll() is None:
                if self._stopping.wait(LOOK_EVERY_S):
                    return
            self._forget(process)
            pause_s = FIRST_PAUSE_S if time.monotonic() - started_at > STEADY_S else pause_s
            log.warning("worker_died", exit_code=process.returncode, again_in_s=pause_s)
            self._stopping.wait(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        self._process = None
        if process.stdin is not None:
            process.stdin.close()


def end_with_parent(stop: Callable[[], None]) -> None:
    """In the worker: call `stop` when whoever started us has ended, seen by the pipe on stdin that then closes.

    Without a pipe there (a terminal, a service manager) this does nothing.
    """
    if not stat.S_ISFIFO(os.fstat(0).st_mode):
        return

    def wait() -> None:
        # Not sys.stdin: its lock, held by a thread like this one, breaks the interpreter's end.
        while os.read(0, 1):
            pass
        stop()

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _ended(process: subprocess.Popen[bytes], within_s: float) -> bool:
    until = time.monotonic() + within_s
    while process.poll() is None:
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_EVERY_S / 4)
    return True
