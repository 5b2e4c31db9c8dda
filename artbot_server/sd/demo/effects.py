"""Which of A1111's fields the demo painter heeds, and what to say of the others in an order. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from artbot_server.sd.base import Substitution

FIELDS = (
    "prompt", "negative_prompt", "seed", "steps", "cfg_scale", "width", "height", "batch_size", "n_iter", "sampler_name",
    "sampler_index", "scheduler", "denoising_strength", "init_images", "mask", "mask_blur", "inpainting_mask_invert",
    "subseed", "subseed_strength",
)  # fmt: skip
SAMPLERS_OWN = ("eta", "s_churn", "s_tmin", "s_tmax", "s_noise", "s_min_uncond")
"""Heeded as much as the sampler they belong to, which is in the infotext and nowhere else."""
OF_THE_ANSWER = (
    "send_images", "save_images", "do_not_save_samples", "do_not_save_grid", "include_init_images", "force_task_id",
    "override_settings_restore_afterwards",
)  # fmt: skip
CROP_AND_RESIZE = 1
"""The one `resize_mode` there is here."""
SHOWN_CHARS = 200


def unheeded(fields: Mapping[str, Any]) -> tuple[Substitution, ...]:
    """What an order asks for and does not get, by name; what is empty, off or 0 asks for nothing."""
    left = set(fields) - {*FIELDS, *SAMPLERS_OWN, *OF_THE_ANSWER}
    if fields.get("resize_mode") == CROP_AND_RESIZE:
        left.discard("resize_mode")
    if not fields.get("enable_hr"):
        left = {name for name in left if not name.startswith(("hr_", "firstphase_"))}
    return tuple(Substitution(name, _shown(fields[name]), None) for name in sorted(left) if fields[name])


def _shown(value: Any) -> Any:
    """A value without the pictures that may be in it: of an object its names alone."""
    if isinstance(value, Mapping):
        return sorted(value)
    return value if len(str(value)) <= SHOWN_CHARS else True
