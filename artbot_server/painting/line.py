"""Who is next: the order of the waiting jobs, fair over sessions. Pure; the same order gives claims (`assignment`) and
positions.

Each session has its turn in a ring, however many jobs it sent; within a session the oldest goes first.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class WaitingJob:
    """What order and assignment depend on.

    Attributes:
        model: the checkpoint it asks for, None when any will do.
        requeued_at: when it came back into the line after an attempt that failed.
        failed_on: names of the backends on which one did.
    """

    id: str
    session_id: str
    model: str | None
    created_at: float
    requeued_at: float | None = None
    failed_on: tuple[str, ...] = ()

    @property
    def since(self) -> float:
        """When it began to wait, this time."""
        return self.created_at if self.requeued_at is None else self.requeued_at


@dataclass(frozen=True, slots=True)
class Served:
    """What a session has had: jobs running now, and when its last one was begun (0: never)."""

    running: int = 0
    last_at: float = 0.0


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
