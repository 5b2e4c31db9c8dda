"""The relay of tokens: what one costs and how long it is under way, with many browsers each getting a reply at once.

Every reply is checked token by token. All systems are asked in the article's form; Art Bot's own form is measured too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import uvloop

from benchmarks.benchmark import Benchmark, Column, Scope
from benchmarks.figures import Row, ms, quantile
from benchmarks.pieces import delays, is_whole
from benchmarks.sockets import Browser, connect
from benchmarks.systems import ARTBOT, Server, Upstream, server, upstream

SESSION_FORM = "Art Bot, session form"
WARM_UP_CHATS = 8
"""First chats cost every system more than later ones: imports, code that is not compiled yet."""
SETTLE_S = 0.5
OPEN_AT_ONCE = 50
LATE_S = 60.0
"""How much longer than its tokens take a reply may be under way."""


@dataclass(frozen=True, slots=True)
class Load:
    """So many browsers, each with one reply of so many tokens, one every so many milliseconds."""

    name: str
    browsers: int
    tokens: int
    every_ms: float

    @property
    def model(self) -> str:
        """The upstream's name for it."""
        return f"tok-{self.tokens}-{self.every_ms:g}"


LOADS = (Load("steady", 100, 100, 50), Load("heavy", 200, 150, 20))
TINY = (Load("tiny", 4, 10, 20),)


@dataclass(slots=True)
class Reply:
    """One browser's reply while it comes."""

    frames: list[tuple[float, str]] = field(default_factory=list)
    full_message: str = ""

    async def of(self, browser: Browser, load: Load, client_sid: str, *, session_form: bool) -> None:
        """Ask for it and wait for its end; an end that does not come, or a hang-up, leaves it not whole."""
        ended = asyncio.get_running_loop().create_future()

        def heard(name: str, data: Any) -> None:
            if name == "message":
                self.frames.append((time.monotonic(), data["message"]))
            elif name in ("gpt_chat", "chat_error") and not ended.done():
                self.full_message = data.get("full_message", "")
                ended.set_result(None)

        browser.heard = heard
        ask: dict[str, Any] = {"model": load.model, "client_sid": client_sid}
        if session_form:
            ask["text"] = "an orange kitten"
        else:
            ask |= {"messages": [{"role": "user", "content": "an orange kitten"}], "key": "sk-benchmark"}
        browser.emit("gpt_chat", ask)
        try:
            async with asyncio.timeout(LATE_S + load.tokens * load.every_ms / 1000):
                await ended
        except TimeoutError:
            return


async def open_browsers(address: str, count: int) -> list[Browser]:
    """So many clients, opened in bunches."""
    opened: list[Browser] = []
    while len(opened) < count:
        bunch = min(OPEN_AT_ONCE, count - len(opened))
        opened += await asyncio.gather(*(connect(address) for _ in range(bunch)))
    return opened


async def _run(running: Server, model: Upstream, load: Load, *, session_form: bool) -> Row:
    browsers = await open_browsers(running.address, load.browsers)
    warm_up = Load("warm-up", WARM_UP_CHATS, 5, 1)
    for number, browser in enumerate(browsers[:WARM_UP_CHATS]):
        await Reply().of(browser, warm_up, f"w{number}", session_form=session_form)
    await asyncio.sleep(SETTLE_S)
    replies = [Reply() for _ in browsers]
    before = time.monotonic(), running.program.cpu_s(), model.program.cpu_s(), time.process_time()
    asked = [
        reply.of(browser, load, f"c{number}", session_form=session_form)
        for number, (reply, browser) in enumerate(zip(replies, browsers, strict=True))
    ]
    await asyncio.gather(*asked)
    after = time.monotonic(), running.program.cpu_s(), model.program.cpu_s(), time.process_time()
    for browser in browsers:
        browser.close()
    return _row(load, replies, [late - early for early, late in zip(before, after, strict=True)])


def _row(load: Load, replies: list[Reply], spent: list[float]) -> Row:
    wall_s, server_s, upstream_s, browsers_s = spent
    under_way = [one for reply in replies for one in delays(reply.frames)]
    right = sum(is_whole(reply.frames, reply.full_message, load.tokens) for reply in replies)
    return {
        "cpu_us": round(server_s / len(under_way) * 1e6, 1) if under_way else None,
        "p50_ms": ms(quantile(under_way, 0.5)),
        "p99_ms": ms(quantile(under_way, 0.99)),
        "tokens": len(under_way),
        "wrong": len(replies) - right,
        "frames": round(sum(len(reply.frames) for reply in replies) / max(1, len(under_way)), 2),
        "wall_s": round(wall_s, 2),
        "server_cores": round(server_s / wall_s, 2),
        "upstream_cores": round(upstream_s / wall_s, 2),
        "browsers_cores": round(browsers_s / wall_s, 2),
    }


def measure(scope: Scope) -> Iterator[Row]:
    """One round: each load, plain and over TLS; the systems in turn."""
    for load in TINY if scope.tiny else LOADS:
        for secure in (False, True):
            with upstream(secure=secure) as model:
                own_form = [SESSION_FORM] if ARTBOT in scope.systems and not secure else []
                for system in (*scope.systems, *own_form):
                    session_form = system == SESSION_FORM
                    with server(ARTBOT if session_form else system, model) as running:
                        run = _run(running, model, load, session_form=session_form)
                        labels = {"system": system, "load": load.name, "upstream": "TLS" if secure else "plain"}
                        yield labels | dict(uvloop.run(run))


BENCHMARK = Benchmark(
    name="relay",
    title="The relay",
    measure=measure,
    labels=("system", "load", "upstream"),
    columns=(
        Column("cpu_us", "CPU µs a token", ratio=True, plot=True),
        Column("p50_ms", "delay p50 ms", 1, plot=True),
        Column("p99_ms", "delay p99 ms", 1, ratio=True, plot=True),
        Column("frames", "frames a token", 2),
        Column("wrong", "wrong texts"),
        Column("server_cores", "cores: server", 2),
        Column("browsers_cores", "browsers", 2),
        Column("upstream_cores", "model", 2),
    ),
)
