"""What whoever runs the server does with its backends: look at them, take one out of the line, put it back.

Kept in the database, so that it holds over restarts and for every worker; the link only makes it faster. The command line
does the same without one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from artbot_server.storage.backends import BackendStore, KnownBackend


class Roster:
    """The backends by name.

    Args:
        wake: makes every worker look at once.
        tell: tells every client what the server offers now.
    """

    def __init__(self, backends: BackendStore, wake: Callable[[], None], tell: Callable[[], None]) -> None:
        self._backends = backends
        self._wake = wake
        self._tell = tell

    def records(self) -> list[dict[str, Any]]:
        """All of them, as their operator is told."""
        return [known.as_operators_json() for known in self._backends.all()]

    def drain(self, name: str) -> dict[str, Any]:
        """Let it take no more jobs; what it paints goes on. Its record; raises NotFound."""
        return self._changed(self._backends.drain(name))

    def resume(self, name: str) -> dict[str, Any]:
        """Let it take jobs again. Its record; raises NotFound."""
        return self._changed(self._backends.resume(name))

    def check(self, name: str) -> dict[str, Any]:
        """Have it looked at now. Its record as it was before; raises NotFound."""
        return self._changed(self._backends.ask(name))

    def _changed(self, known: KnownBackend) -> dict[str, Any]:
        self._wake()
        self._tell()
        return known.as_operators_json()
