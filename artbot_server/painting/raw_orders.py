"""A1111's request body without a template, as RobotChat's clients send it: checked and ready for the queue. Pure.

What a user may override in a template has the same ranges here; the rest of the body is passed on as it is. Where to save
and what to send back is the server's own: such fields have no effect. Scripts besides ControlNet are the caller's to allow.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from artbot_server.errors import BadRequest
from artbot_server.painting.jobs import Job
from artbot_server.painting.merge import Merged, Order, Placeholder, merge
from artbot_server.painting.overrides import RULES, check_overrides
from artbot_server.painting.template_format import FormatError, controlnet_units, units_as_list
from artbot_server.painting.templates import Bilingual, Folder, InputPictures, Template
from artbot_server.sd.base import Abilities, Mode, Substitution

KEPT_BACK = frozenset({
    "send_images", "save_images", "do_not_save_samples", "do_not_save_grid", "include_init_images",
    "override_settings_restore_afterwards", "force_task_id", "infotext",
})  # fmt: skip
PICTURES = ("init_images", "mask", "alwayson_scripts")
"""The fields with pictures in them."""
UNIT_FIELDS = frozenset({
    "enabled", "module", "model", "weight", "image", "mask", "resize_mode", "control_mode", "guessmode", "invert_image",
    "rgbbgr_mode", "lowvram", "low_vram", "pixel_perfect", "processor_res", "threshold_a", "threshold_b", "guidance_start",
    "guidance_end", "hr_option", "save_detected_map",
})  # fmt: skip
"""Of a ControlNet unit. Others are folders on the backend's disk, or pictures in forms that nobody checks."""
NO_FOLDER = Folder(name="", title=Bilingual())
BODYS_OWN = InputPictures(init_images=("",))
"""There is a picture to start from; it is put in after the merging, with the body's other ones."""

Keep = Callable[[str, str], str]
"""`keep(field, base64)`: store a picture and give its id."""


def other_scripts(body: Mapping[str, Any]) -> list[str]:
    """The scripts besides ControlNet that a body names: they run on the backend with arguments of their own."""
    named = [name for name in body.get("alwayson_scripts") or {} if name.lower() != "controlnet"]
    return [*named, *([str(body["script_name"])] if body.get("script_name") else [])]


def with_placeholders(body: Mapping[str, Any], keep: Keep) -> dict[str, Any]:
    """A copy of the body in which every picture is kept by `keep` and named by a placeholder.

    Raises:
        BadRequest: `alwayson_scripts` is not of ControlNet's form; also whatever `keep` raises.
    """
    fields = copy.deepcopy(dict(body))
    if fields.get("alwayson_scripts"):
        _check_units(fields)
    if fields.get("init_images"):
        fields["init_images"] = [_placeholder("init_images", image, keep) for image in fields["init_images"]]
    if fields.get("mask"):
        fields["mask"] = _placeholder("mask", fields["mask"], keep)
    for unit in controlnet_units(fields):
        for name in ("image", "mask"):
            if unit.get(name):
                unit[name] = _placeholder(f"alwayson_scripts.ControlNet.args.{name}", unit[name], keep)
    return fields


def merge_raw(mode: Mode, body: Mapping[str, Any], abilities: Abilities, model: str | None = None) -> Merged:
    """The payload of a body whose pictures are placeholders; fields that do nothing on this backend are told.

    Args:
        model: a checkpoint by name, for this job alone; it wins over the one in `override_settings`.

    Raises:
        BadRequest: as `merge` does, with fields named `overrides.<name>`.
    """
    asked = {name: value for name, value in body.items() if value not in (None, "") and name not in KEPT_BACK}
    pictures = {name: asked.pop(name) for name in PICTURES if name in asked}
    words = {name: asked.pop(name, "") for name in ("prompt", "negative_prompt")}
    if "sampler_index" in asked:
        asked.setdefault("sampler_name", asked.pop("sampler_index"))
    if isinstance(asked.get("inpaint_full_res"), int):
        asked["inpaint_full_res"] = bool(asked["inpaint_full_res"])  # the article's tool wrote 0 and 1
    settings = dict(asked.pop("override_settings", {}))
    model = model or settings.pop("sd_model_checkpoint", None)
    asked |= {"override_settings": settings} if settings else {}
    rest = {name: value for name, value in asked.items() if name not in RULES}
    overrides = {name: value for name, value in asked.items() if name in RULES}
    useless = [name for name in overrides if abilities.fields and name not in abilities.fields]
    substituted = [Substitution(name, value, None) for name in useless if (value := overrides.pop(name))]
    overrides |= {"model": model} if model else {}
    template = Template(name="", folder="", mode=mode, fields=rest, title=Bilingual(), inputs=BODYS_OWN)
    merged = merge(template, NO_FOLDER, Order(**words, overrides=overrides), abilities)
    if "controlnet" in overrides:
        pictures.pop("alwayson_scripts", None)
    return replace(merged, fields=merged.fields | pictures, substituted=(*substituted, *merged.substituted))


def merge_again(job: Job, overrides: Mapping[str, Any], abilities: Abilities) -> Merged:
    """The payload of a job that had no template, with changes. Raises BadRequest as `merge` does."""
    changes = check_overrides(overrides, abilities)
    model = changes.pop("model", None)
    return merge_raw(job.mode, {**job.fields, **changes}, abilities, model)


def _check_units(fields: dict[str, Any]) -> None:
    scripts = fields["alwayson_scripts"]
    for name, script in scripts.items():
        if not (isinstance(script, dict) and "args" in script):  # A1111 would ignore a unit that stands there itself
            scripts[name] = {"args": script}
    try:
        units_as_list(fields)
    except FormatError as error:
        raise BadRequest(str(error), field="alwayson_scripts", allowed="ControlNet's units") from None
    for name in sorted({name for unit in controlnet_units(fields) for name in unit} - UNIT_FIELDS):
        message = f"A ControlNet unit has no {name[:60]!r} here."
        raise BadRequest(message, field="alwayson_scripts", allowed=sorted(UNIT_FIELDS))


def _placeholder(field: str, image: str, keep: Keep) -> Placeholder:
    return {"artbot_image": keep(field, image)}
