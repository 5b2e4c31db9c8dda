"""What somebody asks to have painted, before it is merged with its template. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from artbot_server.painting.merge import Merged

LAST_IMAGE = "last"
"""As an `image_id`: the newest picture or upload of the order's conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaintOrder:
    """`generate` in docs/protocol.md, with its pictures already kept.

    Attributes:
        job_id: made by the client; the same one again gives the first answer again.
        reply_id, conversation_id: where the prompt came from, for display.
        batch_id, place, label, callback_url: as in `jobs.Job`.
        payload: what is painted, where there is no template (`raw_orders`); then `folder` and `template` are "".
        draft: a template's file that is painted in the place of the saved one.
    """

    prompt: str
    folder: str
    template: str
    negative_prompt: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    image_id: str | None = None
    mask_id: str | None = None
    job_id: str | None = None
    conversation_id: str | None = None
    reply_id: str | None = None
    client_sid: str | None = None
    batch_id: str | None = None
    label: str | None = None
    place: int | None = None
    callback_url: str | None = None
    payload: Merged | None = None
    draft: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        return f"PaintOrder({self.folder}/{self.template})"
