"""Lets a crowd through a few at a time, with a turn for everybody else in between. Only memory, a lock and the clock.

In green threads, work that waits for nothing is done to its end before anybody else is served: a hundred messages at once
would hold up all running replies for the sum of what their beginnings take.
"""

from __future__ import annotations

import threading
import time


class Turnstile:
    """Args: width: how many go on at a time."""

    def __init__(self, width: int) -> None:
        self._gate = threading.Semaphore(width)

    def pass_through(self) -> None:
        """Wait for one's turn; at once where nobody waits."""
        with self._gate:
            time.sleep(0)
