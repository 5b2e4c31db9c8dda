"""What a long history costs: the time to the first token, CPU, and the snapshot of who connects, at message 10 and 10,000.

The conversations begin with a real turn; the others are copies of its rows, put into the database beside the server.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from statistics import median
from typing import Any

import uvloop
from sqlalchemy import Connection, insert, select, update

from artbot_server.storage.database import Database
from artbot_server.storage.schema import conversations, messages
from benchmarks.benchmark import Benchmark, Column, LeftOut, Scope
from benchmarks.figures import Row, ms, quantile
from benchmarks.sockets import Browser, arrive
from benchmarks.systems import ARTBOT, Server, server, upstream

SHORT, LONG, TINY_LONG = 10, 10_000, 200
TURNS, TINY_TURNS, WARM_UP_TURNS = 60, 3, 5
MODEL = "tok-1-0"
BASELINE = f"{SHORT} messages"


def measure(scope: Scope) -> Iterator[Row]:
    """One round: turns in a short conversation, then in a long one."""
    if ARTBOT not in scope.systems:
        raise LeftOut("The history is Art Bot's own: nothing else here keeps one.")
    turns = TINY_TURNS if scope.tiny else TURNS
    with upstream() as model, server(ARTBOT, model) as running:
        for length in (SHORT, TINY_LONG if scope.tiny else LONG):
            yield {"history": f"{length:,} messages", **uvloop.run(_run(running, length, turns))}


async def _run(running: Server, length: int, turns: int) -> dict[str, float | None]:
    browser, snapshot = await arrive(running.address)
    with closing(browser):
        conversation_id = await _begun(browser)
        lengthen(f"sqlite:///{running.folder / 'artbot.db'}", conversation_id, length)
        for _ in range(WARM_UP_TURNS):
            await _turn(browser, conversation_id)
        before = running.program.cpu_s()
        waited = [await _turn(browser, conversation_id) for _ in range(turns)]
        cpu_s = running.program.cpu_s() - before
        snapshots = [await _snapshot(running.address, snapshot["token"]) for _ in range(turns)]
    return {
        "first_ms": ms(median(waited)),
        "first_p99_ms": ms(quantile(waited, 0.99)),
        "cpu_ms": ms(cpu_s / turns),
        "snapshot_ms": ms(median(snapshots)),
    }


async def _begun(browser: Browser) -> str:
    ack = await browser.call("new_conversation", {"title": "the history"})
    conversation_id = str(ack["conversation"]["conversation_id"])
    await _turn(browser, conversation_id)
    return conversation_id


async def _turn(browser: Browser, conversation_id: str) -> float:
    """Seconds until its first token; returns at its end."""
    loop = asyncio.get_running_loop()
    first: list[float] = []
    ended: asyncio.Future[None] = loop.create_future()

    def heard(name: str, _data: Any) -> None:
        if name == "message":
            first.append(time.monotonic())
        elif name in ("gpt_chat", "chat_error") and not ended.done():
            ended.set_result(None)

    browser.heard = heard
    asked = time.monotonic()
    ack = await browser.call("gpt_chat", {"text": "at sunset", "conversation_id": conversation_id, "model": MODEL})
    if not ack["ok"]:
        raise LeftOut(f"A turn was refused: {ack['error']['message']}")
    await ended
    return first[0] - asked


async def _snapshot(address: str, token: str) -> float:
    """Seconds from connecting until the snapshot is here."""
    began = time.monotonic()
    browser, _ = await arrive(address, token)
    with closing(browser):
        return time.monotonic() - began


def lengthen(database_url: str, conversation_id: str, length: int) -> None:
    """Copy a conversation's last turn until it has so many messages."""
    database = Database(database_url)

    def work(connection: Connection) -> None:
        its = messages.c.conversation_id == conversation_id
        query = select(messages).where(its).order_by(messages.c.position.desc()).limit(2)
        reply, user = (dict(row) for row in connection.execute(query).mappings())
        rows = []
        for position in range(reply["position"] + 1, reply["position"] + 1 + length - 2, 2):
            id = str(uuid.uuid4())
            rows.append({**user, "id": id, "message_id": id, "position": position})
            rows.append({**reply, "id": str(uuid.uuid4()), "message_id": id, "position": position + 1})
        connection.execute(insert(messages), rows)
        changed = update(conversations).where(conversations.c.id == conversation_id)
        connection.execute(changed.values(message_count=length))

    database.write(work)
    database.close()


BENCHMARK = Benchmark(
    name="history",
    title="A long history",
    measure=measure,
    labels=("history",),
    columns=(
        Column("first_ms", "first token ms", 2, ratio=True, plot=True),
        Column("first_p99_ms", "p99 ms", 1),
        Column("cpu_ms", "CPU ms a turn", 2, ratio=True, plot=True),
        Column("snapshot_ms", "snapshot on connect ms", 2, ratio=True, plot=True),
    ),
    baseline=BASELINE,
    rounds=2,
)
