"""Clients that are connected and do nothing: what one takes of memory, how many can be open, what their pings cost."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Iterator

import uvloop

from benchmarks.benchmark import Benchmark, Column, Scope
from benchmarks.figures import Row
from benchmarks.programs import Program
from benchmarks.sockets import Browser, Refused, connect
from benchmarks.systems import Server, server, upstream

SOME, MANY, TINY_SOME, TINY_MANY = 600, 5000, 20, 40
AT_ONCE = 50
PATIENCE_S = 15.0
"""A client that is not let in by then will not be."""
SETTLE_S = 2.0
HOLD_S, TINY_HOLD_S = 30.0, 1.0
"""Longer than the 25 s between two pings of Engine.IO, so that each client is pinged once and has to be heard."""
SPARE_FILES = 200


def measure(scope: Scope) -> Iterator[Row]:
    """One round: each system with some clients, then with as many as it takes, up to MANY."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # servers that are started have it too
    some, many, hold_s = (TINY_SOME, TINY_MANY, TINY_HOLD_S) if scope.tiny else (SOME, MANY, HOLD_S)
    with upstream() as model:
        for system in scope.systems:
            with server(system, model) as running:
                counts = some, min(many, hard - SPARE_FILES)
                yield {"system": system, **uvloop.run(_run(running, *counts, hold_s))}


async def _run(running: Server, some: int, many: int, hold_s: float) -> dict[str, float | None]:
    program = running.program
    at_first = await _memory_kb(program)
    browsers: list[Browser] = []
    began = time.monotonic()
    await _open(running.address, browsers, some)
    opened_s, opened = time.monotonic() - began, len(browsers)
    with_some = await _memory_kb(program)
    await _open(running.address, browsers, many)
    with_many = await _memory_kb(program)
    before, cpu_before = time.monotonic(), program.cpu_s()
    await asyncio.sleep(hold_s)
    cpu_share = (program.cpu_s() - cpu_before) / (time.monotonic() - before)
    still = sum(browser.is_open for browser in browsers)
    pinged = sum(browser.pings > 0 for browser in browsers)
    for browser in browsers:
        browser.close()
    return {
        "kb_some": _each_kb(at_first, with_some, opened),
        "kb_many": _each_kb(at_first, with_many, len(browsers)),
        "open": len(browsers),
        "still_open": still,
        "pinged": pinged,
        "opened_per_s": round(opened / opened_s),
        "cpu_percent": round(cpu_share * 100, 1),
    }


async def _open(address: str, browsers: list[Browser], count: int) -> None:
    """Until there are so many, or somebody is not let in."""
    while len(browsers) < count:
        bunch = min(AT_ONCE, count - len(browsers))
        asked = [connect(address, within_s=PATIENCE_S) for _ in range(bunch)]
        came = await asyncio.gather(*asked, return_exceptions=True)
        browsers += [one for one in came if isinstance(one, Browser)]
        for fault in came:
            if isinstance(fault, BaseException) and not isinstance(fault, Refused | TimeoutError):
                raise fault
        if any(isinstance(one, BaseException) for one in came):
            return


async def _memory_kb(program: Program) -> float:
    await asyncio.sleep(SETTLE_S)
    return program.memory_kb()


def _each_kb(before: float, after: float, count: int) -> float | None:
    return round((after - before) / count, 1) if count else None


BENCHMARK = Benchmark(
    name="idle",
    title="Idle clients",
    measure=measure,
    labels=("system",),
    columns=(
        Column("kb_some", f"KB each, {SOME} clients", 1, ratio=True, plot=True),
        Column("kb_many", "KB each, all that are open", 1, ratio=True),
        Column("open", f"open at once (of {MANY:,})", plot=True),
        Column("still_open", f"still open {HOLD_S:.0f} s later"),
        Column("opened_per_s", "connects/s", ratio=True),
        Column("cpu_percent", "CPU % of a core, all idle", 1, ratio=True, plot=True),
    ),
    rounds=1,  # one takes two minutes, most of it waiting for pings
)
