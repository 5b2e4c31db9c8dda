"""`artbot models`: what the backend offers to choose from."""

from __future__ import annotations

import argparse
from typing import Any

from artbot_server.config import Settings

LISTS = (
    *("models", "samplers", "schedulers", "loras", "styles", "upscalers"),
    *("controlnet_models", "controlnet_modules"),
)


def add_to(commands: Any) -> None:
    """Enter the command's arguments."""
    parser = commands.add_parser(
        "models",
        help="list the models, samplers and more that the backend offers",
        description="Ask the backend (ARTBOT_SD_URL, or the demo painter) what can be chosen.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    parser.set_defaults(run=run)


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Ask and print; the exit code."""
    from artbot_server.commands.output import say, say_json
    from artbot_server.studio import Studio

    studio = Studio(settings)
    found = {name: list(getattr(studio.abilities, name)) for name in LISTS}
    if arguments.json:
        loaded = studio.abilities.loaded_model
        say_json({"ok": True, "backend": studio.backend.name, "loaded_model": loaded, **found})
        return 0
    lines = [f"{studio.backend.name} ({studio.backend.kind})"]
    for name, values in found.items():
        if values:
            lines += ["", f"{name.replace('_', ' ')}:", *(f"  {value}" for value in values)]
    say(lines)
    return 0
