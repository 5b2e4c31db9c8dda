"""Art Bot: a few plain words, Chinese or English, become pictures.

Importing this package loads nothing: what stands in OFFERED is imported when it is first asked for.
`artbot_server.cli` is the command line.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from artbot_server.app import create_app as create_app
    from artbot_server.config import Settings as Settings
    from artbot_server.config import load_settings as load_settings
    from artbot_server.hooks.record import Hooks as Hooks
    from artbot_server.mounting import mount as mount

__version__ = "0.1.0"

OFFERED = {
    "Hooks": "hooks.record",
    "Settings": "config",
    "create_app": "app",
    "load_settings": "config",
    "mount": "mounting",
}
"""For those who embed it: a name, and the module it is in."""


def __getattr__(name: str) -> Any:
    if name not in OFFERED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{OFFERED[name]}"), name)
