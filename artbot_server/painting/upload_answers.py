"""The worker's half of an upload: check the file the web process wrote, keep it, say its id. The other is `uploads`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from artbot_server.errors import ArtbotError
from artbot_server.painting.handed_files import HandedFile
from artbot_server.painting.picture_checks import check_picture
from artbot_server.storage.picture_files import PictureFiles
from artbot_server.storage.pictures import PictureStore


def answer_upload(body: Mapping[str, Any], pictures: PictureStore, files: PictureFiles) -> dict[str, Any]:
    """The worker's answer to `check_upload`: the `id` of the kept picture, or the `error`'s JSON."""
    try:
        checked = check_picture(HandedFile(files, body["id"]).read(), body["max_bytes"])
        kept = pictures.add(pictures.write_files(checked, session_id=body["session_id"], kind=body["kind"]))
    except ArtbotError as error:
        return {"error": error.as_json()}
    return {"id": kept.id}
