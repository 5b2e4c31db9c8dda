"""What a user may change about a template, with type and range. Pure: a table and one function over it.

Only names in the table are ever let through: prompts, pictures, scripts and what the server decides (saving, sending,
task ids, other settings of the backend) are not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from artbot_server.painting.rules import (
    Choice,
    Choices,
    Fields,
    Items,
    Number,
    Numbered,
    Rule,
    Switch,
    Whole,
    Words,
    checked,
    closest,
    refused,
)
from artbot_server.sd.base import CONTROL_MODES, RESIZE_MODES, Abilities

MIN_SIDE = 64
MAX_SEED = 2**32 - 1
PROMPT_CHARS = 10_000
ID_CHARS = 64
MOST_UNITS, MOST_LORAS = 10, 20  # far more than any server takes at a time, so that an order stays small

SETTINGS: Mapping[str, str] = {"model": "sd_model_checkpoint", "vae": "sd_vae", "clip_skip": "CLIP_stop_at_last_layers"}
"""Our own names for what A1111 takes inside `override_settings`."""

RULES: Mapping[str, Callable[[Abilities], Rule]] = {
    "width": lambda can: Whole(MIN_SIDE, can.max_side),
    "height": lambda can: Whole(MIN_SIDE, can.max_side),
    "seed": lambda can: Whole(-1, MAX_SEED),
    "subseed": lambda can: Whole(-1, MAX_SEED),
    "subseed_strength": lambda can: Number(0, 1),
    "seed_resize_from_w": lambda can: Whole(-1, can.max_side),
    "seed_resize_from_h": lambda can: Whole(-1, can.max_side),
    "steps": lambda can: Whole(1, 150),  # A1111's own slider, as the ranges below
    "cfg_scale": lambda can: Number(1, 30),
    "batch_size": lambda can: Whole(1, can.max_batch),
    "n_iter": lambda can: Whole(1, can.max_batch),
    "sampler_name": lambda can: Choice(can.samplers, _old_sampler_names(can)),
    "scheduler": lambda can: Choice(can.schedulers),
    "model": lambda can: Choice(can.models),
    "vae": lambda can: _vae(can),
    "clip_skip": lambda can: Whole(1, 12),
    "override_settings": lambda can: Fields({name: rule(can) for name, rule in OVERRIDDEN_SETTINGS.items()}),
    "refiner_checkpoint": lambda can: Choice(can.models),
    "refiner_switch_at": lambda can: Number(0, 1),
    "styles": lambda can: Choices(can.styles),
    "loras": lambda can: Items(Fields({"name": Choice(can.loras), "weight": Number(-5, 5)}, ("name",)), MOST_LORAS),
    "controlnet": lambda can: Items(Fields({name: rule(can) for name, rule in UNIT.items()}), MOST_UNITS),
    "denoising_strength": lambda can: Number(0, 1),
    "eta": lambda can: Number(0, 1),
    "s_churn": lambda can: Number(0, 100),
    "s_tmin": lambda can: Number(0, 10),
    "s_tmax": lambda can: Number(0, 999),
    "s_noise": lambda can: Number(0, 1.1),
    "s_min_uncond": lambda can: Number(0, 15),
    "restore_faces": lambda can: Switch(),
    "tiling": lambda can: Switch(),
    "enable_hr": lambda can: Switch(),
    "hr_scale": lambda can: Number(1, 4),
    "hr_upscaler": lambda can: Choice(can.upscalers),
    "hr_second_pass_steps": lambda can: Whole(0, 150),
    "hr_resize_x": lambda can: Whole(0, can.max_side),
    "hr_resize_y": lambda can: Whole(0, can.max_side),
    "hr_sampler_name": lambda can: Choice(can.samplers, ("Use same sampler", *_old_sampler_names(can))),
    "hr_scheduler": lambda can: Choice(can.schedulers, ("Use same scheduler",)),
    "hr_checkpoint_name": lambda can: Choice(can.models, ("Use same checkpoint",)),
    "hr_prompt": lambda can: Words(PROMPT_CHARS),
    "hr_negative_prompt": lambda can: Words(PROMPT_CHARS),
    "resize_mode": lambda can: Whole(0, 3),
    "mask_blur": lambda can: Whole(0, 64),
    "inpainting_fill": lambda can: Whole(0, 3),
    "inpaint_full_res": lambda can: Switch(),
    "inpaint_full_res_padding": lambda can: Whole(0, 256),
    "inpainting_mask_invert": lambda can: Whole(0, 1),
}

UNIT: Mapping[str, Callable[[Abilities], Rule]] = {
    "enabled": lambda can: Switch(),
    "module": lambda can: Choice(can.controlnet_modules),
    "model": lambda can: Choice(can.controlnet_models, ("None", *(_bare(name) for name in can.controlnet_models))),
    "weight": lambda can: Number(0, 2),
    "image_id": lambda can: Words(ID_CHARS),
    "mask_id": lambda can: Words(ID_CHARS),
    "processor_res": lambda can: Whole(64, 2048),
    "threshold_a": lambda can: Number(0, 255),  # what it means, and its range, is each module's own
    "threshold_b": lambda can: Number(0, 255),
    "guidance_start": lambda can: Number(0, 1),
    "guidance_end": lambda can: Number(0, 1),
    "control_mode": lambda can: Numbered(CONTROL_MODES),
    "resize_mode": lambda can: Numbered(RESIZE_MODES),
    "pixel_perfect": lambda can: Switch(),
}
"""A ControlNet unit; its pictures are ids of kept ones."""

OVERRIDDEN_SETTINGS: Mapping[str, Callable[[Abilities], Rule]] = {
    "sd_model_checkpoint": lambda can: Choice(can.models),
    "sd_vae": lambda can: _vae(can),
    "sd_unet": lambda can: Choice(()),
    "CLIP_stop_at_last_layers": lambda can: Whole(1, 12),
    "eta_noise_seed_delta": lambda can: Whole(0, MAX_SEED),
    "randn_source": lambda can: Choice(("GPU", "CPU", "NV")),
    "eta_ddim": lambda can: Number(0, 1),
    "eta_ancestral": lambda can: Number(0, 1),
    **{name: RULES[name] for name in ("s_churn", "s_tmin", "s_tmax", "s_noise", "s_min_uncond")},
    "sd_noise_schedule": lambda can: Choice(("Default", "Zero Terminal SNR")),
    "token_merging_ratio": lambda can: Number(0, 0.9),
    "token_merging_ratio_hr": lambda can: Number(0, 0.9),
    "token_merging_ratio_img2img": lambda can: Number(0, 0.9),
    "emphasis": lambda can: Choice(("None", "Ignore", "Original", "No norm")),
    "always_discard_next_to_last_sigma": lambda can: Switch(),
    "use_old_karras_scheduler_sigmas": lambda can: Switch(),
    "img2img_color_correction": lambda can: Switch(),
    "img2img_background_color": lambda can: Words(20),
    "initial_noise_multiplier": lambda can: Number(0, 1.5),
    "inpainting_mask_weight": lambda can: Number(0, 1),
    "face_restoration_model": lambda can: Choice(("CodeFormer", "GFPGAN")),
    "code_former_weight": lambda can: Number(0, 1),
}
"""Those that shape the picture; the ranges are those of the web UI's settings page."""

