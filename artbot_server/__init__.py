"""Art Bot: a few plain words, Chinese or English, become pictures.

Importing this package does nothing; `artbot_server.app` builds a server, `artbot_server.cli` is the command line. What a
program uses it with is imported when it is first asked for: `ArtBotClient`, `automatic1111`, `demo_painter`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from artbot_server.choices import automatic1111, demo_painter
    from artbot_server.client import ArtBotClient

__version__ = "0.1.0"
__all__ = ["ArtBotClient", "__version__", "automatic1111", "demo_painter"]

_HOMES = {"ArtBotClient": "client", "automatic1111": "choices", "demo_painter": "choices"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
