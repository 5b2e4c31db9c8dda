"""Which waiting job a backend should take: fair over sessions, a model at a time, the right backend first. Pure.

`line` says who is next; what is decided here departs from it only within bounds, each with its reason below. Whatever
the bounds leave to another backend or another job is anybody's when they have passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from artbot_server.painting.line import Served, WaitingJob, line

MODEL_PATIENCE_S = 30.0
"""How long a session's turn may be passed over to save a change of model, which costs a backend 5 to 30 s."""
GIVE_WAY_S = 2.0
"""How long a new job is left to a free backend that suits it better: longer than the second in which each one looks for
work, so that only a worker that died unnoticed costs this much."""
ELSEWHERE_S = 60.0
"""How long a job is kept from a backend that failed it while another one could take it: a usual job or two of the other."""


@dataclass(frozen=True, slots=True)
class BackendNow:
    """A backend as a claim sees it.

    Attributes:
        loaded_model: the checkpoint in its memory, None: not known.
        models: the checkpoints it has, empty: not known.
        weight: of two that could take a job, the one that weighs more does.
        free: it paints nothing now and does not rest.
    """

    name: str = ""
    loaded_model: str | None = None
    models: tuple[str, ...] = ()
    weight: float = 1.0
    free: bool = True

    def can_paint(self, job: WaitingJob) -> bool:
        """Whether it has the job's model, as far as that is known."""
        return job.model is None or not self.models or job.model in self.models


def next_job(
    waiting: Sequence[WaitingJob],
    served: Mapping[str, Served],
    backend: BackendNow,
    now: float,
    others: Sequence[BackendNow] = (),
) -> str | None:
    """The id of the job this backend should paint now, None when there is none for it.

    Args:
        others: all other backends that take jobs, the busy ones too.
    """
    order = line([job for job in waiting if _is_for(backend, job, now, others)], served)
    free = [other for other in others if other.free]
    while order:
        chosen = _within_patience(order, served, backend, now)
        better = _better(chosen, backend, free, now, [backend, *others])
        if better is None:
            return chosen.id
        order.remove(chosen)
        free.remove(better)
    return None


def _is_for(backend: BackendNow, job: WaitingJob, now: float, others: Sequence[BackendNow]) -> bool:
    """Whether this backend may paint it: it has the model, and if it failed the job nobody else could take it."""
    if not backend.can_paint(job):
        return False
    if backend.name not in job.failed_on or now - job.since > ELSEWHERE_S:
        return True
    return not any(other.name not in job.failed_on and other.can_paint(job) for other in others)


def _within_patience(
    order: Sequence[WaitingJob], served: Mapping[str, Served], backend: BackendNow, now: float
) -> WaitingJob:
    """The fair choice, or the first that needs no change of model, as long as that is not unfair.

    It is unfair to a session that has nothing under way and whose turn has been due for MODEL_PATIENCE_S; and a session's
    own jobs pass an older one only if they came within MODEL_PATIENCE_S of it, or it might wait for ever.
    """
    fair = order[0]
    had = served.get(fair.session_id, Served())
    due_for_s = now - max(had.last_at, fair.created_at)
    if backend.loaded_model is None or (not had.running and due_for_s > MODEL_PATIENCE_S):
        return fair
    latest = fair.created_at + MODEL_PATIENCE_S
    for job in order:
        is_old_enough = job.session_id != fair.session_id or job.created_at <= latest
        if job.model in (None, backend.loaded_model) and is_old_enough:
            return job
    return fair


def _better(
    job: WaitingJob, backend: BackendNow, free: Sequence[BackendNow], now: float, everybody: Sequence[BackendNow]
) -> BackendNow | None:
    """The free backend that this job is left to: it has the model loaded, or weighs more where that is equal."""
    if now - job.since > GIVE_WAY_S:
        return None
    able = [other for other in free if _is_for(other, job, now, everybody)]
    best = max(able, key=lambda other: _merit(other, job), default=backend)
    return best if _merit(best, job) > _merit(backend, job) else None


def _merit(backend: BackendNow, job: WaitingJob) -> tuple[bool, float]:
    return job.model is not None and job.model == backend.loaded_model, backend.weight
