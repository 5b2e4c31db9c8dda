"""The relay of tokens: what one costs and how long it is under way, with many browsers each getting a reply at once.

Every reply is checked token by token. All systems are asked in the article's form; Art Bot's own form is measured too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import uvloop

from benchmarks.benchmark import Benchmark, Column, Scope
from benchmarks.figures import Row, ms, quantile
from benchmarks.pieces import delays, is_whole
from benchmarks.programs import machine_cpu_s
from benchmarks.sockets import Browser, connect
from benchmarks.systems import ARTBOT, KEY, Server, Upstream, server, upstream

SESSION_FORM = "Art Bot, session form"
WARM_UP_CHATS = 8
"""First chats cost every system more than later ones: imports, code that is not compiled yet."""
SETTLE_S = 0.5
WISH = "an orange kitten"
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

    @property
    def seconds(self) -> float:
        """How long a reply takes."""
        return self.tokens * self.every_ms / 1000


LOADS = (Load("steady", 100, 100, 50), Load("heavy", 200, 150, 20))
TINY = (Load("tiny", 4, 10, 20),)


class Reply:
    """A reply as one browser gets it.

    Attributes:
        frames: when each came, and its text.
        full_message: what the last event said; empty when none came, so that the reply is not whole.
    """

    def __init__(self, browser: Browser) -> None:
        self.frames: list[tuple[float, str]] = []
        self.full_message = ""
        self._browser = browser
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        browser.heard = self._heard

    def _heard(self, name: str, data: Any) -> None:
        if name == "message":
            self.frames.append((time.monotonic(), data["message"]))
        elif name in ("gpt_chat", "chat_error") and not self._ended.done():
            self.full_message = data.get("full_message", "")
            self._ended.set_result(None)

    def ask(self, load: Load, client_sid: str, *, session_form: bool) -> None:
        """Send the message that it answers."""
        words: dict[str, Any] = {"model": load.model, "client_sid": client_sid}
        if session_form:
            words["text"] = WISH
        else:
            words |= {"messages": [{"role": "user", "content": WISH}], "key": KEY}
        self._browser.emit("gpt_chat", words)

    async def end(self, load: Load) -> None:
        """Until it has ended, or should have long ago."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LATE_S + load.seconds):
                await self._ended


def with_session_form(scope: Scope) -> list[str]:
    """The systems, and beside Art Bot its own form."""
    forms = {ARTBOT: (ARTBOT, SESSION_FORM)}
    return [one for system in scope.systems for one in forms.get(system, (system,))]


async def open_browsers(address: str, count: int) -> list[Browser]:
    """So many clients, opened in bunches."""
    opened: list[Browser] = []
    while len(opened) < count:
        bunch = min(OPEN_AT_ONCE, count - len(opened))
        opened += await asyncio.gather(*(connect(address) for _ in range(bunch)))
    return opened


async def _run(running: Server, model: Upstream, load: Load, *, session_form: bool) -> Row:
    browsers = await open_browsers(running.address, load.browsers)
    await warm_up(browsers, session_form=session_form)
    replies = [Reply(browser) for browser in browsers]

    def spent() -> list[float]:
        return [time.monotonic(), running.program.cpu_s(), model.program.cpu_s(), time.process_time(), machine_cpu_s()]

    before = spent()
    for number, reply in enumerate(replies):
        reply.ask(load, f"c{number}", session_form=session_form)
    for reply in replies:
        await reply.end(load)
    row = figures(load, replies, [late - early for early, late in zip(before, spent(), strict=True)])
    for browser in browsers:
        browser.close()
    return row


async def warm_up(browsers: Sequence[Browser], *, session_form: bool) -> None:
    """Some short chats, one after the other."""
    load = Load("warm-up", WARM_UP_CHATS, 5, 1)
    for number, browser in enumerate(browsers[:WARM_UP_CHATS]):
        reply = Reply(browser)
        reply.ask(load, f"w{number}", session_form=session_form)
        await reply.end(load)
    await asyncio.sleep(SETTLE_S)


def figures(load: Load, replies: Sequence[Reply], spent: Sequence[float]) -> Row:
    """What is told of one run; `spent`: seconds of the clock, and of CPU by server, model, browsers and all programs."""
    wall_s, server_s, upstream_s, browsers_s, all_s = spent
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
        "others_cores": round((all_s - server_s - upstream_s - browsers_s) / wall_s, 2),
    }


def measure(scope: Scope) -> Iterator[Row]:
    """One round: each load, plain and over TLS; the systems in turn."""
    for load in TINY if scope.tiny else LOADS:
        for secure in (False, True):
            with upstream(secure=secure) as model:
                for system in scope.systems if secure else with_session_form(scope):
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
        Column("others_cores", "others", 2),
    ),
)
