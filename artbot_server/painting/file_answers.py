"""The worker's half of the template tool's files: recode pictures, read their texts, open shared files.

The other half is `file_questions`. What comes out as bytes goes into files beside the one that was asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog

from artbot_server.errors import ArtbotError, Unavailable
from artbot_server.painting.picture_checks import recoded
from artbot_server.painting.picture_text import read_text
from artbot_server.painting.template_bundles import unpack

log = structlog.get_logger()


def answer_file(kind: str, body: Mapping[str, Any], uploads_dir: Path) -> dict[str, Any]:
    """The answer to one of `FILE_QUESTIONS`, or the `error`'s JSON."""
    try:
        return FILE_QUESTIONS[kind](uploads_dir / Path(body["name"]).name, body)
    except ArtbotError as error:
        return {"error": error.as_json()}
    except OSError as error:
        log.error("file_not_read", reason=str(error))
        return {"error": Unavailable("The file could not be read; try again in a moment.").as_json()}


def _recode(path: Path, body: Mapping[str, Any]) -> dict[str, Any]:
    path.write_bytes(recoded(path.read_bytes(), body["max_bytes"], body["form"]))
    return {}


def _text(path: Path, _body: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": read_text(path.read_bytes())}


def _open(path: Path, body: Mapping[str, Any]) -> dict[str, Any]:
    bundle = unpack(path.read_bytes(), body["filename"])
    names = {}
    for number, (place, picture) in enumerate(bundle.pictures.items()):
        names[place] = f"{path.name}-{number}"
        path.with_name(names[place]).write_bytes(picture)
    return {"name": bundle.name, "template": bundle.template, "pictures": names}


FILE_QUESTIONS: Mapping[str, Callable[[Path, Mapping[str, Any]], dict[str, Any]]] = {
    "recode_picture": _recode,
    "read_picture_text": _text,
    "open_bundle": _open,
}
"""What a worker is asked about a file, by the question's kind."""
