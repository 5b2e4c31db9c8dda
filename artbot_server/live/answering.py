"""How a worker answers what it is asked: quick questions in a small pool, slow ones each in a thread of their own.

Real threads: this is the worker's, where nothing is patched. Whoever asked is answered by a frame, through a function.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import structlog

from artbot_server.errors import TooLarge, Unavailable
from artbot_server.live.frames import BadFrame, Frame

ASKS_AT_ONCE = 2
SLOW = frozenset({"ask_backend"})
"""Questions that may take minutes; each has a thread of its own, so that others are answered meanwhile."""
SLOW_ASKS_AT_ONCE = 16
"""Of which most wait for somebody else. A web UI has 40 threads for all that is asked of it."""

OnAsk = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
Reply = Callable[[Frame], None]
"""`reply(answer)`: send the answer on its way. Raises BadFrame for one that is too large."""

log = structlog.get_logger()


class Answering:
    """Answers questions by `on_ask`, which is called with kind and body, in any thread."""

    def __init__(self, on_ask: OnAsk) -> None:
        self._on_ask = on_ask
        self._asks = ThreadPoolExecutor(ASKS_AT_ONCE, thread_name_prefix="live-ask")
        self._slow_asks = threading.BoundedSemaphore(SLOW_ASKS_AT_ONCE)

    def take(self, question: Frame, reply: Reply) -> None:
        """Have it answered; returns at once."""
        if question.kind in SLOW:
            self._answer_aside(question, reply)
        else:
            self._asks.submit(self._answer, question, reply).add_done_callback(_log_fault)

    def stop(self) -> None:
        """Answer nothing more that has not begun."""
        self._asks.shutdown(wait=False, cancel_futures=True)

    def _answer_aside(self, question: Frame, reply: Reply) -> None:
        """In a thread that the process may end without, unlike a pool's."""
        if not self._slow_asks.acquire(blocking=False):
            busy = Unavailable("Too many questions are being answered; try again in a moment.", retry_after_s=5)
            reply(Frame("answer", {"error": busy.as_json()}, ask=question.ask))
            return

        def work() -> None:
            try:
                self._answer(question, reply)
            finally:
                self._slow_asks.release()

        threading.Thread(target=work, name="live-slow-ask", daemon=True).start()

    def _answer(self, question: Frame, reply: Reply) -> None:
        body = self._on_ask(question.kind, question.body)
        try:
            reply(Frame("answer", body, ask=question.ask))
        except BadFrame as error:
            log.error("live_answer_too_large", kind=question.kind, reason=str(error))
            too_large = TooLarge("The answer is too large to be passed on.", fault="server")
            reply(Frame("answer", {"error": too_large.as_json()}, ask=question.ask))


def _log_fault(answered: Future[None]) -> None:
    if not answered.cancelled() and (fault := answered.exception()) is not None:
        log.error("live_ask_fault", exc_info=fault)
