"""One payload under way at the server: the threads that send it, watch it and, if it is given up, end it.

Nothing here judges an answer. The threads are daemons and belong to this call alone; they end with its POST.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111 import failures, progress
from artbot_server.sd.automatic1111.api import Api
from artbot_server.sd.automatic1111.order import Order
from artbot_server.sd.automatic1111.progress import Seen, Turn

PREVIEW_EVERY_S = 0.5
INTERRUPT_POLL_S = 0.2
GRACE_S = 600.0
"""How much longer than its limit a given-up call may hold a thread, so that its turn in a queue can still come."""

PROGRESS = "/sdapi/v1/progress"
TASK_PROGRESS = "/internal/progress"
INTERRUPT = "/sdapi/v1/interrupt"


@dataclass(frozen=True, slots=True)
class Answer:
    """The server's JSON for the order."""

    body: Any


class Watch:
    """Looks at one task's progress, by task where the server can and else by turn. `look` is for one thread."""

    def __init__(self, task_id: str, *, by_task: bool, before: Seen) -> None:
        self._task_id = task_id
        self._by_task = by_task
        self._turn = Turn(before)
        self._stamp_before = before.stamp
        self._preview_id = -1
        self._preview_at = -PREVIEW_EVERY_S

    def look(self, api: Api) -> Seen:
        """Raises `BackendFailed` or `ValueError` when progress cannot be had."""
        fresh = time.monotonic() - self._preview_at < PREVIEW_EVERY_S
        seen = self._task(api, not fresh) if self._by_task else self._turn.ours(look_at_server(api, preview=not fresh))
        if seen.preview is not None:
            self._preview_id, self._preview_at = seen.preview_id, time.monotonic()
        return seen

    def runs(self, api: Api) -> bool:
        """Whether it is surely our own job that the server is at now, so that an interrupt hits nobody else's."""
        if self._by_task:
            return look_at_task(api, self._task_id).state == "running"
        seen = look_at_server(api, preview=False)
        return self._turn.certain and seen.state == "running"

    def stamp_after(self, answer: Any) -> dict[str, Any]:
        """The stamp of the job that ended last, for one that carries none; None when it ran before this was sent."""
        state = answer.get("state") if isinstance(answer, dict) else None
        stamp = state.get("job_timestamp") if isinstance(state, dict) else None
        return {"job_timestamp": stamp if stamp != self._stamp_before else None}

    def _task(self, api: Api, preview: bool) -> Seen:
        seen = look_at_task(api, self._task_id, self._preview_id, preview=preview)
        return progress.with_steps(seen, look_at_server(api, preview=False))


def look_at_task(api: Api, task_id: str, preview_id: int = -1, *, preview: bool = False) -> Seen:
    """POST /internal/progress. Raises `BackendFailed`, or `ValueError` when the answer is none."""
    body = {"id_task": task_id, "id_live_preview": preview_id, "live_preview": preview}
    return progress.read_internal(api.post(TASK_PROGRESS, body))


def look_at_server(api: Api, *, preview: bool) -> Seen:
    """GET /sdapi/v1/progress; a preview costs the server 20 to 60 ms. Raises as `look_at_task`."""
    return progress.read_sdapi(api.get(PROGRESS, skip_current_image="false" if preview else "true"))


class Call:
    """An order under way.

    Attributes:
        news: looks at the job, then exactly one answer or failure.
    """

    def __init__(
        self, connect: Callable[[], Api], order: Order, watch: Watch, *, poll_s: float, limit_s: float
    ) -> None:
        self.news: SimpleQueue[Seen | Answer | BackendFailed] = SimpleQueue()
        self._connect = connect
        self._order = order
        self._watch = watch
        self._poll_s = poll_s
        self._limit_s = limit_s
        self._over = threading.Event()
        self._dropped = threading.Event()

    def start(self) -> None:
        """Send it and begin to watch."""
        for target in (self._send, self._look):
            threading.Thread(target=target, name=f"a1111 {target.__name__}", daemon=True).start()

    def end(self, wait_s: float) -> None:
        """Give it up, unless it is over: interrupt it as soon as it is ours that runs, and drop its pictures.

        A queued call cannot be taken back (the server runs it even when its client has hung up), so a thread stays
        with it until its turn comes. Returns when the POST has returned or after `wait_s`.
        """
        self._dropped.set()
        if self._over.is_set():
            return
        threading.Thread(target=self._interrupt, name="a1111 interrupt", daemon=True).start()
        self._over.wait(wait_s)

    def _send(self) -> None:
        news: Answer | BackendFailed = failures.failed("The request could not be sent.")
        try:
            with self._connect() as api:
                # No byte comes before the end (trap 9). The reader of `news` decides when it is too late, and the job
                # is interrupted only as long as this is under way: so the bound here lies well behind the limit.
                answer = api.post(self._order.path, self._order.body, read_s=self._limit_s + GRACE_S)
            news = Answer(answer)
        except BackendFailed as err:
            news = err
        finally:
            self._over.set()
            self.news.put(news)

    def _look(self) -> None:
        with self._connect() as api:
            while not self._over.wait(self._poll_s) and not self._dropped.is_set():
                try:
                    self.news.put(self._watch.look(api))
                except (BackendFailed, ValueError):
                    continue  # how long is too long is for the reader of `news`

    def _interrupt(self) -> None:
        with self._connect() as api:
            while not self._over.is_set():
                try:
                    if self._watch.runs(api):
                        api.post(INTERRUPT, {})
                        return
                except (BackendFailed, ValueError):
                    pass  # asked again: until the POST returns it may still be at work
                self._over.wait(INTERRUPT_POLL_S)
