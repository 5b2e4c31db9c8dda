"""What a job is and which moves its state may make. Pure: no clock, no database, no backend.

The stores apply `move` before they write; `job_json` is the `job` record of docs/protocol.md, the same for every caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from artbot_server.sd.base import Mode

MAX_ATTEMPTS = 3
"""How often one job is begun before it is given up: the first time, and twice after a lost worker or a broken backend."""


class JobState(StrEnum):
    """Where a job is on its way."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})
UNFINISHED = frozenset({JobState.QUEUED, JobState.RUNNING})

MOVES: Mapping[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    # Back to queued: another attempt, a worker that stops, a lease that ended.
    JobState.RUNNING: frozenset({JobState.QUEUED, JobState.DONE, JobState.FAILED, JobState.CANCELLED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}


def move(state: JobState, to: JobState) -> JobState:
    """The new state.

    Raises:
        ValueError: the table does not allow this move; a fault of ours, never of a user.
    """
    if to not in MOVES[state]:
        raise ValueError(f"A job cannot go from {state} to {to}.")
    return to


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One row of `schema.jobs`. Times are seconds since 1970 by the database's clock.

    Attributes:
        prompt, negative_prompt: the user's words, before the template's were added.
        fields: the merged payload, in A1111's names, with placeholders where pictures go.
        model: the checkpoint the payload asks for, None when any will do.
        count: pictures expected.
        attempt: how often it was begun; 0 while it was never claimed.
        worker, lease_until: who paints it and how long that holds.
        batch_id, place, label: the batch it is an item of, its number in it, and what a grid writes over it.
        callback_url: told when it has ended.
        failed_on: names of the backends that failed it or were lost over it, in their order.
        requeued_at: when it came back into the line after an attempt that failed.
        noticed_at: when its end was given to the hooks of who embeds this server.
    """

    id: str
    session_id: str
    folder: str
    template: str
    mode: Mode
    prompt: str
    fields: Mapping[str, Any]
    width: int
    height: int
    count: int
    negative_prompt: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    model: str | None = None
    image_id: str | None = None
    mask_id: str | None = None
    conversation_id: str | None = None
    reply_id: str | None = None
    client_sid: str | None = None
    state: JobState = JobState.QUEUED
    seq: int = 1
    attempt: int = 0
    backend: str | None = None
    worker: str | None = None
    lease_until: float | None = None
    cancel_requested: bool = False
    error: Mapping[str, Any] | None = None
    substituted: Sequence[Mapping[str, Any]] = field(default_factory=list)
    progress: float = 0.0
    step: int | None = None
    steps: int | None = None
    created_at: float = 0.0
    started_at: float | None = None
    ended_at: float | None = None
    batch_id: str | None = None
    label: str | None = None
    place: int | None = None
    callback_url: str | None = None
    noticed_at: float | None = None
    failed_on: Sequence[str] = field(default_factory=list)
    requeued_at: float | None = None

    @property
    def ended(self) -> bool:
        """Nothing will change any more."""
        return self.state in ENDED


_TOLD = (
    *(
        "state",
        "seq",
        "attempt",
        "backend",
        "failed_on",
        "error",
        "substituted",
        "conversation_id",
        "reply_id",
        "client_sid",
    ),
    *("folder", "template", "mode", "prompt", "negative_prompt", "overrides", "image_id"),
    *("width", "height", "count", "progress", "step", "steps", "created_at", "started_at", "ended_at"),
    *("batch_id", "label", "place"),
)


def job_json(
    job: Job,
    *,
    pictures: Sequence[Mapping[str, Any]] = (),
    grid: Mapping[str, Any] | None = None,
    position: int | None = None,
    eta_s: float | None = None,
) -> dict[str, Any]:
    """The `job` record of docs/protocol.md; `pictures` and `grid` are picture records."""
    told = {name: getattr(job, name) for name in _TOLD}
    told["state"] = job.state.value
    told["substituted"] = list(job.substituted)
    told["failed_on"] = list(job.failed_on)
    return {
        "job_id": job.id,
        **told,
        "position": position,
        "eta_s": eta_s,
        "images": list(pictures),
        "grid": grid,
    }
