"""Who is next: the order of the waiting jobs, fair over sessions. Pure; the same order gives claims and positions.

Each session has its turn in a ring, however many jobs it sent; within a session the oldest goes first.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

MODEL_PATIENCE_S = 30.0
"""How long a job may be passed over to save a change of model, which costs a backend 5 to 30 s."""


@dataclass(frozen=True, slots=True)
class WaitingJob:
    """What the order depends on. `model`: the checkpoint it asks for, None when any will do."""

    id: str
    session_id: str
    model: str | None
    created_at: float


@dataclass(frozen=True, slots=True)
class Served:
    """What a session has had: jobs running now, and when its last one was begun (0: never)."""

    running: int = 0
    last_at: float = 0.0


@dataclass(frozen=True, slots=True)
class BackendNow:
    """Who asks for a job: the checkpoint in its memory (None: not known) and those it has (empty: not known)."""

    loaded_model: str | None = None
    models: tuple[str, ...] = ()


def line(waiting: Sequence[WaitingJob], served: Mapping[str, Served]) -> list[WaitingJob]:
    """All waiting jobs in the order in which one backend after the other will take them; O(n log n).

    The session with the fewest jobs under way is next, and among those the one that waits longest for its turn:
    since its last job was begun, or since its oldest job came if that was later.
    """
    queues: dict[str, deque[WaitingJob]] = defaultdict(deque)
    for job in sorted(waiting, key=lambda job: (job.created_at, job.id)):
        queues[job.session_id].append(job)
    turns = []
    for session_id, queue in queues.items():
        had = served.get(session_id, Served())
        turns.append((had.running, 0, max(had.last_at, queue[0].created_at), session_id))
    heapq.heapify(turns)
    order: list[WaitingJob] = []
    while turns:
        under_way, _, since, session_id = turns[0]
        order.append(queues[session_id].popleft())
        if queues[session_id]:
            # Served in this very order, so later than all that was served before: the second item counts it.
            heapq.heapreplace(turns, (under_way + 1, len(order), since, session_id))
        else:
            heapq.heappop(turns)
    return order


def next_job(
    waiting: Sequence[WaitingJob], served: Mapping[str, Served], backend: BackendNow, now: float
) -> str | None:
    """The id of the job this backend should paint now, None when there is none for it.

    The fair choice, unless it needs a change of model and has not waited MODEL_PATIENCE_S yet: then the first in line
    that fits the model already loaded.
    """
    order = line([job for job in waiting if _can_paint(backend, job)], served)
    if not order:
        return None
    fair = order[0]
    if backend.loaded_model is None or now - fair.created_at > MODEL_PATIENCE_S:
        return fair.id
    return next((job.id for job in order if job.model in (None, backend.loaded_model)), fair.id)


def usual(durations: Sequence[float]) -> float | None:
    """Seconds a job takes, by those the last ones took; one that hung does not count for much."""
    return median(durations) if durations else None


def eta(position: int, usual_s: float | None, backends: int, running: int) -> float | None:
    """Seconds until the job at `position` is done, None while nothing is known.

    Args:
        position: 0 is the next one.
        usual_s: seconds a job takes.
        backends: how many paint now.
        running: jobs under way; on average they are half done.
    """
    if usual_s is None or backends < 1:
        return None
    rounds = (position + running) // backends
    return round(usual_s * (rounds + 1) - (usual_s / 2 if rounds and running else 0))


def _can_paint(backend: BackendNow, job: WaitingJob) -> bool:
    return job.model is None or not backend.models or job.model in backend.models
