"""How fast workers take jobs out of the table: claim and end, with nothing painted in between; none may be done twice.

One worker and ten, each a process with a backend of its own, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from artbot_server.storage.claims import Claims
from artbot_server.storage.database import Database
from benchmarks.benchmark import Benchmark, Column, Scope
from benchmarks.figures import Row, ms, quantile
from tests.storage.databases import KINDS, fresh_url
from tests.storage.stored import known, put

WORKERS = (1, 10)
JOBS, TINY_JOBS = 1000, 30
SESSIONS = 20
LEASE_S = 60.0
LOOKS_AFTER = 20
"""How often a worker finds nothing before it believes it: another may hold the row it would have taken."""
LOOK_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Work:
    """What one worker did: the jobs, seconds each took, when it began and when the last one ended."""

    jobs: tuple[str, ...]
    took_s: tuple[float, ...]
    began: float
    ended: float


def measure(scope: Scope) -> Iterator[Row]:
    """One round: each database with one worker and with ten."""
    jobs = TINY_JOBS if scope.tiny else JOBS
    for kind in KINDS:
        for workers in WORKERS:
            with tempfile.TemporaryDirectory() as folder:
                url = fresh_url(kind, Path(folder))
                named = "1 worker" if workers == 1 else f"{workers} workers"
                labels = {"workers": named, "database": "SQLite" if kind == "sqlite" else "PostgreSQL"}
                yield {**labels, **_run(url, workers, jobs)}


def _run(url: str, workers: int, jobs: int) -> Row:
    database = Database(url)
    known(database, *(f"backend {number}" for number in range(workers)))
    for number in range(jobs):
        put(database, f"job {number}", session_id=f"session {number % SESSIONS}")
    database.close()
    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager, ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        all_here = manager.Barrier(workers)
        asked = [pool.submit(work, url, f"backend {number}", all_here) for number in range(workers)]
        done = [one.result() for one in asked]
    taken = [job for one in done for job in one.jobs]
    took = [seconds for one in done for seconds in one.took_s]
    return {
        "claims_per_s": round(len(taken) / _span_s(done)),
        "p50_ms": ms(quantile(took, 0.5)),
        "p99_ms": ms(quantile(took, 0.99)),
        "twice": len(taken) - len(set(taken)),
        "never": jobs - len(set(taken)),
    }


def _span_s(done: Sequence[Work]) -> float:
    return max(one.ended for one in done) - min(one.began for one in done)


def work(url: str, backend: str, all_here: threading.Barrier) -> Work:
    """One worker: take jobs until none is left. It begins when all have imported what they need."""
    database = Database(url)
    claims = Claims(database, f"worker of {backend}", LEASE_S)
    jobs: list[str] = []
    took_s: list[float] = []
    all_here.wait()
    begin = ended = time.monotonic()
    nothing = 0
    while nothing < LOOKS_AFTER:
        began = time.monotonic()
        job = claims.claim(backend)
        if job is None:
            nothing += 1
            time.sleep(LOOK_EVERY_S)
            continue
        nothing = 0
        claims.done(job, [])
        ended = time.monotonic()
        jobs.append(job.id)
        took_s.append(ended - began)
    database.close()
    return Work(tuple(jobs), tuple(took_s), begin, ended)


BENCHMARK = Benchmark(
    name="claims",
    title="Claims",
    measure=measure,
    labels=("workers", "database"),
    columns=(
        Column("claims_per_s", "claims/s, all workers", ratio=True, plot=True),
        Column("p50_ms", "p50 ms", 1, plot=True),
        Column("p99_ms", "p99 ms", 1, plot=True),
        Column("twice", "done twice"),
        Column("never", "never done"),
    ),
    baseline="1 worker",
    rounds=1,
)
