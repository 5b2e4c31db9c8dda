"""Which pictures an order brings into a payload: to start from, masks, and those of ControlNet units. Pure.

Pictures stand as placeholders: `{"artbot_image": "<id>"}` is a stored one, `{"artbot_file": "<folder>/<path>"}` the
template's own. Whether an id is the session's is looked up elsewhere (`picture_ids` says which).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from artbot_server import errors
from artbot_server.painting.template_format import controlnet_units
from artbot_server.painting.templates import InputPictures
from artbot_server.sd.base import Mode

UNIT_PICTURES = {"image_id": "image", "mask_id": "mask"}
"""An override's names for a unit's pictures, and A1111's."""


def picture_ids(overrides: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The stored pictures that checked overrides name, each with its place."""
    for number, unit in enumerate(overrides.get("controlnet", ())):
        for name in UNIT_PICTURES:
            if unit.get(name):
                yield f"overrides.controlnet.{number}.{name}", unit[name]


def put_units(fields: dict[str, Any], units: Sequence[Mapping[str, Any]], mode: Mode) -> None:
    """Give the payload these units, in the place of all the template has.

    Raises:
        BadRequest: a unit that is on has no picture (txt2img), or ends before it begins.
    """
    scripts = {name: script for name, script in _scripts(fields).items() if name.lower() != "controlnet"}
    if units:
        scripts["controlnet"] = {"args": [_unit(number, unit, mode) for number, unit in enumerate(units)]}
    fields["alwayson_scripts"] = scripts


def put_pictures(
    fields: dict[str, Any],
    mode: Mode,
    inputs: InputPictures,
    *,
    image_id: str | None,
    mask_id: str | None,
    own_units: bool,
) -> None:
    """As in the article: an uploaded picture replaces the template's, and those of its ControlNet units.

    A mask belongs to its picture, so the template's masks go with the template's pictures.

    Args:
        own_units: the order brought its own units, which have their pictures.

    Raises:
        BadRequest: a picture to start from is missing, or a mask came without one.
    """
    units = [] if own_units else controlnet_units(fields)
    if image_id:
        fields["init_images"] = [{"artbot_image": image_id}]
        for unit in units:
            unit["image"] = {"artbot_image": image_id}
    else:
        if units:
            for unit, image, mask in zip(units, inputs.unit_images, inputs.unit_masks, strict=True):
                unit |= {key: {"artbot_file": name} for key, name in (("image", image), ("mask", mask)) if name}
        if mode == "img2img":
            if not inputs.init_images:
                raise errors.BadRequest("This template works on a picture: send one.", field="image_id")
            fields["init_images"] = [{"artbot_file": name} for name in inputs.init_images]
    if mode == "txt2img":
        if mask_id:
            raise errors.BadRequest("A mask needs a picture it belongs to.", field="mask_id")
        return
    own_mask = {"artbot_file": inputs.mask} if inputs.mask and not image_id else None
    fields["mask"] = {"artbot_image": mask_id} if mask_id else own_mask
    if mask_id:
        fields.setdefault("inpainting_fill", 1)  # begin from what is there, as A1111's page does; its API empties it
        fields.setdefault("inpaint_full_res", False)  # keep the scale of the whole; A1111's API would zoom in


def _scripts(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return fields.get("alwayson_scripts") or {}


def _unit(number: int, unit: Mapping[str, Any], mode: Mode) -> dict[str, Any]:
    place = f"overrides.controlnet.{number}"
    if mode == "txt2img" and unit.get("enabled", True) and not unit.get("image_id"):
        raise errors.BadRequest(
            "A ControlNet unit needs a picture.", field=f"{place}.image_id", allowed="a picture's id"
        )
    start, end = unit.get("guidance_start", 0.0), unit.get("guidance_end", 1.0)
    if start > end:
        message = "A ControlNet unit ends before it begins."
        raise errors.BadRequest(message, field=f"{place}.guidance_end", allowed={"min": start, "max": 1})
    pictures = {to: {"artbot_image": unit[name]} for name, to in UNIT_PICTURES.items() if unit.get(name)}
    return {"enabled": True} | {name: value for name, value in unit.items() if name not in UNIT_PICTURES} | pictures