ONLY_TXT2IMG = frozenset(name for name in RULES if name.startswith("hr_") or name == "enable_hr")
ONLY_IMG2IMG = frozenset({"resize_mode", "mask_blur"} | {name for name in RULES if name.startswith("inpaint")})
"""The other call takes these without a word and does nothing about them."""


def check_overrides(overrides: Mapping[str, Any], abilities: Abilities) -> dict[str, Any]:
    """The overrides, each of the right type and in range; names that differ only in case are written right.

    Raises:
        BadRequest: the first that is not allowed, `field` `overrides.<name>`, `allowed` and maybe `did_you_mean`.
    """
    allowed = [name for name in RULES if _works_here(name, abilities)]
    for name in overrides:
        if name not in allowed:
            raise refused(f"overrides.{name}", f"{name} cannot be changed here", allowed, closest(name, allowed))
    return {name: checked(f"overrides.{name}", value, RULES[name](abilities)) for name, value in overrides.items()}


def _works_here(name: str, abilities: Abilities) -> bool:
    """Our own names work where A1111's `override_settings` does."""
    fields = abilities.fields
    return not fields or name in fields or (name in SETTINGS and "override_settings" in fields)


def _old_sampler_names(can: Abilities) -> list[str]:
    """Before A1111 1.9 the scheduler was a part of the sampler's name, and A1111 still takes it so."""
    return [f"{sampler} {scheduler}" for sampler in can.samplers for scheduler in can.schedulers]


def _vae(can: Abilities) -> Choice:
    return Choice((*can.vaes, "Automatic", "None") if can.vaes else ())


def _bare(model: str) -> str:
    """A ControlNet model's name without its hash, which is taken as well."""
    return model.rsplit(" [", 1)[0]
