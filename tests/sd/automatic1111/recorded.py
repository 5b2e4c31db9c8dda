"""Reads the recorded calls that lie beside some checkouts, with real pictures put back where they were taken out."""

import json
from pathlib import Path
from typing import Any

from artbot_server.sd.automatic1111.offers import OPTIONAL_LISTS, REQUIRED_LISTS, Offers, read_offers
from tests.sd.fake_automatic1111.drawing import base64_png


def recorded(folder: Path, name: str) -> dict:
    """One recording: request, status, response; or polls, events and jobs of a timeline."""
    return refilled(json.loads((folder / f"{name}.json").read_text()))


def paintings(folder: Path) -> list[str]:
    """The names of all recorded txt2img and img2img calls whose body is an object."""
    names = []
    for path in sorted(folder.glob("*.json")):
        call = json.loads(path.read_text())
        request = call.get("request") if isinstance(call, dict) else None
        if request and request["path"].endswith("2img") and isinstance(request.get("body"), dict):
            names.append(path.stem)
    return names


def recorded_offers(folder: Path) -> Offers:
    """What the recorded server offered, with ControlNet."""
    answers = {}
    for path in (*folder.joinpath("a1111").glob("get_*.json"), *folder.joinpath("a1111-controlnet").glob("get_*.json")):
        call = json.loads(path.read_text())
        answers.setdefault(call["request"]["path"], call["response"])
    lists = {name: answers.get(path) for name, path in (REQUIRED_LISTS | OPTIONAL_LISTS).items()}
    lists["scripts"] = {mode: [*scripts, "controlnet"] for mode, scripts in lists["scripts"].items()}
    return read_offers(lists)


def refilled(value: Any) -> Any:
    """A plain picture of the recorded size and text for each that was taken out."""
    if isinstance(value, list):
        return [refilled(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "__image__" not in value:
        return {key: refilled(item) for key, item in value.items()}
    png = value["__image__"].get("png") or {}
    return base64_png(
        (png.get("width") or 64, png.get("height") or 64), 1, (png.get("text") or {}).get("parameters", "")
    )
