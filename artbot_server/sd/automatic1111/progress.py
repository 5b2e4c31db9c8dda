"""One job's progress out of the web UI's two progress calls. Pure.

POST /internal/progress speaks of one task; it exists only with the web UI. GET /sdapi/v1/progress speaks of whatever
runs, whoever sent it (trap 5), and falls back to 0.0 at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from artbot_server.sd.automatic1111.pictures import decode_preview
from artbot_server.sd.base import Progress

ETA_FROM = 0.2
"""The server's estimate is elapsed / done - elapsed: 17 s for a 3 s job at first, fair from a fifth on."""
NEARLY = 0.99
"""A job is done when its pictures are here, not before."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the server.

    Attributes:
        state: of our task (`/internal/progress`), or of the server as a whole (`/sdapi/v1/progress`).
        stamp: the running job's begin, to the second; the only sign of a change of jobs in the latter.
        preview_id: what to send back so that the same preview does not come twice.
        sign: of life: as long as it changes, the server as a whole is at work, be it on others' jobs before ours.
    """

    state: Literal["waiting", "running"]
    fraction: float = 0.0
    step: int | None = None
    steps: int | None = None
    eta_s: float | None = None
    preview: bytes | None = None
    preview_id: int = -1
    stamp: str = ""
    sign: str = field(default="", compare=False)


def read_internal(answer: Any) -> Seen:
    """Raises `ValueError` when this is no answer of POST /internal/progress."""
    if not isinstance(answer, dict) or "active" not in answer:
        raise ValueError("no progress")
    preview_id = answer.get("id_live_preview")
    if not answer["active"]:
        return Seen("waiting")
    return Seen(
        "running",
        fraction=_number(answer.get("progress")) or 0.0,
        eta_s=_number(answer.get("eta")),
        preview=decode_preview(answer.get("live_preview")),
        preview_id=preview_id if isinstance(preview_id, int) else -1,
    )


def read_sdapi(answer: Any) -> Seen:
    """Raises `ValueError` when this is no answer of GET /sdapi/v1/progress."""
    state = answer.get("state") if isinstance(answer, dict) else None
    if not isinstance(state, dict):
        raise ValueError("no progress")
    stamp, count = str(state.get("job_timestamp") or ""), _count(state, "job_count")
    sign = f"{stamp} {count} {state.get('job_no')} {state.get('sampling_step')}"
    if not state.get("job") and not count:
        return Seen("waiting", stamp=stamp, sign=sign)
    step, steps = _steps(state, count)
    return Seen(
        "running",
        fraction=_number(answer.get("progress")) or 0.0,
        step=step,
        steps=steps,
        eta_s=_number(answer.get("eta_relative")),
        preview=decode_preview(answer.get("current_image")),
        stamp=stamp,
        sign=sign,
    )


def with_steps(task: Seen, server: Seen) -> Seen:
    """Our task's progress with the sign of life of a look at the whole server just after it, and with the steps if that
    is still the same job."""
    task = replace(task, sign=f"{task.state} {task.fraction} {server.sign}")
    if task.state == server.state == "running" and server.fraction >= task.fraction:
        return replace(task, step=server.step, steps=server.steps)
    return task


class Turn:
    """Tells our job from others' where the server names none, by what was seen just before ours was sent."""

    def __init__(self, before: Seen) -> None:
        self._others = before if before.state == "running" else None
        self.certain = self._others is None
        """The server was idle, so what runs next is ours. False for good when others were there before us: who is next
        in its queue cannot be asked."""

    def ours(self, seen: Seen) -> Seen:
        """The same look as far as it is about us: others' work is only waiting."""
        if self._others is None:
            return seen
        if seen.state == "running" and seen.stamp == self._others.stamp and seen.fraction >= self._others.fraction:
            self._others = seen
            return Seen("waiting", sign=seen.sign)
        self._others = None
        return seen


class Course:
    """Joins the looks at one job into progress that never falls."""

    def __init__(self) -> None:
        self._best = Progress(0.0)
        self._preview: bytes | None = None

    def see(self, seen: Seen) -> None:
        """Take in one look; whatever falls behind the best one (a second pass, the end) changes nothing."""
        if seen.preview is not None and seen.preview != self._preview:
            self._preview = seen.preview
            self._best = replace(self._best, preview=seen.preview)
        fraction = min(seen.fraction, NEARLY)
        if seen.state == "running" and fraction >= self._best.fraction:
            eta_s = max(0.0, seen.eta_s) if seen.eta_s is not None and fraction >= ETA_FROM else None
            step, steps = (seen.step, seen.steps) if seen.steps else (self._best.step, self._best.steps)
            self._best = Progress(fraction, step, steps, eta_s, self._best.preview)

    def tell(self) -> Progress:
        """The progress now; a preview is told once."""
        told, self._best = self._best, replace(self._best, preview=None)
        return told


def _steps(state: dict[str, Any], count: int) -> tuple[int | None, int | None]:
    """Steps over all batches and passes, as the fraction counts them; unknown while a model loads (`job_count` -1)."""
    step, steps, done = (_count(state, key) for key in ("sampling_step", "sampling_steps", "job_no"))
    if count < 1 or steps < 1:
        return None, None
    return min(done * steps + step, count * steps), count * steps


def _count(state: dict[str, Any], key: str) -> int:
    return int(_number(state.get(key)) or 0)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
