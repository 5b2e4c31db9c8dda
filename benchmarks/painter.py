"""A Stable Diffusion web UI that paints at once and tells when: `python -m benchmarks.painter PORT`.

The tests' fake one, with each job's times at `/benchmark/moments`: {task: [asked, answered]} by the machine's clock.
"""

from __future__ import annotations

import sys
import threading
from time import monotonic
from typing import Any

from tests.sd.fake_automatic1111 import FakeAutomatic1111

MOMENTS = "/benchmark/moments"
PAINT = "/sdapi/v1/txt2img"


class TimedWebUi(FakeAutomatic1111):  # type: ignore[misc]  # the tests carry no types
    """A fake web UI that notes when it was asked to paint, and when it had painted."""

    def __init__(self, port: int) -> None:
        super().__init__(port=port, step_s=0.0)
        self._moments: dict[str, tuple[float, float]] = {}

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        """Status and JSON of one call."""
        if path == MOMENTS:
            return 200, self._moments
        asked = monotonic()
        answer: tuple[int, Any] = super().answer(method, path, query, body)
        if path == PAINT:
            self._moments[body["force_task_id"]] = asked, monotonic()
        return answer


if __name__ == "__main__":
    with TimedWebUi(int(sys.argv[1])):
        threading.Event().wait()
