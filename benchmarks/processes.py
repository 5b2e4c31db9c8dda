"""Several web processes of one server, with Redis and PostgreSQL: what a token costs over all of them.

The server itself spreads browsers over its processes; a client's id tells where it is. A watcher is a second device of each session, which
gets every frame too: on the process that streams the reply, or on another one.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.benchmark import Benchmark, Column, LeftOut, Scope
from benchmarks.figures import Row
from benchmarks.programs import NotStarted, Program, free_port, machine_cpu_s, program, wait_for_page, wait_for_port
from benchmarks.relay import Load, Reply, figures, warm_up
from benchmarks.sockets import Browser, arrive, connect
from benchmarks.systems import ARTBOT, READY, Upstream, artbot_settings, upstream
from tests.postgres import empty_postgres

COUNTS, TINY_COUNTS = (1, 2, 4), (1, 2)
NOBODY, SAME, OTHER = "none", "same process", "another process"
LOAD, TINY = Load("steady", 100, 60, 50), Load("tiny", 4, 10, 20)
AT_ONCE, TRIES = 10, 20
START_S, LOOK_EVERY_S = 60.0, 0.2


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server of several web processes, and what runs."""

    address: str
    server: Program
    redis: Program

    def cpu_s(self) -> float:
        """Of all web processes, the worker and Redis."""
        return self.server.cpu_s() + self.redis.cpu_s()


def measure(scope: Scope) -> Iterator[Row]:
    """One round: so many processes, without watchers and with them."""
    if ARTBOT not in scope.systems:
        raise LeftOut("Several processes of Art Bot alone are measured.")
    load = TINY if scope.tiny else LOAD
    for count in TINY_COUNTS if scope.tiny else COUNTS:
        with upstream() as model, cluster(count, model) as running:
            for watcher in (NOBODY, SAME, OTHER) if count > 1 else (NOBODY, SAME):
                row = uvloop.run(_run(running, model, load, watcher))
                named = "1 process" if count == 1 else f"{count} processes"
                yield {"processes": named, "watcher": watcher, **row}


@contextmanager
def cluster(count: int, model: Upstream) -> Iterator[Cluster]:
    """Redis, an empty database, and `artbot serve --processes COUNT`. Raises LeftOut where that cannot be."""
    redis_server = shutil.which("redis-server")
    if redis_server is None:
        raise LeftOut("There is no redis-server on this machine.")
    port, redis_port = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="artbot-benchmark-") as name:
        folder = Path(name)
        env = artbot_settings(port, folder / "data", model) | dict(model.env)
        env |= {"ARTBOT_REDIS_URL": f"redis://127.0.0.1:{redis_port}", "ARTBOT_DATABASE_URL": empty_postgres()}
        # Kept in memory alone: nothing of ours in it has to outlive it.
        alone = [redis_server, "--port", f"{redis_port}", "--bind", "127.0.0.1", "--save", "", "--dir", name]
        serve = [sys.executable, "-W", "ignore", "-m", "artbot_server.cli", "serve", "--processes", f"{count}"]
        with program(alone, folder / "redis.log") as redis, program(serve, folder / "log", env) as server:
            wait_for_port(redis, redis_port)
            address, (path, holds) = f"http://127.0.0.1:{port}", READY[ARTBOT]
            try:
                wait_for_page(server, address + path, holds)
            except NotStarted as why:
                raise LeftOut(f"`artbot serve --processes {count}` did not start. {why}") from why
            uvloop.run(_until_all_are_there(address, count))
            yield Cluster(address, server, redis)


async def _until_all_are_there(address: str, count: int) -> None:
    """Until clients come to so many processes. Raises LeftOut."""
    seen: set[str] = set()
    until = time.monotonic() + START_S
    while len(seen) < count:
        if time.monotonic() > until:
            raise LeftOut(f"{count} web processes were asked for, and clients came to {len(seen)}.")
        opened = await asyncio.gather(*(connect(address) for _ in range(count)))
        seen |= {browser.process for browser in opened}
        for browser in opened:
            browser.close()
        await asyncio.sleep(LOOK_EVERY_S)


async def _run(running: Cluster, model: Upstream, load: Load, watcher: str) -> Row:
    askers, watchers = await _browsers(running.address, load.browsers, watcher)
    await warm_up(askers, session_form=True)
    replies = [Reply(browser) for browser in askers]
    copies = [Reply(browser) for browser in watchers]

    def spent() -> list[float]:
        return [
            time.monotonic(),
            running.cpu_s(),
            model.program.cpu_s(),
            time.process_time(),
            machine_cpu_s(),
            running.redis.cpu_s(),
        ]

    before = spent()
    for number, reply in enumerate(replies):
        reply.ask(load, f"c{number}", session_form=True)
    for reply in (*replies, *copies):
        await reply.end(load)
    *known, redis_s = [late - early for early, late in zip(before, spent(), strict=True)]
    row = figures(load, replies, known)
    for browser in (*askers, *watchers):
        browser.close()
    if not copies:
        return {**row, "redis_cores": round(redis_s / known[0], 2)}
    copied = figures(load, copies, known)
    at_watchers = {f"watcher_{key}": copied[key] for key in ("p50_ms", "p99_ms", "wrong")}
    return {**row, **at_watchers, "redis_cores": round(redis_s / known[0], 2)}


async def _browsers(address: str, count: int, watcher: str) -> tuple[list[Browser], list[Browser]]:
    """Those who ask, spread over the processes by the server itself, and those who watch."""

    async def pair() -> tuple[Browser, Browser | None]:
        asker, snapshot = await arrive(address)
        return asker, None if watcher == NOBODY else await _second(address, snapshot["token"], asker, watcher)

    pairs: list[tuple[Browser, Browser | None]] = []
    while len(pairs) < count:
        pairs += await asyncio.gather(*(pair() for _ in range(min(AT_ONCE, count - len(pairs)))))
    return [asker for asker, _ in pairs], [second for _, second in pairs if second is not None]


async def _second(address: str, token: str, asker: Browser, watcher: str) -> Browser:
    """Another device of the session, on the same process or on another. Raises LeftOut when it never comes there."""
    elsewhere: list[Browser] = []
    try:
        for _ in range(TRIES):
            browser, _ = await arrive(address, token)
            if (browser.process == asker.process) == (watcher == SAME):
                return browser
            elsewhere.append(browser)  # stays open meanwhile: new clients go where there are fewer
    finally:
        for browser in elsewhere:
            browser.close()
    raise LeftOut(f"No watcher came to {watcher}.")


BENCHMARK = Benchmark(
    name="processes",
    title="Several processes",
    measure=measure,
    labels=("processes", "watcher"),
    columns=(
        Column("cpu_us", "CPU µs a token, all and Redis", ratio=True, plot=True),
        Column("p50_ms", "delay p50 ms", 1, plot=True),
        Column("p99_ms", "delay p99 ms", 1, plot=True),
        Column("watcher_p50_ms", "at the watcher p50 ms", 1),
        Column("watcher_p99_ms", "p99 ms", 1),
        Column("wrong", "wrong texts"),
        Column("watcher_wrong", "at watchers"),
        Column("redis_cores", "cores: Redis", 2),
        Column("server_cores", "all", 2),
        Column("others_cores", "others", 2),
    ),
    baseline="1 process",
    rounds=2,
)
