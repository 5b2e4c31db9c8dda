"""`artbot models`: what the backend offers to choose from, by every name it goes by."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from artbot_server.config import Settings
from artbot_server.painting.backend_lists import NAMED_BY

if TYPE_CHECKING:
    from artbot_server.sd.base import Backend, ListName, Refreshable, Row

REFRESHED: Final[tuple[Refreshable, ...]] = ("models", "loras", "vaes", "embeddings")
"""What a backend reads from its disk."""


def add_to(commands: Any) -> None:
    """Enter the command's arguments."""
    parser = commands.add_parser(
        "models",
        help="list the models, samplers and more that the backend offers",
        description="Ask the backend (ARTBOT_SD_URL, or the demo painter) what can be chosen. First\n"
        "stands the name to write, beside it what else it goes by.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--refresh", action="store_true", help="have the backend look at its disk first")
    parser.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    parser.set_defaults(run=run)


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Ask and print; the exit code."""
    from artbot_server.commands.output import say, say_json
    from artbot_server.painting.backend_answers import offers
    from artbot_server.studio import Studio

    backend = Studio(settings).backend
    if arguments.refresh:
        _refresh(backend)
    can = backend.abilities()
    found = offers(backend) | {"hr_upscalers": list(can.upscalers)}
    if arguments.json:
        say_json({"ok": True, "backend": backend.name, "kind": backend.kind, "loaded_model": can.loaded_model, **found})
        return 0
    say([f"{backend.name} ({backend.kind})"])
    for title, rows in tables(found, can.loaded_model):
        width = max(len(name) for name, _ in rows)
        say(["", f"{title}:", *(f"  {name:{width}}  {more}".rstrip() for name, more in rows)])
    return 0


def tables(found: Mapping[str, Any], loaded: str | None) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Every list that is not empty, by its title: the names to write and what is to be said beside them. Pure.

    Args:
        found: as of `backend_answers.offers`, and `hr_upscalers`: what the second pass takes, latent ones too.
        loaded: the model that is loaded.
    """
    net = found["controlnet"] or {"models": [], "modules": {}}
    lists: dict[str, list[tuple[str, str]]] = {
        name: [_line(name, row, loaded) for row in found[name]] for name in NAMED_BY
    }
    plain = [row["name"] for row in found["upscalers"]]
    lists["upscalers"] += [(name, "second pass only") for name in found["hr_upscalers"] if name not in plain]
    lists["ControlNet models"] = [(name, "") for name in net["models"]]
    lists["ControlNet modules"] = [
        (name, "needs no model" if about.get("model_free") else "") for name, about in net["modules"].items()
    ]
    yield from ((title, rows) for title, rows in lists.items() if rows)


def _line(name: ListName, row: Row, loaded: str | None) -> tuple[str, str]:
    match name:
        case "models":
            is_loaded = row["model_name"] == loaded
            more = [row["title"] if row["title"] != row["model_name"] else "", "(loaded)" if is_loaded else ""]
            return row["model_name"], "  ".join(filter(None, more))
        case "samplers":
            return row["name"], ", ".join(row["aliases"] or ())
        case "schedulers":  # orders take the label
            return row["label"], ", ".join([row["name"], *(row["aliases"] or ())])
        case "loras":
            return row["name"], row.get("alias") or ""
        case "embeddings":
            return row["name"], "does not fit the loaded model" if row["skipped"] else ""
        case "styles":
            return row["name"], " ".join((row["prompt"] or "").split())
        case "upscalers":
            return row["name"], f"x{row['scale']:g}" if row.get("scale") else ""
        case _:
            return row["model_name"], ""


def _refresh(backend: Backend) -> None:
    """All of its lists; one that it cannot refresh is told, and no reason to end."""
    from artbot_server.commands.output import warn
    from artbot_server.errors import BackendFailed

    for name in REFRESHED:
        try:
            backend.refresh(name)
        except BackendFailed as error:
            if error.detail.get("retry"):
                raise
            warn(f"The list of {name} is not new: {error.message}")
