"""A web process's end of the way over Redis: to workers on any machine, and to the other web processes.

To the worker's end it is what `local` is. What it says of sessions reaches the web processes that watch them; nobody
else pays for it. Everything said here is only late when it is lost: the database has it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from artbot_server.errors import ArtbotError, Unavailable
from artbot_server.live.frames import Frame
from artbot_server.live.redis_peer import GONE_AFTER_S, WEBS, WORKERS, NotThere, RedisPeer

WORKER_WAIT_S = 5.0
"""A question that comes while the worker is still starting waits for it as long."""
HEARD_WITHIN_S = 1.0
"""How long a new channel is waited for; without Redis a session is shown as it stands in the database."""
MOST_WAITING = 10_000
"""Messages that wait to be acted on, while the database is slow; then they are lost, and read there later."""

log = structlog.get_logger()

OnFrame = Callable[[Frame], None]


class RedisHub:
    """Hears from workers and web processes, and speaks to them.

    Args:
        name: what the other web processes know this one by.
        on_message: called with each message, one after the other, in a thread that does nothing else.
        on_text: called with messages of kind `text`, at once, in the reader's thread; must not block.
        on_ask: called with a question of another web process, in a thread of its own; gives the answer.
        on_change: called with the number of workers when it changed.
        on_back: called when Redis is there again, or at last, with the seconds it was away.
    """

    def __init__(
        self,
        url: str,
        space: str,
        name: str,
        *,
        on_message: OnFrame,
        on_text: OnFrame,
        on_ask: Callable[[Frame], Mapping[str, Any]],
        on_change: Callable[[int], None],
        on_back: Callable[[float], None],
    ) -> None:
        self._on_message = on_message
        self._on_text = on_text
        self._on_ask = on_ask
        self._on_change = on_change
        self._on_back = on_back
        self._inbox: queue.Queue[Callable[[], None]] = queue.Queue(MOST_WAITING)
        self._workers: dict[str, _Worker] = {}
        self._stopped = False
        self._peer = RedisPeer(url, space, name, self._take, self._up)
        self._peer.hear(WEBS)

    # What `local` has too

    @property
    def workers(self) -> int:
        """How many are there."""
        return len(self._workers)

    def start(self) -> None:
        """Connect, now or as soon as Redis is there."""
        self._peer.line.start()
        threading.Thread(target=self._work, name="redis-hear", daemon=True).start()

    def stop(self) -> None:
        """Say what is kept, and hear nothing more."""
        self._stopped = True
        self._peer.line.stop()

    def wake(self) -> None:
        """Tell every worker that something waits."""
        self._peer.send(WORKERS, Frame("wake"))

    def cancel(self, job_id: str) -> None:
        """Tell every worker to stop this job, if it is theirs."""
        self._peer.send(WORKERS, Frame("cancel", {"job_id": job_id}))

    def ask(
        self, kind: str, body: Mapping[str, Any], blob: bytes = b"", *, timeout_s: float, backend: str | None = None
    ) -> dict[str, Any]:
        """Ask the worker that was heard last, among those that have this backend, and wait for its answer.

        Raises:
            Unavailable: there is no such worker even after some seconds, or it did not answer in time.
        """
        give_up_at = time.monotonic() + WORKER_WAIT_S
        while not self._whom(backend) and not self._stopped and time.monotonic() < give_up_at:
            time.sleep(WORKER_WAIT_S / 100)
        for name in self._whom(backend):
            try:
                return self._peer.ask(name, Frame(kind, body, blob), timeout_s, lambda: name in self._workers)  # noqa: B023
            except NotThere:
                self._forget(name)
        raise Unavailable("The worker is away; try again in a moment.")

    # Among web processes

    @property
    def is_up(self) -> bool:
        """Whether Redis is there."""
        return self._peer.line.is_up

    def watch(self, session_id: str) -> None:
        """Hear what is said of a session from now on; waits until nothing more is missed."""
        heard = self._peer.hear(f"session:{session_id}")
        if self.is_up:
            heard.wait(HEARD_WITHIN_S)

    def leave(self, session_id: str) -> None:
        """Hear no more of a session."""
        self._peer.hear_no_more(f"session:{session_id}")

    def tell_session(self, session_id: str, kind: str, body: Mapping[str, Any]) -> None:
        """Tell the web processes that watch a session."""
        self._peer.send(f"session:{session_id}", Frame(kind, body))

    def tell_all(self, kind: str, body: Mapping[str, Any]) -> None:
        """Tell every other web process."""
        self._peer.send(WEBS, Frame(kind, body))

    def send(self, name: str, kind: str, body: Mapping[str, Any]) -> None:
        """Tell one web process, as soon as it can be told."""
        self._peer.send_to(name, Frame(kind, body))

    def tell(self, name: str, kind: str, body: Mapping[str, Any]) -> bool:
        """Tell one web process now; False when it is not there. Raises Unavailable when Redis is away."""
        return self._peer.tell(name, Frame(kind, body))

    def ask_web(self, name: str, kind: str, body: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
        """Ask one web process. Raises Unavailable when it does not answer in time."""
        return self._peer.ask(name, Frame(kind, body), timeout_s)

    # Inside

    def _whom(self, backend: str | None) -> list[str]:
        """Those that can be asked about a backend, the one heard last first."""
        able = [(name, one) for name, one in list(self._workers.items()) if backend is None or backend in one.backends]
        return [name for name, one in sorted(able, key=lambda each: each[1].heard_at, reverse=True)]

    def _up(self, away_s: float) -> None:
        self._peer.send(WORKERS, Frame("who_is_there"))
        if away_s:
            self._put(lambda: self._on_back(away_s))

    def _take(self, frame: Frame) -> None:
        if frame.sender in self._workers:
            self._workers[frame.sender].heard_at = time.monotonic()
        if frame.kind == "text":
            self._on_text(frame)
        elif frame.kind == "here":
            self._here(frame)
        elif frame.kind == "gone":
            self._forget(frame.sender)
        elif frame.ask is not None:
            threading.Thread(target=self._answer, args=(frame,), name="redis-answer", daemon=True).start()
        else:
            self._put(lambda: self._on_message(frame))

    def _here(self, frame: Frame) -> None:
        is_new = frame.sender not in self._workers
        self._workers[frame.sender] = _Worker(time.monotonic(), frozenset(frame.body.get("backends", ())))
        if is_new:
            self._tell_change()

    def _forget(self, name: str) -> None:
        if self._workers.pop(name, None) is not None:
            self._tell_change()

    def _tell_change(self) -> None:
        count = len(self._workers)
        self._put(lambda: self._on_change(count))

    def _answer(self, frame: Frame) -> None:
        try:
            body = self._on_ask(frame)
        except ArtbotError as error:
            body = {"error": error.as_json()}
        self._peer.send_to(frame.sender, Frame("answer", body, ask=frame.ask))

    def _put(self, act: Callable[[], None]) -> None:
        try:
            self._inbox.put_nowait(act)
        except queue.Full:
            log.warning("live_message_lost", reason="too many wait")

    def _work(self) -> None:
        while not self._stopped:
            with suppress(queue.Empty):
                self._act(self._inbox.get(timeout=1.0))
            now = time.monotonic()
            for name in [name for name, one in list(self._workers.items()) if now - one.heard_at > GONE_AFTER_S]:
                self._forget(name)

    def _act(self, act: Callable[[], None]) -> None:
        try:
            act()
        except ArtbotError as error:
            # A job that was deleted meanwhile, a database that is away: the next message may fare better.
            log.warning("live_message_lost", code=error.error_code, reason=error.message)


@dataclass(slots=True)
class _Worker:
    heard_at: float
    backends: frozenset[str]
