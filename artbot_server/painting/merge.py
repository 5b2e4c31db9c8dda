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
from artbot_server.painting.overrides import check_overrides
from artbot_server.painting.template_format import controlnet_units
from artbot_server.painting.templates import Folder, Template
from artbot_server.sd.base import Abilities, Mode, Substitution

PLACE = "{prompt}"  # A1111's own mark in its styles, for the prompt and the negative prompt alike
DENOISING_STRENGTH = 0.6  # keeps a picture's composition and still lets the style through
MIN_GUARDED_CFG = 2.0  # at 1 a negative prompt has no effect at all, and a folder's forced one must have some
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
    `{prompt}`. A txt2img template that is given a picture becomes img2img.

    Raises:
        BadRequest: an override is not allowed, the picture is larger than the backend paints, there are too many of
            them, or an img2img template has no picture to start from (`image_id`).
    """
    overrides = check_overrides(order.overrides, abilities)
    fields = {**DEFAULTS, **copy.deepcopy(dict(template.fields))}
    mode: Mode = "img2img" if order.image_id else template.mode
    if mode != template.mode:
        fields.pop("denoising_strength", None)  # there it was the strength of the hires pass
    _override(fields, overrides, abilities)
    if fields.get("denoising_strength") is None and (mode == "img2img" or fields.get("enable_hr")):
        fields["denoising_strength"] = DENOISING_STRENGTH  # without one, A1111's hires pass is a 500
    fields["prompt"] = placed(fields["prompt"], order.prompt)
    own = placed(fields["negative_prompt"], order.negative_prompt)
    fields["negative_prompt"] = _joined(own, folder.negative_prompt)
    if folder.negative_prompt and "cfg_scale" in overrides and fields["cfg_scale"] < MIN_GUARDED_CFG:
        message = f"cfg_scale has to be at least {MIN_GUARDED_CFG:g} in this folder."
        raise errors.BadRequest(message, field="overrides.cfg_scale", allowed={"min": MIN_GUARDED_CFG, "max": 30})
    _put_pictures(fields, mode, template, order)
    fields |= {"send_images": True, "save_images": False}  # with save_images A1111 puts a grid first
    substituted = _to_the_grain(fields)
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


def _override(fields: dict[str, Any], overrides: Mapping[str, Any], abilities: Abilities) -> None:
    rest = dict(overrides)
    model = rest.pop("model", None)
    if model is not None:
        fields["override_settings"] = {**(fields.get("override_settings") or {}), "sd_model_checkpoint": model}
    if "sampler_name" in rest:
        fields.pop("sampler_index", None)
    elif "scheduler" in rest:
        # A scheduler inside the sampler's name ("DPM++ SDE Karras") would silently win over the one asked for.
        name = fields.get("sampler_name") or fields.get("sampler_index")
        fields.pop("sampler_index", None)
        if name:
            fields["sampler_name"] = _without_scheduler(name, abilities.schedulers)
    fields.update(rest)


def _without_scheduler(sampler: str, schedulers: tuple[str, ...]) -> str:
    for scheduler in schedulers or ("Karras", "Exponential"):
        sampler = sampler.removesuffix(f" {scheduler}")
    return sampler


def _put_pictures(fields: dict[str, Any], mode: Mode, template: Template, order: Order) -> None:
    """As in the article: an uploaded picture replaces the template's, and those of its ControlNet units.

    A mask belongs to its picture, so the template's masks go with the template's pictures.
    """
    inputs = template.inputs
    units = controlnet_units(fields)
    if order.image_id:
        fields["init_images"] = [{"artbot_image": order.image_id}]
        for unit in units:
            unit["image"] = {"artbot_image": order.image_id}
    else:
        for unit, image, mask in zip(units, inputs.unit_images, inputs.unit_masks, strict=True):
            unit |= {key: {"artbot_file": name} for key, name in (("image", image), ("mask", mask)) if name}
        if mode == "img2img":
            if not inputs.init_images:
                raise errors.BadRequest("This template works on a picture: send one.", field="image_id")
            fields["init_images"] = [{"artbot_file": name} for name in inputs.init_images]
    if mode == "txt2img":
        if order.mask_id:
            raise errors.BadRequest("A mask needs a picture it belongs to.", field="mask_id")
        return
    own_mask = {"artbot_file": inputs.mask} if inputs.mask and not order.image_id else None
    fields["mask"] = {"artbot_image": order.mask_id} if order.mask_id else own_mask
    if order.mask_id:
        fields.setdefault("inpainting_fill", 1)  # begin from what is there, as A1111's page does; its API empties it
        fields.setdefault("inpaint_full_res", False)  # keep the scale of the whole; A1111's API would zoom in


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
