"""Folders and templates as clients see them: the ack of `templates`. Pure."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from artbot_server.painting.merge import DEFAULTS, expected
from artbot_server.painting.templates import Bilingual, Folder, Library, Template
from artbot_server.sd.base import Abilities


def templates_json(library: Library, abilities: Abilities) -> dict[str, Any]:
    """`version, folders, abilities` of docs/protocol.md."""
    return {
        "version": library.version,
        "folders": [_folder_json(folder, library.version) for folder in library.folders.values()],
        "abilities": {
            "samplers": list(abilities.samplers),
            "schedulers": list(abilities.schedulers),
            "models": list(abilities.models),
            "fields": list(abilities.fields),
            "max_side": abilities.max_side,
            "max_pixels": abilities.max_pixels,
            "max_batch": abilities.max_batch,
        },
    }


def picture_of(library: Library, folder: str, template: str | None) -> Path | None:
    """The picture of a folder or template, looked up by name in what was loaded."""
    found = library.folders.get(folder)
    if found is None:
        return None
    if template is None:
        return found.picture
    inside = found.templates.get(template)
    return inside.picture if inside else None


def picture_address(library: Library, folder: str, template: str) -> str | None:
    """Where a template's picture is served, None where it has none."""
    return _address(folder, template, library.version) if picture_of(library, folder, template) else None


def _folder_json(folder: Folder, version: str) -> dict[str, Any]:
    templates = [_template_json(template, version) for template in folder.templates.values()]
    broken = [
        {"name": name.removesuffix(".json"), "title": {"en": name, "zh": name}, "broken": reason}
        for name, reason in folder.broken.items()
    ]
    return {
        "name": folder.name,
        "title": _both(folder.title, folder.name),
        "about": _both(folder.about, ""),
        "for_children": folder.for_children,
        "picture_url": _address(folder.name, None, version) if folder.picture else None,
        "templates": templates + broken,
    }


def _template_json(template: Template, version: str) -> dict[str, Any]:
    fields = {**DEFAULTS, **template.fields}
    width, height, count = expected(fields)
    return {
        "name": template.name,
        "title": _both(template.title, template.name),
        "mode": template.mode,
        "needs_image": template.mode == "img2img" and not template.inputs.init_images,
        "width": width,
        "height": height,
        "count": count,
        "steps": fields["steps"],
        "picture_url": _address(template.folder, template.name, version) if template.picture else None,
        "broken": None,
        "parameters": dict(template.fields),
    }


def _both(text: Bilingual, otherwise: str) -> dict[str, str]:
    return {"en": text.en or otherwise, "zh": text.zh or text.en or otherwise}


def _address(folder: str, template: str | None, version: str) -> str:
    query = f"folder={quote(folder, safe='')}&v={version}"
    return f"/template_picture?{query}" + (f"&template={quote(template, safe='')}" if template else "")
