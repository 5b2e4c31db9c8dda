"""The shapes of answers about batches; docs/protocol.md says what the fields mean."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from artbot_server.web.http.records import PictureRecord


class ItemRecord(BaseModel):
    """One job of a batch."""

    job_id: str
    folder: str
    template: str
    round: int
    repeat: int
    label: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]


class GridRecord(PictureRecord):
    """A grid: a picture with what it shows."""

    label: str
    folder: str
    template: str | None
    round: int


class BatchRecord(BaseModel):
    """The `batch` record."""

    batch_id: str
    state: Literal["running", "done", "cancelled"]
    total: int
    done: int
    failed: int
    cancelled: int
    progress: float
    items: list[ItemRecord]
    grids: list[GridRecord]
    prompt: str
    conversation_id: str | None
    client_sid: str | None
    saved_to: str | None
    created_at: float
    ended_at: float | None


class BatchList(BaseModel):
    """Several batches, newest first."""

    batches: list[BatchRecord]


class LeftOut(BaseModel):
    """A template of a chosen folder that works on a picture and has none."""

    folder: str
    template: str


class NewBatch(BatchRecord):
    """A batch that was ordered."""

    left_out: list[LeftOut]
