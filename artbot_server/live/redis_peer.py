"""One process among others on a Redis: its own channel, and questions with answers. For `redis_hub` and `redis_link`.

Who is there is known by hearsay: everybody says so regularly, and who is silent for a while is gone.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog

from artbot_server.errors import Unavailable
from artbot_server.live.frames import BadFrame, Frame, decode, encode
from artbot_server.live.redis_line import RedisLine

HERE_EVERY_S = 3.0
GONE_AFTER_S = 10.0
"""Silence after which a worker is no longer counted or asked: three words lost, and a little."""
LOOK_EVERY_S = 1.0
WORKERS, WEBS = "workers", "webs"
"""The channels that all workers hear, and all web processes."""

log = structlog.get_logger()


class NotThere(Unavailable):
    """Nobody hears this process's channel."""


class RedisPeer:
    """Speaks under a name of its own.

    Args:
        space: what stands before every channel, so that several servers may share a Redis.
        on_frame: called with each message and question, in the reader's thread; must not block.
        on_up: see `RedisLine`.
    """

    def __init__(
        self, url: str, space: str, name: str, on_frame: Callable[[Frame], None], on_up: Callable[[float], None]
    ) -> None:
        self.name = name
        self._space = space
        self._on_frame = on_frame
        self._numbers = itertools.count(1)
        self._asked: dict[int, _Question] = {}
        self.line = RedisLine(url, self._take, on_up)
        self.line.hear(self._to(name))

    def hear(self, channel: str) -> threading.Event:
        """See `RedisLine.hear`; `channel` without the space."""
        return self.line.hear(f"{self._space}:{channel}")

    def hear_no_more(self, channel: str) -> None:
        """See `RedisLine.hear_no_more`."""
        self.line.hear_no_more(f"{self._space}:{channel}")

    def send(self, channel: str, frame: Frame) -> None:
        """Say something on a channel as soon as it can be said."""
        self.line.send(f"{self._space}:{channel}", encode(replace(frame, sender=self.name)))

    def send_to(self, name: str, frame: Frame) -> None:
        """Say something to one process as soon as it can be said."""
        self.line.send(self._to(name), encode(replace(frame, sender=self.name)))

    def tell(self, name: str, frame: Frame) -> bool:
        """Say something to one process now; False when it is not there. Raises Unavailable when Redis is away."""
        return self.line.publish(self._to(name), encode(replace(frame, sender=self.name))) > 0

    def ask(
        self, name: str, question: Frame, timeout_s: float, is_there: Callable[[], bool] = lambda: True
    ) -> dict[str, Any]:
        """Ask one process and wait for its answer.

        Args:
            is_there: looked at now and then while we wait.

        Raises:
            NotThere: it does not hear us.
            Unavailable: it gives no answer in time, or Redis is away.
        """
        number, asked = next(self._numbers), _Question()
        self._asked[number] = asked
        try:
            if not self.tell(name, replace(question, ask=number)):
                raise NotThere("The other process is away; try again in a moment.")
            until = time.monotonic() + timeout_s
            while not asked.answered.wait(max(0.0, min(LOOK_EVERY_S, until - time.monotonic()))):
                if time.monotonic() >= until or not is_there():
                    raise Unavailable("The other process did not answer; try again in a moment.")
        finally:
            del self._asked[number]
        return dict(asked.answer)

    def _to(self, name: str) -> str:
        return f"{self._space}:to:{name}"

    def _take(self, data: bytes) -> None:
        try:
            frame = decode(data)
        except BadFrame as error:
            log.warning("live_not_understood", reason=str(error))
            return
        if frame.kind != "answer":
            if frame.sender != self.name:
                self._on_frame(frame)
        elif frame.ask is not None and (asked := self._asked.get(frame.ask)) is not None:
            asked.answer = frame.body
            asked.answered.set()


class _Question:
    """One that waits for its answer."""

    def __init__(self) -> None:
        self.answered = threading.Event()
        self.answer: Mapping[str, Any] = {}
