"""The web UI as a backend: one payload in, progress and pictures out.

Plain threads and `requests`; it runs in the worker, where nothing is patched. It leaves the server's options as they
were (`put_back`), so live previews come as often as the server's own "Live preview display period"
(`show_progress_every_n_steps`, 10 by default) says; 1 is best here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator
from queue import Empty
from typing import Any

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111 import call as calls
from artbot_server.sd.automatic1111 import failures, results
from artbot_server.sd.automatic1111.api import Api
from artbot_server.sd.automatic1111.call import Answer, Call, Watch
from artbot_server.sd.automatic1111.offers import Offers
from artbot_server.sd.automatic1111.order import Order, prepare
from artbot_server.sd.automatic1111.progress import Course, Seen
from artbot_server.sd.automatic1111.put_back import put_back, values_before
from artbot_server.sd.automatic1111.upscale import prepare_upscale, read_upscaled
from artbot_server.sd.automatic1111.web_ui import WebUi
from artbot_server.sd.base import Payload, Progress, Result

POLL_S = 0.4
HEARTBEAT_S = 0.4
"""Progress is told at least twice a second, also while the server is slow to tell any."""
SILENCE_S = 60.0
STALL_S = 180.0
"""The longest that a healthy server shows no change: a large checkpoint from a slow disk, or sending large pictures."""
LIMIT_S = 1800.0
OFFERS_FOR_S = 60.0
"""How long a server's lists are believed; a name that is not in them is looked up again at once."""
END_WAIT_S = 30.0
OLDER_ATTEMPTS = 3
"""How many attempts back may still be at work: a job is given up after its third."""

_ATTEMPT = re.compile(r"(.+)-(\d+)")


class Automatic1111(WebUi):
    """Stable Diffusion web UI at one address.

    Args:
        url: where it answers, e.g. `http://127.0.0.1:7860`; a user name and password in it count as `auth`.
        auth: `user:pass` of its --api-auth.
        name: what people call it; host and port where not given.
        silence_s: how long its progress may be out of reach while a job runs.
        stall_s: how long its progress may stand still while a job runs or waits there.
        limit_s: how long one job may take, its wait in the server's own queue included.
        poll_s: seconds between two looks at its progress.
    """

    kind = "automatic1111"
    demo = False

    def __init__(
        self,
        *,
        url: str,
        auth: str | None = None,
        name: str | None = None,
        silence_s: float = SILENCE_S,
        stall_s: float = STALL_S,
        limit_s: float = LIMIT_S,
        poll_s: float = POLL_S,
    ) -> None:
        super().__init__(url, auth, name)
        self._silence_s = min(silence_s, stall_s)
        self._stall_s = stall_s
        self._limit_s = limit_s
        self._poll_s = poll_s

    def paint(self, payload: Payload, task_id: str) -> Iterator[Progress | Result]:
        """Paint; see `sd.base.Backend`. `task_id` is `<job_id>-<attempt>`: an older attempt that runs is ended first.

        Started with --nowebui the server names no tasks. Then progress counts from when the server turned to another
        job than the one that ran before, and closing interrupts only if it was idle before: otherwise the pictures
        are dropped when they come.
        """
        order = self._checked(payload, task_id)
        with self._connect() as api:
            watch = _watch(api, task_id, by_turn=payload.mode == "upscale")
            before = values_before(api, order.body)
        call = Call(self._connect, order, watch, poll_s=self._poll_s, limit_s=self._limit_s)
        call.start()
        patience_s = END_WAIT_S
        try:
            answer = yield from self._follow(call)
        except BackendFailed:
            patience_s = 0.0  # who waited long enough does not wait again
            raise
        finally:
            call.end(patience_s)
            with self._connect() as api:
                put_back(api, before, order.body)
        yield self._result(answer, order, watch)

    def _follow(self, call: Call) -> Generator[Progress, None, Any]:
        course, sign = Course(), ""
        began = heard = moved = time.monotonic()
        while True:
            yield course.tell()
            try:
                news = call.news.get(timeout=HEARTBEAT_S)
            except Empty:
                news = None
            now = time.monotonic()
            match news:
                case Answer():
                    return news.body
                case BackendFailed():
                    raise news
                case Seen():
                    heard = now
                    moved = moved if news.sign == sign else now
                    sign = news.sign
                    course.see(news)
            if now - heard > self._silence_s:
                raise failures.timed_out(self.name, f"has told no progress for {self._silence_s:g} s")
            if now - moved > self._stall_s:
                raise failures.timed_out(self.name, f"has made no progress for {self._stall_s:g} s")
            if now - began > self._limit_s:
                raise failures.timed_out(self.name, f"took longer than {self._limit_s:g} s")

    def _result(self, answer: Any, order: Order, watch: Watch) -> Result:
        info = results.read_info(answer) if order.mode != "upscale" else {}
        with self._connect() as api:
            try:
                after = api.get(calls.PROGRESS, skip_current_image="true")
            except BackendFailed:
                after = None  # the pictures are here; that it went away since then is the next job's trouble
        # An upscaled picture has no stamp of its own: any but the one before is taken for it.
        if results.stopped_by_others(after, info or watch.stamp_after(after)):
            raise failures.failed(f"{results.INTERRUPTED}.")
        if order.mode == "upscale":
            return read_upscaled(answer, order)
        return results.read_result(answer, info, order)

    def _checked(self, payload: Payload, task_id: str) -> Order:
        """Against the lists at hand, and once more against new ones: a model may have been added since."""
        known = self._offers  # a question in another thread may do away with them
        if known is not None and time.monotonic() - known[0] < OFFERS_FOR_S:
            try:
                return _prepared(payload, known[1], task_id)
            except BackendFailed:
                pass
        return _prepared(payload, self._ask_offers(), task_id)


def _prepared(payload: Payload, offers: Offers, task_id: str) -> Order:
    return prepare_upscale(payload, offers) if payload.mode == "upscale" else prepare(payload, offers, task_id)


def _watch(api: Api, task_id: str, *, by_turn: bool) -> Watch:
    """Find out which progress call there is, and end older attempts of the same job that still run (trap 9).

    `by_turn`: it will run without a name, so only its turn can tell which is ours.
    """
    probe = {"id_task": task_id, "id_live_preview": -1, "live_preview": False}
    by_task = not by_turn and api.post_if_there(calls.TASK_PROGRESS, probe) is not None
    try:
        if by_task:
            for older in _older_attempts(task_id):
                if calls.look_at_task(api, older).state == "running":
                    api.post(calls.INTERRUPT, {})
        before = calls.look_at_server(api, preview=False)
    except ValueError:
        raise failures.failed("The Stable Diffusion server's progress cannot be understood.") from None
    return Watch(task_id, by_task=by_task, before=before)


def _older_attempts(task_id: str) -> list[str]:
    found = _ATTEMPT.fullmatch(task_id)
    if found is None:
        return []
    attempt = int(found[2])
    return [f"{found[1]}-{older}" for older in range(max(1, attempt - OLDER_ATTEMPTS), attempt)]
