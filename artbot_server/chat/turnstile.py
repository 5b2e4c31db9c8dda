"""Lets one caller at a time through for each key, and the next one when it is out. Only memory; one process."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class _Gate:
    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0


class Turnstile:
    """For what must be looked up and written in two steps: a repeat that comes in between waits and then finds it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gates: dict[Hashable, _Gate] = {}

    def __len__(self) -> int:
        return len(self._gates)

    @contextmanager
    def turn(self, key: Hashable) -> Iterator[None]:
        """Be the only one inside with this key."""
        with self._lock:
            gate = self._gates.setdefault(key, _Gate())
            gate.users += 1
        try:
            with gate.lock:
                yield
        finally:
            with self._lock:
                gate.users -= 1
                if gate.users == 0:
                    del self._gates[key]
