"""What this server offers, as clients are told it: the `server` part of the snapshot. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from artbot_server import __version__
from artbot_server.config import Settings
from artbot_server.llm.base import Engine
from artbot_server.painting.batch_plans import MOST_ITEMS, MOST_TIMES
from artbot_server.storage.backends import KnownBackend
from artbot_server.web.fields import EVENT_IMAGE_BYTES
from artbot_server.web.requests import TEXT_CHARS
from artbot_server.web.services import UPLOAD_BYTES


def server_record(settings: Settings, engine: Engine, known: Sequence[KnownBackend], workers: int) -> dict[str, Any]:
    """`server` of docs/protocol.md."""
    return {
        "version": __version__,
        "demo": {"engine": engine.demo, "backend": _paints_demo(settings, known)},
        "engine": {"name": engine.name, "models": list(engine.models)},
        "backends": [backend.as_json() for backend in known],
        "worker": workers > 0,
        "saves": settings.save_dir is not None,
        "limits": {
            "text_chars": TEXT_CHARS,
            "image_bytes": EVENT_IMAGE_BYTES,
            "upload_bytes": UPLOAD_BYTES,
            "queue": settings.queue_limit,
            "batch": MOST_ITEMS,
            "times": MOST_TIMES,
            "chat_per_minute": settings.chat_limit,
        },
    }


def _paints_demo(settings: Settings, known: Sequence[KnownBackend]) -> bool:
    """Our own worker has our settings; the rows may still hold an earlier start's backends."""
    up = [backend for backend in known if backend.up]
    if settings.worker == "child" or not up:
        return all(url.startswith("demo:") for url in settings.sd_urls)
    return all(backend.demo for backend in up)
