"""A job painted once more: the order it was, with what is to be different. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from artbot_server.painting.jobs import Job
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.raw_orders import merge_again
from artbot_server.sd.base import Abilities

_KEPT = ("prompt", "negative_prompt", "folder", "template", "image_id", "mask_id")
_KEPT_BESIDE = ("conversation_id", "reply_id", "client_sid", "callback_url")


def same_again(job: Job, changes: Mapping[str, Any], abilities: Abilities, job_id: str | None = None) -> PaintOrder:
    """The order of a job, with these overrides in the place of its own; without a seed among them there is a new one.

    Raises:
        BadRequest: as `merge` does, for a job that had no template.
    """
    changed = {"seed": -1, **changes}
    return PaintOrder(
        **{name: getattr(job, name) for name in _KEPT + _KEPT_BESIDE},
        overrides={**job.overrides, **changed},
        job_id=job_id,
        payload=None if job.folder else merge_again(job, changed, abilities),
    )
