"""A picture somebody sends: the web process puts the bytes into a file, the worker checks them and keeps the picture.

The web process's half, which never decodes; the worker's is `upload_answers`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from artbot_server.errors import TooLarge, error_of
from artbot_server.painting.pictures import StoredPicture
from artbot_server.storage.pictures import PictureStore

ANSWER_WITHIN_S = 20.0
"""Checking 40 million pixels takes some seconds; a worker that needs longer is stuck."""

Ask = Callable[..., dict[str, Any]]
"""`LiveHub.ask`."""
UploadKind = Literal["upload", "mask"]


def keep_upload(
    data: bytes,
    session_id: str,
    kind: UploadKind,
    *,
    uploads_dir: Path,
    max_bytes: int,
    ask: Ask,
    pictures: PictureStore,
) -> StoredPicture:
    """Have the worker check and keep these bytes; the picture as it is stored.

    Raises:
        BadRequest: no picture (field `image`).
        TooLarge: too many bytes or pixels (field `image`).
        Unavailable: no worker answers.
    """
    if len(data) > max_bytes:
        raise TooLarge(f"The picture is larger than {max_bytes} bytes.", field="image", limit=max_bytes)
    uploads_dir.mkdir(parents=True, exist_ok=True)
    path = uploads_dir / secrets.token_hex(16)
    path.write_bytes(data)
    try:
        body = {"name": path.name, "session_id": session_id, "kind": kind, "max_bytes": max_bytes}
        answer = ask("check_upload", body, timeout_s=ANSWER_WITHIN_S)
    finally:
        path.unlink(missing_ok=True)
    if "error" in answer:
        raise error_of(answer["error"])
    return pictures.get(answer["id"], session_id)
