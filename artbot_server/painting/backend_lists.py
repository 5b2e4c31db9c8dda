"""A backend's lists and settings, made fit for other people, and the lists of several joined. Pure.

Nobody but who runs a backend is told paths of its disk, what training tools wrote into a LoRA, or keys.
"""

from __future__ import annotations

import ntpath  # cuts at both kinds of slash: a backend may run on Windows
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from artbot_server.sd.base import ListName, Row

NAMED_BY: Final[Mapping[ListName, str]] = {
    "models": "model_name",
    "samplers": "name",
    "schedulers": "name",
    "loras": "name",
    "embeddings": "name",
    "styles": "name",
    "upscalers": "name",
    "vaes": "model_name",
}
"""Every list and the field that tells its rows apart."""

PATHS = ("filename", "path", "config", "model_path")
METADATA_CHARS = 120
"""Longest value kept of a LoRA's metadata: its network, base model and title, but not the words of its pictures."""
METADATA_FIELDS = re.compile(
    r"modelspec\.\w+|ss_(output_name|sd_model_name|base_model_version|network_\w+|clip_skip|resolution)"
)

_PATH = re.compile(r"(?:[A-Za-z]:)?[\\/]{1,2}\w[^\n]*")
_SECRET = re.compile(
    r"password|passwd|secret|credential|api_?key|(^|_)key$|access_?token|auth_?token|(^|_)token$", re.I
)


def shown_row(row: Row) -> Row:
    """One row without folders of its disk, and of a LoRA's metadata what is short and says what it is."""
    shown = {name: _file(value) if name in PATHS else value for name, value in row.items()}
    if isinstance(metadata := row.get("metadata"), Mapping):
        shown["metadata"] = {
            name: value
            for name, value in metadata.items()
            if METADATA_FIELDS.fullmatch(name) and len(str(value)) <= METADATA_CHARS
        }
    return shown


def shown_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Settings without paths from the root of its disk and without what looks like a key or a password."""
    return {
        name: value
        for name, value in options.items()
        if not _SECRET.search(name) and not (isinstance(value, str) and _PATH.fullmatch(value))
    }


def merged_offers(known: Sequence[Mapping[str, Any]], answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What can be chosen, over all backends that answered, as an order is checked: what each of them has, of models
    what any has. A backend with an empty list has no say in that list.

    Args:
        known: a record of each backend, shown as it is.
        answers: by backend, its lists by name and `controlnet` `{models, modules, types, units}` or None.

    Returns:
        `backends`, every list of `NAMED_BY` (a model's `backends` are those that have it), `controlnet_models` (names),
        `controlnet_modules` (`{name: {model_free, sliders}}`), `controlnet_types`, `controlnet_units`.
    """
    lists: dict[str, Any] = {name: _in_all(name, [answer[name] for answer in answers.values()]) for name in NAMED_BY}
    lists["models"] = _in_any({backend: answer["models"] for backend, answer in answers.items()})
    nets = [answer["controlnet"] for answer in answers.values() if answer["controlnet"]]
    modules = [net["modules"] for net in nets]
    types = [net["types"] for net in nets]
    return {
        "backends": [dict(each) for each in known],
        **lists,
        "controlnet_models": _common([net["models"] for net in nets]),
        "controlnet_modules": {name: modules[0][name] for name in _common([list(each) for each in modules])},
        "controlnet_types": {name: types[0][name] for name in _common([list(each) for each in types])},
        "controlnet_units": min((net["units"] for net in nets), default=0),
    }


def _in_all(name: ListName, several: Sequence[list[Row]]) -> list[Row]:
    key, filled = NAMED_BY[name], [rows for rows in several if rows]
    names = _common([[row[key] for row in rows] for rows in filled])
    return [row for row in filled[0] if row[key] in names] if filled else []


def _in_any(models: Mapping[str, list[Row]]) -> list[Row]:
    found: dict[str, Row] = {}
    for backend, rows in models.items():
        for row in rows:
            found.setdefault(row["model_name"], {**row, "backends": []})["backends"].append(backend)
    return list(found.values())


def _common(several: Sequence[list[str]]) -> list[str]:
    filled = [names for names in several if names]
    return [name for name in filled[0] if all(name in names for names in filled)] if filled else []


def _file(value: Any) -> Any:
    return ntpath.basename(value) if isinstance(value, str) else value
