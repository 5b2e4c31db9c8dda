"""Programs started for a measurement, with what they and all that they start cost, and their end."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
START_S = 60.0
STOP_S = 15.0
LOOK_EVERY_S = 0.01
"""The start is measured with this, so it is short."""
KEPT = ("PATH", "HOME", "LANG", "USER")
"""What of the environment programs get: no setting of whoever runs this."""


class NotStarted(Exception):
    """A program ended or stayed silent instead of serving; the message has the last line it wrote."""


@dataclass(frozen=True, slots=True)
class Program:
    """A running program with all that it started."""

    process: subprocess.Popen[bytes]
    log: Path

    def tree(self) -> list[psutil.Process]:
        """It and its children's children."""
        with suppress(psutil.NoSuchProcess):
            top = psutil.Process(self.process.pid)
            return [top, *top.children(recursive=True)]
        return []

    def cpu_s(self) -> float:
        """Seconds of CPU so far, its own and the system's for it, of the whole tree; in steps of 10 ms."""
        total = 0.0
        for one in self.tree():
            with suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                total += times.user + times.system
        return total

    def memory_kb(self) -> float:
        """Resident memory of the whole tree."""
        total = 0.0
        for one in self.tree():
            with suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss / 1024
        return total

    def told(self) -> str:
        """The last line it wrote."""
        return (self.log.read_text(errors="replace").strip().splitlines() or ["nothing"])[-1]

    def stop(self, wait_s: float = STOP_S) -> None:
        """End it and all that it started; what has not ended by itself then is killed."""
        tree = self.tree()
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(wait_s)
        for left in tree:
            with suppress(psutil.NoSuchProcess):
                left.kill()
        self.process.wait()


@contextmanager
def program(command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> Iterator[Program]:
    """Start a program; it has ended when this does."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=kept | dict(env or {}), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True,  # Ctrl-C is for who measures, who then stops them
        )  # fmt: skip
    started = Program(process, log)
    try:
        yield started
    finally:
        started.stop()


def wait_for_port(started: Program, port: int) -> None:
    """Until somebody listens there. Raises NotStarted."""

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    _wait(started, listens)


def wait_for_page(started: Program, url: str, holds: bytes = b"") -> None:
    """Until this address answers 200 with these bytes in its body. Raises NotStarted."""

    def answers() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=START_S) as answer:
                return holds in answer.read()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    _wait(started, answers)


def _wait(started: Program, condition: Callable[[], bool]) -> None:
    until = time.monotonic() + START_S
    while not condition():
        if started.process.poll() is not None:
            raise NotStarted(f"It ended with {started.process.returncode} and said: {started.told()}")
        if time.monotonic() > until:
            raise NotStarted(f"It does not serve, and said last: {started.told()}")
        time.sleep(LOOK_EVERY_S)


def machine_cpu_s() -> float:
    """Seconds of CPU that all programs of this machine have used."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
