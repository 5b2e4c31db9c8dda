"""The shapes of the HTTP API's answers, for its description; docs/protocol.md says what the fields mean."""

from __future__ import annotations

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
