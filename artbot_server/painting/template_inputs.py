"""The places inside a payload where pictures stand, by name: for moving them to files beside the template. Pure.

`init_image`, `mask`, `control_image`, `control_mask`; those of a second init image or unit are `init_image_2` and so on.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from artbot_server.errors import BadRequest
from artbot_server.painting.template_names import INPUTS

INPUT_NAMES: Final = ("init_image", "mask", "control_image", "control_mask")
"""Those that can be set one by one; further ones only by writing the template."""
PICTURE: Final = "picture"
"""What a template looks like: no input, but kept and sent along with them."""
_OF_UNIT = {"image": "control_image", "input_image": "control_image", "mask": "control_mask"}


@dataclass(frozen=True, slots=True)
class Slot:
    """One place that holds a picture: a path, a data URL, base64, or a placeholder of a merged payload."""

    name: str
    holder: Any
    key: Any

    @property
    def value(self) -> Any:
        """What stands there."""
        return self.holder[self.key]

    def put(self, value: Any) -> None:
        """Write something else there."""
        self.holder[self.key] = value

    def clear(self) -> None:
        """Leave the place empty; see `drop_empty`."""
        self.put(None)


def slots(fields: dict[str, Any]) -> list[Slot]:
    """Every place of a payload with a picture in it; the fields' types are checked."""
    return [slot for slot in _all_slots(fields) if slot.value]


def drop_empty(fields: dict[str, Any]) -> None:
    """Take emptied places out, in place."""
    if "init_images" in fields:
        fields["init_images"] = [image for image in fields["init_images"] or [] if image]
    for holder, key in [(fields, "init_images"), (fields, "mask"), *((u, k) for u in _units(fields) for k in _OF_UNIT)]:
        if key in holder and not holder[key]:
            del holder[key]


def put_input(fields: dict[str, Any], name: str, path: str | None) -> None:
    """Set one of `INPUT_NAMES` to a path inside the folder, or take it away with None; in place.

    Raises:
        BadRequest: no such input, or there is no ControlNet unit it could belong to.
    """
    if name == "init_image":
        fields["init_images"] = [path, *(fields.get("init_images") or [])[1:]]
    elif name == "mask":
        fields["mask"] = path
    elif name in INPUT_NAMES:
        unit = next(iter(_units(fields)), None)
        if unit is None:
            raise BadRequest("The template has no ControlNet unit for this picture.", field="which")
        if name == "control_image":
            unit.pop("input_image", None)
        unit["image" if name == "control_image" else "mask"] = path
    else:
        raise BadRequest(f"A template has no input {name!r}.", field="which", allowed=list(INPUT_NAMES))
    drop_empty(fields)


def is_path(value: str) -> bool:
    """Whether a picture is told by its file, and not written into the template."""
    return not value.startswith("data:") and "." in value


def decoded(text: str, field: str) -> bytes:
    """A picture that is written as base64 or a data URL. Raises BadRequest."""
    try:
        return base64.b64decode(text.partition(",")[2] if text.startswith("data:") else text, validate=True)
    except ValueError as error:
        raise BadRequest(f"{field}: neither a file of the folder nor base64.", field=f"template.{field}") from error


def own_folder(template: str) -> str:
    """Where a template's pictures lie, relative to its folder."""
    return f"{INPUTS}/{template}"


def _all_slots(fields: dict[str, Any]) -> Iterator[Slot]:
    images = fields.get("init_images") or []
    for index in range(len(images)):
        yield Slot(_numbered("init_image", index), images, index)
    if "mask" in fields:
        yield Slot("mask", fields, "mask")
    for index, unit in enumerate(_units(fields)):
        for key, name in _OF_UNIT.items():
            if key in unit and not (key == "input_image" and unit.get("image")):
                yield Slot(_numbered(name, index), unit, key)


def _units(fields: dict[str, Any]) -> list[dict[str, Any]]:
    """As they are written: a list, or one object in its place."""
    found: list[dict[str, Any]] = []
    for name, script in (fields.get("alwayson_scripts") or {}).items():
        if name.lower() == "controlnet":
            args = script.get("args") or []
            found += [unit for unit in (args if isinstance(args, list) else [args]) if isinstance(unit, dict)]
    return found


def _numbered(name: str, index: int) -> str:
    return name if index == 0 else f"{name}_{index + 1}"
