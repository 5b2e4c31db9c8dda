"""A template that is only in somebody's editor, as one that can be painted: for trying it before it is saved. Pure.

Its pictures are files that lie in the folder already; one that is written into it is not looked at before it is saved.
"""

from __future__ import annotations

import copy
from collections.abc import Container, Mapping
from pathlib import PurePosixPath
from typing import Any

from artbot_server.errors import BadRequest
from artbot_server.painting.template_format import FormatError, check_template, controlnet_units, units_as_list
from artbot_server.painting.templates import Bilingual, InputPictures, Template


def drafted(data: Mapping[str, Any], folder: str, name: str, known: Container[str]) -> Template:
    """The template of a file's JSON.

    Args:
        known: the pictures that templates of the library bring along, by name (`Library.inputs`).

    Raises:
        BadRequest: it would be refused as a file, or has a picture that is not saved; `field` is its place.
    """
    try:
        checked = check_template(data)
        fields = copy.deepcopy(data["api_model"])
        units_as_list(fields)
    except FormatError as error:
        raise BadRequest(str(error), field=error.place) from error
    units = controlnet_units(fields)
    starts = fields.pop("init_images", None) or []

    def taken(holder: dict[str, Any], key: str, place: str) -> str | None:
        return _named(holder.pop(key, None), folder, place, known)

    def of_units(key: str) -> tuple[str | None, ...]:
        inside = "api_model.alwayson_scripts.ControlNet.args"
        return tuple(taken(unit, key, f"{inside}.{n}.{key}") for n, unit in enumerate(units))

    named = [_named(text, folder, "api_model.init_images", known) for text in starts]
    inputs = InputPictures(
        init_images=tuple(name for name in named if name),
        mask=taken(fields, "mask", "api_model.mask"),
        unit_images=of_units("image"),
        unit_masks=of_units("mask"),
    )
    return Template(
        name=name, folder=folder, mode=checked.template_type, fields=fields, title=Bilingual(name, name), inputs=inputs
    )


def _named(text: str | None, folder: str, place: str, known: Container[str]) -> str | None:
    """The name in the library of a picture that is told by its file."""
    if not text:
        return None
    name = f"{folder}/{PurePosixPath(text.replace(chr(92), '/'))}"
    if name not in known:
        raise BadRequest("This picture is not saved yet: save the template first.", field=place)
    return name
