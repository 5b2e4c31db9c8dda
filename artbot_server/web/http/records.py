"""The shapes of the HTTP API's answers, for its description; docs/protocol.md says what the fields mean."""

from __future__ import annotations

from typing import Any

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


class BackendRecord(BaseModel):
    """What can be chosen; rows of lists are as A1111's API gives them."""

    backends: list[dict[str, Any]]
    models: list[dict[str, Any]]
    samplers: list[dict[str, Any]]
    schedulers: list[dict[str, Any]]
    loras: list[dict[str, Any]]
    embeddings: list[dict[str, Any]]
    styles: list[dict[str, Any]]
    upscalers: list[dict[str, Any]]
    vaes: list[dict[str, Any]]
    controlnet_models: list[str]
    controlnet_modules: dict[str, Any]
    controlnet_types: dict[str, Any]
    controlnet_units: int


class CaptionRecord(BaseModel):
    """A picture in words."""

    caption: str


class MapsRecord(BaseModel):
    """Maps of pictures."""

    images: list[PictureRecord]
