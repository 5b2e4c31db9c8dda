"""A payload's fields, checked and typed: what one job of the demo painter paints. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from artbot_server.errors import BackendFailed
from artbot_server.sd.demo.chance import Variation

SAMPLERS = (
    "Euler a", "Euler", "LMS", "Heun", "DPM2", "DPM2 a", "DPM++ 2M", "DPM++ SDE", "DPM++ 2M SDE", "DPM++ 2M SDE Heun",
    "DPM++ 2S a", "DPM++ 3M SDE", "DPM fast", "DPM adaptive", "Restart", "DDIM", "DDIM CFG++", "PLMS", "UniPC", "LCM",
)  # fmt: skip
SCHEDULERS = (
    "Automatic", "Uniform", "Karras", "Exponential", "Polyexponential", "SGM Uniform", "KL Optimal",
    "Align Your Steps", "Simple", "Normal", "DDIM", "Beta",
)  # fmt: skip
MIN_SIDE, MAX_SIDE = 64, 2048
MAX_BATCH = 16
MAX_STEPS = 150  # A1111's own limit
SEEDS = 2**32


@dataclass(frozen=True, slots=True)
class Order:
    """What to paint; the seeds are the pictures' real ones.

    Attributes:
        subseeds, subseed_strength: of variations, which have one seed in common; empty and 0 for none.
    """

    prompt: str
    negative_prompt: str
    width: int
    height: int
    steps: int
    cfg_scale: float
    sampler: str
    scheduler: str
    seeds: tuple[int, ...]
    subseeds: tuple[int, ...] = ()
    subseed_strength: float = 0.0
    denoising_strength: float | None = None


def read_order(fields: Mapping[str, Any], img2img: bool) -> Order:
    """Read A1111's fields; a seed of -1 (or none) is drawn here.

    Raises:
        BackendFailed: `backend_refused`, naming the field that is out of range or of a wrong type.
    """
    count = _whole(fields, "batch_size", 1, 1, MAX_BATCH) * _whole(fields, "n_iter", 1, 1, MAX_BATCH)
    if count > MAX_BATCH:
        raise refused(
            "batch_size", f"batch_size × n_iter is {count}; the demo painter paints at most {MAX_BATCH} pictures a job."
        )
    seed = _whole(fields, "seed", -1, -1, SEEDS * 2)
    first = _drawn(seed)
    strength = _number(fields, "subseed_strength", 0.0, 0, 1)
    subseed = _drawn(_whole(fields, "subseed", -1, -1, SEEDS * 2))
    sampler, scheduler = _sampler(fields)
    return Order(
        prompt=str(fields.get("prompt") or ""),
        negative_prompt=str(fields.get("negative_prompt") or ""),
        width=_whole(fields, "width", 512, MIN_SIDE, MAX_SIDE),
        height=_whole(fields, "height", 512, MIN_SIDE, MAX_SIDE),
        steps=_whole(fields, "steps", 20, 1, MAX_STEPS),
        cfg_scale=_number(fields, "cfg_scale", 7.0, 0, 100),
        sampler=sampler,
        scheduler=scheduler,
        seeds=tuple(first + (0 if strength else k) for k in range(count)),
        subseeds=tuple(subseed + k for k in range(count)) if strength else (),
        subseed_strength=strength,
        denoising_strength=_number(fields, "denoising_strength", 0.75, 0, 1) if img2img else None,
    )


def variation_of(order: Order, index: int) -> Variation | None:
    """What makes one picture of a variation differ from the others; None where none is wanted."""
    return Variation(order.subseeds[index], order.subseed_strength) if order.subseeds else None


def refused(field: str, message: str, **detail: Any) -> BackendFailed:
    """The error for a payload that cannot be painted, however often it is sent."""
    return BackendFailed(message, code="backend_refused", fault="client", retry=False, field=field, **detail)


def _drawn(seed: int) -> int:
    return seed if seed >= 0 else random.SystemRandom().randrange(SEEDS)


def _number(fields: Mapping[str, Any], name: str, default: float, low: float, high: float) -> float:
    value = fields.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise refused(name, f"{name} has to be a number from {low:g} to {high:g}.")
    return float(value)


def _whole(fields: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = _number(fields, name, default, low, high)
    if value != int(value):
        raise refused(name, f"{name} has to be a whole number from {low} to {high}.")
    return int(value)


def _sampler(fields: Mapping[str, Any]) -> tuple[str, str]:
    """Sampler and scheduler; "DPM++ 2M Karras" is both, as A1111 took it before 1.9."""
    name = str(fields.get("sampler_name") or fields.get("sampler_index") or SAMPLERS[0])
    scheduler = str(fields.get("scheduler") or SCHEDULERS[0])
    for known in SCHEDULERS:
        if name not in SAMPLERS and name.lower().endswith(" " + known.lower()):
            name, scheduler = name[: -len(known) - 1], known
            break
    if name not in SAMPLERS:
        raise refused("sampler_name", f"The sampler_name {name[:60]!r} is not known here.", allowed=list(SAMPLERS))
    return name, scheduler
