"""Scripts in a payload, ControlNet's units above all. Pure.

Inside ControlNet nearly everything fails without a sign: a unit without `enabled`, without a picture or with an
unknown model gives the picture one would get without it, and the infotext claims the opposite.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from artbot_server.sd.automatic1111.failures import refused, unknown_name
from artbot_server.sd.automatic1111.offers import ControlNet, Offers
from artbot_server.sd.base import CONTROL_MODES, RESIZE_MODES, Mode

CONTROLNET = "controlnet"


def checked_scripts(body: dict[str, Any], mode: Mode, offers: Offers) -> None:
    """Check `script_name` and `alwayson_scripts`, and bring the latter into the form the server takes.

    Templates of older tools hold one unit in the place of the list of units, or of `args` (which the server would
    ignore): all are read.
    """
    known = offers.scripts[mode] if offers.scripts is not None else None
    if name := body.get("script_name"):
        _check_script("script_name", name, known)
    always = body.get("alwayson_scripts")
    if always is None:
        return
    if not isinstance(always, dict):
        raise refused("'alwayson_scripts' has to be an object.", field="alwayson_scripts")
    scripts = {}
    for name, value in always.items():
        args = value["args"] if isinstance(value, dict) and "args" in value else value
        if isinstance(args, dict):
            args = [args] if args else []
        if not isinstance(args, list):
            raise refused(f"'args' of '{name}' has to be a list.", field=f"alwayson_scripts.{name}.args")
        if name.casefold() == CONTROLNET:
            args = _checked_units(args, mode, offers)
            if not args:
                continue
        else:
            _check_script(f"alwayson_scripts.{name}", name, known)
        scripts[name] = {"args": args}
    body["alwayson_scripts"] = scripts


def maps_expected(body: Mapping[str, Any]) -> int:
    """How many detected maps have to come back, by checked units; a hires pass gives more, never fewer."""
    return sum(unit["enabled"] and unit.get("save_detected_map", True) is not False for unit in units_in(body))


def units_in(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The checked units of a body, in the order in which the server counts them."""
    scripts = body.get("alwayson_scripts") or {}
    return [unit for name, script in scripts.items() if name.casefold() == CONTROLNET for unit in script["args"]]


def check_base64(field: str, image: Any) -> None:
    """Refuse what is no text, and addresses: the server would fetch them (`api_enable_requests` is on by default)."""
    if not isinstance(image, str) or not image or "://" in image[:16]:
        raise refused(f"'{field.rsplit('.', 1)[-1]}' has to be a picture as base64.", field=field)


def _check_script(field: str, name: Any, known: tuple[str, ...] | None) -> None:
    if not isinstance(name, str):
        raise refused(f"'{field}' has to be a script's name.", field=field)
    # The server compares these without case.
    if known is not None and name.casefold() not in {each.casefold() for each in known}:
        raise unknown_name(field, "script", name, known)


def _checked_units(units: list[Any], mode: Mode, offers: Offers) -> list[dict[str, Any]]:
    """Units that are switched off or empty are left out: they do nothing and count against the limit."""
    active = [
        (index, unit)
        for index, unit in enumerate(units)
        if unit and not (isinstance(unit, dict) and unit.get("enabled") is False)
    ]
    if not active:
        return []
    net = offers.controlnet
    if net is None:
        raise refused("This server has no ControlNet.", field="alwayson_scripts.controlnet")
    if len(active) > net.units:
        field = "alwayson_scripts.controlnet.args"
        raise refused(f"This server takes {net.units} ControlNet units at most, not {len(active)}.", field=field)
    return [_checked_unit(f"alwayson_scripts.controlnet.args[{index}]", unit, mode, net) for index, unit in active]


def _checked_unit(field: str, unit: Any, mode: Mode, net: ControlNet) -> dict[str, Any]:
    if not isinstance(unit, dict):
        raise refused("A ControlNet unit has to be an object.", field=field)
    module, model = unit.get("module", "none"), unit.get("model", "None")
    if module not in net.modules:
        raise unknown_name(f"{field}.module", "ControlNet module", str(module), net.modules)
    models = [*net.models, *(name.rsplit(" [", 1)[0] for name in net.models)]
    if module not in net.model_free and model not in models:
        raise unknown_name(f"{field}.model", "ControlNet model", str(model), net.models)
    if mode == "txt2img" and not (unit.get("image") or unit.get("input_image")):
        raise refused("A ControlNet unit needs a picture in 'image'.", field=f"{field}.image")
    for name in ("image", "input_image", "mask"):
        value = unit.get(name)
        for image in value.values() if isinstance(value, dict) else (value,):
            if image:
                check_base64(f"{field}.{name}", image)
    # `enabled` is false by default over there, which nobody means who fills in a unit.
    checked = {**unit, "enabled": True}
    for name, texts in (("resize_mode", RESIZE_MODES), ("control_mode", CONTROL_MODES)):
        if name in unit:
            checked[name] = _text_of(f"{field}.{name}", unit[name], texts)
    if "lowvram" in checked and "low_vram" in checked:
        checked["low_vram"] = checked.pop("lowvram") or checked["low_vram"]
    return checked


def _text_of(field: str, value: Any, texts: tuple[str, ...]) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(texts):
        return texts[value]
    if value not in texts:
        raise refused(
            f"'{field.rsplit('.', 1)[1]}' of a ControlNet unit is not one of its texts.", field=field, allowed=texts
        )
    return str(value)
