"""Names in a payload against the server's lists: samplers, checkpoints, VAEs, LoRAs, styles, upscalers. Pure.

Exactly and by case: the web UI takes another one for a name it does not know (trap 1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from artbot_server.sd.automatic1111.failures import refused, unknown_name
from artbot_server.sd.automatic1111.fields import PICTURE_SETTINGS
from artbot_server.sd.automatic1111.offers import Offers, Scheduler
from artbot_server.sd.base import Checkpoint

_LORA = re.compile(r"<lora:([^:>]+)")
_ANY_VAE = ("Automatic", "None")
"""Words the server takes in the place of a VAE's name."""
_FIRST_PASS = ("", "Use same sampler", "Use same scheduler", "Use same checkpoint")
"""What the hires fields say to go on with the first pass's choice."""


def sampling(body: Mapping[str, Any], offers: Offers) -> tuple[str | None, Scheduler | None]:
    """The sampler and scheduler this asks for, as the server's `info` will name them; None: the server's choice.

    `sampler_name` wins over the old `sampler_index`, and an empty one counts as none. A scheduler's name at the end
    of a sampler's is split off as the server does it ("DPM++ SDE Karras"), unless a sampler is listed by the whole
    name (web UI before 1.9). The body keeps the words it came with.
    """
    field = "sampler_name" if body.get("sampler_name") else "sampler_index"
    sampler, scheduler = _split(field, body.get(field, ""), offers)
    if asked := body.get("scheduler"):
        scheduler = scheduler or _scheduler("scheduler", asked, offers)
    return sampler, scheduler


def check_names(body: dict[str, Any], offers: Offers) -> None:
    """All other names: LoRAs in the prompts, styles, what a hires pass or a refiner uses. Raises `BackendFailed`."""
    for field in ("prompt", "hr_prompt"):
        for name in loras_in(body.get(field, "")):
            _check(field, "LoRA", name, offers.loras)
    styles = body.get("styles", [])
    if not isinstance(styles, list):
        raise refused("'styles' has to be a list of names.", field="styles")
    for name in styles:
        _check("styles", "style", name, offers.styles)
    if refiner := body.get("refiner_checkpoint"):
        body["refiner_checkpoint"] = find_checkpoint("refiner_checkpoint", refiner, offers).name
    if body.get("enable_hr"):
        _check_hires(body, offers)


def loras_in(prompt: str) -> tuple[str, ...]:
    """The LoRAs a prompt names, each once."""
    return tuple(dict.fromkeys(_LORA.findall(prompt)))


def settings(body: dict[str, Any], offers: Offers) -> tuple[Checkpoint | None, str | None]:
    """The checkpoint and VAE in `override_settings`; the checkpoint is written as the server takes it at any time.

    A wrong key is a 500; a value of a wrong type would make the option unreadable for ever (trap 7).
    """
    asked = body.get("override_settings", {})
    if not isinstance(asked, dict):
        raise refused("'override_settings' has to be an object.", field="override_settings")
    given = {name: value for name, value in asked.items() if value is not None}
    for name, value in given.items():
        field = f"override_settings.{name}"
        if name not in PICTURE_SETTINGS or (offers.options is not None and name not in offers.options):
            raise unknown_name(field, "setting", name, sorted(PICTURE_SETTINGS))
        if offers.options is not None and not same_type(value, offers.options[name]):
            raise refused(f"The setting '{name}' has a value of another type on this server.", field=field)
    checkpoint = None
    if name := given.get("sd_model_checkpoint"):
        checkpoint = find_checkpoint("override_settings.sd_model_checkpoint", name, offers)
        given["sd_model_checkpoint"] = checkpoint.name
    vae = given.get("sd_vae")
    if vae is not None and vae not in _ANY_VAE:
        _check("override_settings.sd_vae", "VAE", vae, offers.vaes)
    body["override_settings"] = given
    return checkpoint, None if vae in _ANY_VAE else vae


def find_checkpoint(field: str, asked: Any, offers: Offers) -> Checkpoint:
    """The checkpoint of that name, file name, hash or title. Raises `BackendFailed`."""
    for checkpoint in offers.checkpoints:
        if isinstance(asked, str) and checkpoint.goes_by(asked):
            return checkpoint
    raise unknown_name(field, "checkpoint", str(asked), (each.name for each in offers.checkpoints))


def _check_hires(body: dict[str, Any], offers: Offers) -> None:
    if "denoising_strength" not in body:
        raise refused("'enable_hr' needs a 'denoising_strength'.", field="denoising_strength")
    if upscaler := body.get("hr_upscaler"):
        _check("hr_upscaler", "upscaler", upscaler, offers.upscalers)
    if (sampler := body.get("hr_sampler_name", "")) not in _FIRST_PASS:
        _split("hr_sampler_name", sampler, offers)
    if (scheduler := body.get("hr_scheduler", "")) not in _FIRST_PASS:
        _scheduler("hr_scheduler", scheduler, offers)
    if (checkpoint := body.get("hr_checkpoint_name", "")) not in _FIRST_PASS:
        body["hr_checkpoint_name"] = find_checkpoint("hr_checkpoint_name", checkpoint, offers).name


def _split(field: str, asked: Any, offers: Offers) -> tuple[str | None, Scheduler | None]:
    if not asked:
        return None, None
    if asked in offers.samplers:
        return asked, None
    for scheduler in offers.schedulers:
        for name in scheduler.names:
            sampler = str(asked).removesuffix(f" {name}")
            if sampler != asked and sampler in offers.samplers:
                return sampler, scheduler
    both = (f"{sampler} {scheduler.label}" for sampler in offers.samplers for scheduler in offers.schedulers)
    raise unknown_name(field, "sampler", str(asked), offers.samplers, also=both)


def _scheduler(field: str, asked: Any, offers: Offers) -> Scheduler | None:
    if not offers.schedulers:
        return None
    for scheduler in offers.schedulers:
        if asked in (scheduler.name, scheduler.label):
            return scheduler
    raise unknown_name(field, "scheduler", str(asked), (each.label for each in offers.schedulers))


def _check(field: str, what: str, asked: Any, known: tuple[str, ...] | None) -> None:
    if known is not None and asked not in known:
        raise unknown_name(field, what, str(asked), known)


def same_type(value: Any, current: Any) -> bool:
    """Whether an option may take this value in the place of its present one."""
    if current is None:
        return True
    if isinstance(current, bool) or isinstance(value, bool):
        return isinstance(current, bool) and isinstance(value, bool)
    if isinstance(current, int):
        return isinstance(value, int)
    return isinstance(value, (int, float) if isinstance(current, float) else type(current))
