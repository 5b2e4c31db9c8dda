"""Puts an order into a template: the user's words, overrides and pictures into A1111's request body. Pure.

The result is JSON: a picture is written as `{"artbot_image": "<id>"}` (a stored one) or
`{"artbot_file": "<folder>/<path>"}` (the template's own), and `fill` puts the base64 there at the last moment.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from artbot_server import errors
from artbot_server.painting.inputs import put_pictures, put_units
from artbot_server.painting.loras import lora_names, unknown_lora, with_loras
from artbot_server.painting.overrides import ONLY_IMG2IMG, ONLY_TXT2IMG, SETTINGS, check_overrides
from artbot_server.painting.rules import closest, refused
from artbot_server.painting.templates import Folder, Template
from artbot_server.sd.base import Abilities, Mode, Substitution

PLACE = "{prompt}"  # A1111's own mark in its styles, for the prompt and the negative prompt alike
DENOISING_STRENGTH = 0.6  # keeps a picture's composition and still lets the style through
MIN_GUARDED_CFG = 2.0  # at 1 a negative prompt has no effect at all, and a folder's forced one must have some
REFINER_SWITCH_AT = 0.8  # A1111's page's own; without one its API refines from the first step
GRAIN_PX = 8  # Stable Diffusion paints in blocks of 8 x 8; A1111 rounds down without saying so

DEFAULTS: Mapping[str, Any] = {
    "prompt": "",
    "negative_prompt": "",
    "seed": -1,
    "batch_size": 1,
    "n_iter": 1,
    "steps": 20,  # A1111's API would take 50
    "cfg_scale": 7.0,
    "width": 512,
    "height": 512,
}
"""The article's template tool's; written out so that every backend paints the same."""

Placeholder = dict[str, str]


@dataclass(frozen=True, slots=True)
class Order:
    """What the user asked for; `image_id` and `mask_id` are pictures in the store."""

    prompt: str
    negative_prompt: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    image_id: str | None = None
    mask_id: str | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """A payload with placeholders; `substituted` is what had to be changed about the order."""

    mode: Mode
    fields: dict[str, Any]
    substituted: tuple[Substitution, ...] = ()


def merge(template: Template, folder: Folder, order: Order, abilities: Abilities) -> Merged:
    """Template + prompt + overrides.

    The user's words come first and the template's after them, as in the article, or stand where the template says
    `{prompt}`. A txt2img template that is given a picture becomes img2img. Overrides that have no effect in a mode are
    left out and told; ControlNet units among them take the place of the template's.

    Raises:
        BadRequest: an override is not allowed, the picture is larger than the backend paints, there are too many of
            them, an img2img template has no picture to start from (`image_id`), or a prompt names an unknown LoRA.
    """
    overrides = check_overrides(order.overrides, abilities)
    fields = {**DEFAULTS, **copy.deepcopy(dict(template.fields))}
    mode: Mode = "img2img" if order.image_id else template.mode
    if mode != template.mode:
        fields.pop("denoising_strength", None)  # there it was the strength of the hires pass
    idle = {name: overrides.pop(name) for name in ONLY_TXT2IMG | ONLY_IMG2IMG if _is_idle(name, overrides, mode)}
    _override(fields, overrides, abilities)
    if fields.get("denoising_strength") is None and (mode == "img2img" or fields.get("enable_hr")):
        fields["denoising_strength"] = DENOISING_STRENGTH  # without one, A1111's hires pass is a 500
    _put_words(fields, folder, order, overrides)
    _check_loras(fields, order, abilities)
    if "controlnet" in overrides:
        put_units(fields, overrides["controlnet"], mode)
    put_pictures(
        fields,
        mode,
        template.inputs,
        image_id=order.image_id,
        mask_id=order.mask_id,
        own_units="controlnet" in overrides,
    )
    fields |= {"send_images": True, "save_images": False}  # with save_images A1111 puts a grid first
    substituted = (*(Substitution(name, idle[name], None) for name in sorted(idle)), *_to_the_grain(fields))
    _check_amount(fields, overrides, abilities)
    return Merged(mode, fields, substituted)


def placed(text: str, words: str) -> str:
    """The user's `words` at `{prompt}` in a template's text, or before it with a comma."""
    words = words.strip().rstrip(",").rstrip()
    if PLACE not in text:
        return _joined(words, text)
    if not words:
        return re.sub(r"\{prompt\}\s*,?\s*", "", text).rstrip(", ")
    return text.replace(PLACE, words)


def fill(fields: Mapping[str, Any], load: Callable[[Placeholder], str]) -> dict[str, Any]:
    """A copy of `fields` with every placeholder replaced by the bare base64 that `load` gives for it."""
    return {name: _filled(value, load) for name, value in fields.items()}


def expected(fields: Mapping[str, Any]) -> tuple[int, int, int]:
    """Width and height in pixels of each picture a merged payload gives, and how many there will be."""
    width, height = fields["width"], fields["height"]
    if fields.get("enable_hr") and not fields.get("init_images"):
        width, height = _hires(width, height, fields)
    return width, height, fields["batch_size"] * fields["n_iter"]


def _is_idle(name: str, overrides: Mapping[str, Any], mode: Mode) -> bool:
    return name in overrides and name in (ONLY_IMG2IMG if mode == "txt2img" else ONLY_TXT2IMG)


def _override(fields: dict[str, Any], overrides: Mapping[str, Any], abilities: Abilities) -> None:
    rest = {name: value for name, value in overrides.items() if name not in ("loras", "controlnet")}
    settings = rest.pop("override_settings", {}) | {SETTINGS[name]: rest.pop(name) for name in SETTINGS if name in rest}
    if settings:
        fields["override_settings"] = {**(fields.get("override_settings") or {}), **settings}
    if "refiner_checkpoint" in rest and fields.get("refiner_switch_at") is None:
        fields["refiner_switch_at"] = REFINER_SWITCH_AT
    if "sampler_name" in rest:
        fields.pop("sampler_index", None)
    elif "scheduler" in rest:
        # A scheduler inside the sampler's name ("DPM++ SDE Karras") would silently win over the one asked for.
        name = fields.get("sampler_name") or fields.get("sampler_index")
        fields.pop("sampler_index", None)
        if name:
            fields["sampler_name"] = _without_scheduler(name, abilities.schedulers)
    fields.update(rest)


def _put_words(fields: dict[str, Any], folder: Folder, order: Order, overrides: Mapping[str, Any]) -> None:
    """The prompts: the user's and the template's words, LoRAs, and what a folder forces, in both passes."""
    loras = overrides.get("loras", ())
    fields["prompt"] = with_loras(placed(fields["prompt"], order.prompt), loras)
    if fields.get("hr_prompt"):  # an empty one means the first pass's
        fields["hr_prompt"] = with_loras(fields["hr_prompt"], loras)
    own = placed(fields["negative_prompt"], order.negative_prompt)
    fields["negative_prompt"] = _joined(own, folder.negative_prompt)
    if fields.get("hr_negative_prompt"):
        fields["hr_negative_prompt"] = _joined(fields["hr_negative_prompt"], folder.negative_prompt)
    if folder.negative_prompt and "cfg_scale" in overrides and fields["cfg_scale"] < MIN_GUARDED_CFG:
        message = f"cfg_scale has to be at least {MIN_GUARDED_CFG:g} in this folder."
        raise errors.BadRequest(message, field="overrides.cfg_scale", allowed={"min": MIN_GUARDED_CFG, "max": 30})


def _check_loras(fields: Mapping[str, Any], order: Order, abilities: Abilities) -> None:
    """A LoRA that is not there would be left out without a word."""
    for name in ("prompt", "hr_prompt"):
        lora = unknown_lora(fields.get(name) or "", abilities.loras)
        if lora is not None:
            place = name if lora in lora_names(order.prompt) else "template"
            if name in order.overrides:
                place = f"overrides.{name}"
            raise refused(place, f"there is no LoRA {lora[:80]!r}", abilities.loras, closest(lora, abilities.loras))


def _without_scheduler(sampler: str, schedulers: tuple[str, ...]) -> str:
    for scheduler in schedulers or ("Karras", "Exponential"):
        sampler = sampler.removesuffix(f" {scheduler}")
    return sampler


def _to_the_grain(fields: dict[str, Any]) -> tuple[Substitution, ...]:
    substituted = []
    for side in ("width", "height"):
        asked = fields[side]
        fields[side] = asked // GRAIN_PX * GRAIN_PX
        if fields[side] != asked:
            substituted.append(Substitution(side, asked, fields[side]))
    return tuple(substituted)


def _check_amount(fields: Mapping[str, Any], overrides: Mapping[str, Any], abilities: Abilities) -> None:
    width, height, count = expected(fields)
    if max(width, height) > abilities.max_side or width * height > abilities.max_pixels:
        name = _to_blame(overrides, "enable_hr", "hr_scale", "hr_resize_x", "hr_resize_y", "width", "height")
        message = (
            f"A picture of {width} x {height} pixels is too large: up to {abilities.max_side} on a side"
            f" and {abilities.max_pixels} in all."
        )
        allowed = {"max_side": abilities.max_side, "max_pixels": abilities.max_pixels}
        raise errors.BadRequest(message, field=name, allowed=allowed)
    if count > abilities.max_batch:
        name = _to_blame(overrides, "batch_size", "n_iter")
        message = f"batch_size times n_iter is {count} pictures: at most {abilities.max_batch} in one job."
        raise errors.BadRequest(message, field=name, allowed={"max": abilities.max_batch})


def _to_blame(overrides: Mapping[str, Any], *names: str) -> str:
    """The first of these that the user changed, else the template itself."""
    return next((f"overrides.{name}" for name in names if name in overrides), "template")


def _hires(width: int, height: int, fields: Mapping[str, Any]) -> tuple[int, int]:
    """A1111's size after the hires pass: both sides, or one and the ratio, or the scale."""
    x, y = fields.get("hr_resize_x") or 0, fields.get("hr_resize_y") or 0
    if x == 0 and y == 0:
        scale = fields.get("hr_scale") or 2.0
        x, y = int(width * scale), int(height * scale)
    elif y == 0:
        y = x * height // width
    elif x == 0:
        x = y * width // height
    return x // GRAIN_PX * GRAIN_PX, y // GRAIN_PX * GRAIN_PX


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _filled(value: Any, load: Callable[[Placeholder], str]) -> Any:
    if isinstance(value, Mapping):
        if len(value) == 1 and value.keys() <= {"artbot_image", "artbot_file"}:
            return load(dict(value))
        return {name: _filled(each, load) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, load) for each in value]
    return value
