"""The start, from the command until clients can connect, until a picture can be painted, and until one has been."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import uvloop

from benchmarks.benchmark import Benchmark, Column, LeftOut, Scope
from benchmarks.figures import Row
from benchmarks.programs import wait_for_page
from benchmarks.sockets import connect
from benchmarks.systems import ARTBOT, READY, Server, Upstream, server, upstream

HEALTHY = b'"ok":true'
KB = 1024


def measure(scope: Scope) -> Iterator[Row]:
    """One round: each system once, with an empty data folder."""
    with upstream() as model:
        for system in scope.systems:
            yield {"system": system, **_start(system, model)}


def _start(system: str, model: Upstream) -> Row:
    began = time.monotonic()
    with server(system, model, wait=False) as running:
        path, holds = READY[system]
        wait_for_page(running.program, running.address + path, HEALTHY if system == ARTBOT else holds)
        row: dict[str, float] = {"serves_s": round(time.monotonic() - began, 2)}
        if system == ARTBOT:
            wait_for_page(running.program, running.address + path, holds)
            row["can_paint_s"] = round(time.monotonic() - began, 2)
            uvloop.run(_paint(running))
            row["painted_s"] = round(time.monotonic() - began, 2)
        row["cpu_s"] = round(running.program.cpu_s(), 2)
        row["memory_mb"] = round(running.program.memory_kb() / KB)
        return row


async def _paint(running: Server) -> None:
    """The demo painter's first picture, as fast as it can."""
    ended: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    def heard(name: str, data: Any) -> None:
        if name == "job" and data["state"] in ("done", "failed", "cancelled"):
            ended.set_result(data)

    with closing(await connect(running.address, heard=heard)) as browser:
        order = {"prompt": "a red fox", "folder": "landscape", "template": "gouache", "overrides": {"batch_size": 1}}
        await browser.call("generate", order)
        job = await ended
        if job["state"] != "done":
            raise LeftOut(f"The first picture was not painted: {job['error']}")


BENCHMARK = Benchmark(
    name="start",
    title="The start",
    measure=measure,
    labels=("system",),
    columns=(
        Column("serves_s", "serves after s", 2, ratio=True, plot=True),
        Column("can_paint_s", "can paint after s", 2, plot=True),
        Column("painted_s", "has painted after s", 2),
        Column("cpu_s", "CPU s", 2, ratio=True),
        Column("memory_mb", "memory MB", 0, ratio=True, plot=True),
    ),
)
