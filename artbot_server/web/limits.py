"""How often somebody may ask: a sliding window for each session or address, in memory."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from artbot_server.errors import TooMany

WINDOW_S = 60.0
SWEEP_AT = 1_000
"""Names kept before those with an empty window are dropped."""


class AskLimit:
    """At most `most` questions in any minute for each name; 0: no limit."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: dict[str, deque[float]] = {}

    def count(self, name: str) -> None:
        """Count one question. Raises TooMany with `retry_after_s` when it is one too many."""
        if not self._most:
            return
        now = self._clock()
        with self._lock:
            if len(self._asked) > SWEEP_AT:
                self._asked = {n: times for n, times in self._asked.items() if times[-1] > now - WINDOW_S}
            times = self._asked.setdefault(name, deque())
            while times and times[0] <= now - WINDOW_S:
                times.popleft()
            if len(times) >= self._most:
                wait_s = round(times[0] + WINDOW_S - now, 1)
                raise TooMany(f"At most {self._most} a minute; try again in {wait_s:.0f} s.", retry_after_s=wait_s)
            times.append(now)
