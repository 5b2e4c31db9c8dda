"""Variations of a painted picture: the order it was, its own seed, and a little of other seeds mixed in. Pure."""

from __future__ import annotations

from dataclasses import replace

from artbot_server.errors import BadRequest
from artbot_server.painting.again import same_again
from artbot_server.painting.jobs import Job
from artbot_server.painting.orders import PaintOrder
from artbot_server.sd.base import Abilities

STRENGTH = 0.15
"""Enough to be seen and still the same picture; AndBobsYourUncle's bot takes it too."""


def variations(
    job: Job,
    seed: int | None,
    abilities: Abilities,
    *,
    strength: float = STRENGTH,
    count: int = 1,
    job_id: str | None = None,
) -> PaintOrder:
    """The order of so many variations of one picture of a job.

    Args:
        seed: the picture's real one.
        strength: 0 to 1; at 1 nothing is left of the picture's own seed.

    Raises:
        BadRequest: the picture has no seed of its own, or the backend cannot vary; else as `merge` does.
    """
    if job.mode == "upscale" or seed is None:
        message = "This picture was not painted from a seed: vary the one it was made of."
        raise BadRequest(message, field="image_id", allowed="a painted picture")
    # One after the other, so that four of them need no more memory than one.
    changes = {"seed": seed, "subseed": -1, "subseed_strength": strength, "batch_size": 1, "n_iter": count}
    return replace(same_again(job, changes, abilities, job_id), callback_url=None)
