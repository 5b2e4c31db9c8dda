"""The shapes of the HTTP API's answers, for its description; docs/protocol.md says what the fields mean."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel


class PictureRecord(BaseModel):
    """The `picture` record."""

    id: str
    url: str
    thumbnail_url: str
    mime: str
    width: int
    height: int
    bytes: int
    seed: int | None
    infotext: str
    shared_url: str | None


class ErrorRecord(BaseModel):
    """What went wrong; `detail` holds `fault` and often `field` and `allowed`."""

    code: str
    message: str
    detail: dict[str, Any]


class ErrorAnswer(BaseModel):
    """Every error's JSON."""

    ok: Literal[False]
    error: ErrorRecord


class Nothing(BaseModel):
    """Only `ok`."""


class Images(BaseModel):
    """Pictures as base64, in their order."""

    images: list[str]
