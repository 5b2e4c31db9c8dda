"""A worker's end of the way over Redis, for workers on any machine; the web processes' end is `redis_hub`.

Says the same as `link` does over a local socket: progress is dropped while it cannot be said at once, all else is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from artbot_server.live.answering import Answering, OnAsk
from artbot_server.live.frames import Frame
from artbot_server.live.link import DROPPABLE
from artbot_server.live.redis_peer import HERE_EVERY_S, WEBS, WORKERS, RedisPeer


class RedisLink:
    """Speaks to all web processes of a server. The arguments are those of `LiveLink`, and of `RedisPeer`."""

    def __init__(
        self,
        url: str,
        space: str,
        on_message: Callable[[str, Mapping[str, Any]], None],
        on_ask: OnAsk,
        backends: Sequence[str] = (),
    ) -> None:
        self._on_message = on_message
        self._answering = Answering(on_ask)
        self._here = Frame("here", {"backends": list(backends)})
        self._stopping = threading.Event()
        self._peer = RedisPeer(url, space, f"worker-{uuid4()}", self._take, lambda _away_s: self._say_here())
        self._peer.hear(WORKERS)

    def start(self) -> None:
        """Connect, now or as soon as Redis is there."""
        self._peer.line.start()
        threading.Thread(target=self._stay_known, name="redis-here", daemon=True).start()

    def stop(self) -> None:
        """Say what is kept, and that we go."""
        self._stopping.set()
        if self._peer.line.is_up:
            self._peer.send(WEBS, Frame("gone"))
        self._peer.line.stop()
        self._answering.stop()

    def send(self, kind: str, body: Mapping[str, Any], blob: bytes = b"") -> None:
        """Send it when it can be; returns at once. What is about a session goes to those who watch it."""
        if kind in DROPPABLE and not self._peer.line.is_free:
            return
        session_id = body.get("session_id")
        self._peer.send(f"session:{session_id}" if session_id else WEBS, Frame(kind, body, blob))

    def _stay_known(self) -> None:
        while not self._stopping.wait(HERE_EVERY_S):
            if self._peer.line.is_up:
                self._say_here()

    def _say_here(self) -> None:
        self._peer.send(WEBS, self._here)

    def _take(self, frame: Frame) -> None:
        if frame.kind == "who_is_there":
            self._peer.send_to(frame.sender, self._here)
        elif frame.ask is None:
            self._on_message(frame.kind, frame.body)
        else:
            self._answering.take(frame, lambda answer: self._peer.send_to(frame.sender, answer))
