"""Art Bot: a few plain words, Chinese or English, become pictures.

Importing this package loads nothing: what stands in OFFERED is imported when it is first asked for.
`artbot_server.cli` is the command line.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from artbot_server.app import create_app as create_app
    from artbot_server.choices import automatic1111 as automatic1111
    from artbot_server.choices import demo_painter as demo_painter
    from artbot_server.client import ArtBotClient as ArtBotClient
    from artbot_server.config import Settings as Settings
    from artbot_server.config import load_settings as load_settings
    from artbot_server.hooks.record import Hooks as Hooks
    from artbot_server.mounting import mount as mount

__version__ = "0.1.0"

OFFERED = {
    "ArtBotClient": "client",
    "Hooks": "hooks.record",
    "Settings": "config",
    "automatic1111": "choices",
    "create_app": "app",
    "demo_painter": "choices",
    "load_settings": "config",
    "mount": "mounting",
}
"""What other programs use it with: a name, and the module it is in."""


def __getattr__(name: str) -> Any:
    if name not in OFFERED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{OFFERED[name]}"), name)
