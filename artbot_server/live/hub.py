"""What a web process needs of its end of the way to workers, whichever it is. Only a protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Hub(Protocol):
    """`local.LiveHub` or `redis_hub.RedisHub`."""

    @property
    def workers(self) -> int:
        """How many are there."""
        ...

    def start(self) -> None:
        """Begin to listen. Raises ConfigError where somebody else does."""

    def stop(self) -> None:
        """Let go of everybody; safe to call twice."""

    def wake(self) -> None:
        """Tell every worker that something waits."""

    def cancel(self, job_id: str) -> None:
        """Tell every worker to stop this job, if it is theirs."""

    def ask(
        self, kind: str, body: Mapping[str, Any], blob: bytes = b"", *, timeout_s: float, backend: str | None = None
    ) -> dict[str, Any]:
        """Ask a worker, of those that have this backend. Raises Unavailable when none answers in time."""
        ...
