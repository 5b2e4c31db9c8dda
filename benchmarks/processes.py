"""Several web processes of one server, with Redis and PostgreSQL: what a token costs over all of them.

Browsers are spread over the processes, each asked at its own port. A watcher is a second device of each session, which
gets every frame too: on the process that streams the reply, or on another one.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import uvloop

from benchmarks.benchmark import Benchmark, Column, LeftOut, Scope
from benchmarks.figures import Row
from benchmarks.programs import NotStarted, Program, free_port, program, wait_for_page, wait_for_port
from benchmarks.relay import Load, Reply, figures, warm_up
from benchmarks.sockets import Browser, arrive
from benchmarks.systems import ARTBOT, READY, Upstream, artbot_settings, upstream
from tests.postgres import empty_postgres

COUNTS, TINY_COUNTS = (1, 2, 4), (1, 2)
NOBODY, SAME, OTHER = "none", "same process", "another process"
LOAD, TINY = Load("steady", 100, 60, 50), Load("tiny", 4, 10, 20)
PROBE_S = 5.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server of several web processes: one address for each, and what runs."""

    addresses: Sequence[str]
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
            path, holds = READY[ARTBOT]
            try:
                wait_for_page(server, f"http://127.0.0.1:{port}{path}", holds)
            except NotStarted as why:
                raise LeftOut(f"`artbot serve --processes {count}` did not start. {why}") from why
            yield Cluster(_addresses(server, port, count), server, redis)


def _addresses(server: Program, front: int, count: int) -> list[str]:
    """Each web process's own. Raises LeftOut when they have none."""
    ports = {connection.laddr.port for one in server.tree() for connection in _listening(one)}
    found = [port for port in sorted(ports) if _is_web_process(port)]
    own = [port for port in found if port != front] if len(found) > count else found
    if len(own) != count:
        raise LeftOut(f"{count} web processes were started, but {len(own)} can be asked at ports of their own.")
    return [f"http://127.0.0.1:{port}" for port in own]


def _listening(process: psutil.Process) -> list[psutil._ntuples.pconn]:
    return [one for one in process.net_connections("tcp") if one.status == psutil.CONN_LISTEN]


def _is_web_process(port: int) -> bool:
    path, holds = READY[ARTBOT]
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=PROBE_S) as answer:
            return holds in answer.read()
    except (URLError, ConnectionError, TimeoutError):
        return False


async def _run(running: Cluster, model: Upstream, load: Load, watcher: str) -> Row:
    askers, watchers = await _browsers(running.addresses, load.browsers, watcher)
    await warm_up(askers, session_form=True)
    replies = [Reply(browser) for browser in askers]
    copies = [Reply(browser) for browser in watchers]

    def spent() -> list[float]:
        return [time.monotonic(), running.cpu_s(), model.program.cpu_s(), time.process_time(), running.redis.cpu_s()]

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


async def _browsers(addresses: Sequence[str], count: int, watcher: str) -> tuple[list[Browser], list[Browser]]:
    """Those who ask, spread over the processes, and those who watch."""
    askers, watchers = [], []
    for number in range(count):
        browser, snapshot = await arrive(addresses[number % len(addresses)])
        askers.append(browser)
        if watcher != NOBODY:
            at = number + (1 if watcher == OTHER else 0)
            second, _ = await arrive(addresses[at % len(addresses)], snapshot["token"])
            watchers.append(second)
    return askers, watchers


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
    ),
    baseline="1 process",
    rounds=2,
)
