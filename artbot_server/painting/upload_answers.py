"""The worker's half of an upload: check the file the web process wrote, keep it, say its id. The other is `uploads`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from artbot_server.errors import ArtbotError, Unavailable
from artbot_server.painting.picture_checks import check_picture
from artbot_server.storage.pictures import PictureStore

LEFT_OVER_AFTER_S = 3600.0
"""Age of a waiting file whose web process must have died: it waits for an answer some seconds."""

log = structlog.get_logger()


def answer_upload(body: Mapping[str, Any], pictures: PictureStore, uploads_dir: Path) -> dict[str, Any]:
    """The worker's answer to `check_upload`: the `id` of the kept picture, or the `error`'s JSON."""
    try:
        data = (uploads_dir / Path(body["name"]).name).read_bytes()
        checked = check_picture(data, body["max_bytes"])
        kept = pictures.add(pictures.write_files(checked, session_id=body["session_id"], kind=body["kind"]))
    except ArtbotError as error:
        return {"error": error.as_json()}
    except OSError as error:
        log.error("upload_not_kept", reason=str(error))
        return {"error": Unavailable("The picture could not be kept; try again in a moment.").as_json()}
    return {"id": kept.id}


def sweep_uploads(uploads_dir: Path) -> None:
    """Remove files whose upload was never answered."""
    old_before = time.time() - LEFT_OVER_AFTER_S
    for path in uploads_dir.glob("*"):
        if path.stat().st_mtime < old_before:
            path.unlink(missing_ok=True)
