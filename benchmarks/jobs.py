"""A job's way with a backend that answers at once: all that is left is Art Bot's own part.

From `generate` until the backend is asked, and from its answer until the client has the picture, one job after the
other; then jobs a second, with a full queue, one backend and four.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import uvloop

from benchmarks.benchmark import Benchmark, Column, LeftOut, Scope
from benchmarks.figures import Row, ms, quantile
from benchmarks.painter import MOMENTS
from benchmarks.programs import free_port, program, wait_for_port
from benchmarks.sockets import Browser, connect
from benchmarks.systems import ARTBOT, Server, server, upstream

ORDER = {
    "prompt": "a red fox in the snow",
    "folder": "landscape",
    "template": "golden-hour",
    "overrides": {"batch_size": 1, "width": 512, "height": 512, "steps": 1},
}
JOBS, TINY_JOBS = 40, 3
QUEUED, TINY_QUEUED = 120, 4
SESSIONS = 4
BACKENDS = (1, 4)
PAUSE_S = 0.2
"""Between two jobs, so that the worker has nothing left to do of the one before."""

Painted = tuple[str, float]
"""A job's id, and when its picture was here."""


def measure(scope: Scope) -> Iterator[Row]:
    """One round, for each number of backends."""
    if ARTBOT not in scope.systems:
        raise LeftOut("Jobs are Art Bot's own: nothing else here paints.")
    jobs, queued = (TINY_JOBS, TINY_QUEUED) if scope.tiny else (JOBS, QUEUED)
    for count in BACKENDS:
        with upstream() as model, ExitStack() as stack:
            urls = [stack.enter_context(_web_ui()) for _ in range(count)]
            running = stack.enter_context(server(ARTBOT, model, ARTBOT_SD_URL=",".join(urls)))
            yield {
                "backends": "1 backend" if count == 1 else f"{count} backends",
                **uvloop.run(_run(running, urls, jobs, queued)),
            }


@contextmanager
def _web_ui() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.painter", str(port)]
    with tempfile.TemporaryDirectory() as folder, program(command, Path(folder) / "log") as started:
        wait_for_port(started, port)
        yield f"http://127.0.0.1:{port}"


async def _run(running: Server, urls: Sequence[str], jobs: int, queued: int) -> dict[str, float | None]:
    browsers = [_Painting(await connect(running.address)) for _ in range(SESSIONS)]
    await browsers[0].paint()
    asked, painted = [], []
    for _ in range(jobs):
        await asyncio.sleep(PAUSE_S)
        asked.append(time.monotonic())
        painted.append(await browsers[0].paint())
    began, cpu_before = time.monotonic(), running.program.cpu_s()
    await asyncio.gather(*(browsers[number % SESSIONS].paint() for number in range(queued)))
    took_s, cpu_s = time.monotonic() - began, running.program.cpu_s() - cpu_before
    for browser in browsers:
        browser.close()
    moments = _moments(urls)
    there = [moments[job_id][0] - when for when, (job_id, _) in zip(asked, painted, strict=True)]
    backend = [answered - asked for asked, answered in moments.values()]
    back = [came - moments[job_id][1] for job_id, came in painted]
    return {
        "there_ms": ms(median(there)),
        "there_p99_ms": ms(quantile(there, 0.99)),
        "back_ms": ms(median(back)),
        "back_p99_ms": ms(quantile(back, 0.99)),
        "backend_ms": ms(median(backend)),
        "jobs_per_s": round(queued / took_s, 1),
        "cpu_ms": ms(cpu_s / queued),
    }


class _Painting:
    """A client that orders pictures and waits for each."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._waiting: dict[str, asyncio.Future[float]] = {}
        browser.heard = self._heard
        self.close = browser.close

    async def paint(self) -> Painted:
        """One job, from its order to its picture. Raises LeftOut when there is none."""
        job_id = str(uuid.uuid4())
        self._waiting[job_id] = asyncio.get_running_loop().create_future()
        ack = await self._browser.call("generate", ORDER | {"job_id": job_id})
        if not ack["ok"]:
            raise LeftOut(f"A job was refused: {ack['error']['message']}")
        return job_id, await self._waiting[job_id]

    def _heard(self, name: str, data: Any) -> None:
        if name == "images":
            self._waiting[data["job_id"]].set_result(time.monotonic())
        elif name == "job" and data["state"] == "failed":
            self._waiting[data["job_id"]].set_exception(LeftOut(f"A job failed: {data['error']['message']}"))


def _moments(urls: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Each job's times at its backend. A task is called `<job_id>-<seq>`."""
    found = {}
    for url in urls:
        with urllib.request.urlopen(url + MOMENTS, timeout=30) as answer:
            for task, (asked, answered) in json.load(answer).items():
                found[task.rpartition("-")[0]] = asked, answered
    return found


BENCHMARK = Benchmark(
    name="jobs",
    title="A job's way",
    measure=measure,
    labels=("backends",),
    columns=(
        Column("there_ms", "from `generate` to the backend, ms", 1, plot=True),
        Column("there_p99_ms", "p99 ms", 1),
        Column("back_ms", "from its answer to the picture, ms", 1, plot=True),
        Column("back_p99_ms", "p99 ms", 1),
        Column("backend_ms", "backend's own part, ms", 1),
        Column("jobs_per_s", "jobs/s, full queue", 1, ratio=True, plot=True),
        Column("cpu_ms", "CPU ms a job, web and worker", 1, ratio=True),
    ),
    baseline="1 backend",
    rounds=2,
)
