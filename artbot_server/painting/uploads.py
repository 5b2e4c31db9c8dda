"""A picture somebody sends: the worker checks its bytes and keeps it.

The web process's half, which never decodes; the worker's is `upload_answers`.
"""

from __future__ import annotations

from typing import Literal

from artbot_server.painting.handed_files import HandedFiles
from artbot_server.painting.pictures import StoredPicture
from artbot_server.storage.pictures import PictureStore

UploadKind = Literal["upload", "mask"]


def keep_upload(
    data: bytes, session_id: str, kind: UploadKind, *, files: HandedFiles, pictures: PictureStore
) -> StoredPicture:
    """Have the worker check and keep these bytes; the picture as it is stored.

    Raises:
        BadRequest: no picture (field `image`).
        TooLarge: too many bytes or pixels (field `image`).
        Unavailable: no worker answers.
    """
    with files.asked("check_upload", "image", data, {"session_id": session_id, "kind": kind}) as (answer, _):
        return pictures.get(answer["id"], session_id)
