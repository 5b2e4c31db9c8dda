"""The first token at light load: one chat after the other, so that what is measured is the way and not the queue.

The upstream says when it was asked and when it answered; what lies before and after is the server's own. A direct call
of the same upstream, made by this process, has the same two parts and is what ours is held against.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from statistics import median

import orjson
import uvloop

from benchmarks.benchmark import Benchmark, Column, Scope
from benchmarks.figures import Row, ms, quantile
from benchmarks.pieces import read
from benchmarks.relay import SESSION_FORM, Load, Reply, with_session_form
from benchmarks.sockets import connect
from benchmarks.systems import ARTBOT, Upstream, server, upstream

DIRECT = "direct call"
LOAD = Load("light", 1, 3, 1)
CHATS, TINY_CHATS, WARM_UP_CHATS = 100, 5, 10
PAUSE_S = 0.01

Way = tuple[float, float]
"""Seconds from asking until the upstream had the request, and from its first token until that was here."""


def measure(scope: Scope) -> Iterator[Row]:
    """One round, plain and over TLS."""
    chats = TINY_CHATS if scope.tiny else CHATS
    for secure in (False, True):
        labels = {"upstream": "TLS" if secure else "plain"}
        with upstream(secure=secure) as model:
            direct = uvloop.run(_direct(model, chats))
            yield {"system": DIRECT, **labels, **_row(direct, direct)}
            for system in with_session_form(scope):
                session_form = system == SESSION_FORM
                with server(ARTBOT if session_form else system, model) as running:
                    ways = uvloop.run(_through(running.address, chats, session_form=session_form))
                    yield {"system": system, **labels, **_row(ways, direct)}


async def _through(address: str, chats: int, *, session_form: bool) -> list[Way]:
    browser = await connect(address)

    async def chat(number: int) -> Way:
        reply, asked = Reply(browser), time.monotonic()
        reply.ask(LOAD, f"c{number}", session_form=session_form)
        await reply.end(LOAD)
        came, text = reply.frames[0]
        first = read(text)[0]
        return first.asked - asked, came - first.sent

    with closing(browser):
        return await _repeated(chat, chats)


async def _direct(model: Upstream, chats: int) -> list[Way]:
    """The same call as bytes on a connection of its own each time, by hand: the least that anybody can pay."""
    body = orjson.dumps({"model": LOAD.model, "stream": True, "messages": [{"role": "user", "content": "hi"}]})
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    port = int(model.url.rpartition(":")[2])
    tls = ssl.create_default_context(cafile=model.env["SSL_CERT_FILE"]) if model.env else None

    async def call(_number: int) -> Way:
        asked = time.monotonic()
        reader, writer = await asyncio.open_connection("localhost", port, ssl=tls)
        with closing(writer):
            writer.write(head.encode() + body)
            while b'"content":' not in (line := await reader.readline()):
                pass
            came = time.monotonic()
            first = read(orjson.loads(line.removeprefix(b"data: "))["choices"][0]["delta"]["content"])[0]
            return first.asked - asked, came - first.sent

    return await _repeated(call, chats)


async def _repeated(one: Callable[[int], Awaitable[Way]], count: int) -> list[Way]:
    ways = []
    for number in range(WARM_UP_CHATS + count):
        ways.append(await one(number))
        await asyncio.sleep(PAUSE_S)
    return ways[WARM_UP_CHATS:]


def _row(ways: list[Way], direct: list[Way]) -> Row:
    both = [sum(way) for way in ways]
    row = {
        "there_ms": ms(median(way[0] for way in ways)),
        "back_ms": ms(median(way[1] for way in ways)),
        "both_ms": ms(median(both)),
        "both_p99_ms": ms(quantile(both, 0.99)),
    }
    return row if ways is direct else {**row, "added_ms": ms(median(both) - median(sum(way) for way in direct))}


BENCHMARK = Benchmark(
    name="first_token",
    title="The first token",
    measure=measure,
    labels=("system", "upstream"),
    columns=(
        Column("there_ms", "until the model has the request, ms", 2),
        Column("back_ms", "from the model's first token to the browser, ms", 2),
        Column("both_ms", "both, p50 ms", 2, plot=True),
        Column("both_p99_ms", "both, p99 ms", 2, plot=True),
        Column("added_ms", "added to a direct call, ms", 2, plot=True),
    ),
    baseline=DIRECT,
    rounds=2,
)
