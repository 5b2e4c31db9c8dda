"""Pictures that users send: set down as a file, checked by a worker, kept. The web process never decodes them."""

from __future__ import annotations

import base64
import binascii
import secrets
from pathlib import Path
from typing import Any, Literal, Protocol

from artbot_server.errors import ArtbotError, BadRequest, TooLarge
from artbot_server.painting.pictures import StoredPicture
from artbot_server.storage.pictures import PictureStore

UPLOAD_BYTES = 25_000_000
"""Largest file over HTTP: a phone's photo at its best quality."""
EVENT_IMAGE_BYTES = 700_000
CHECK_S = 20.0
"""How long a check may take: the worker may be encoding other pictures."""

UploadKind = Literal["upload", "mask"]


class Asks(Protocol):
    """The way to a worker; see `live`."""

    def ask(self, kind: str, body: dict[str, Any], blob: bytes = b"", *, timeout_s: float) -> dict[str, Any]:
        """Raises Unavailable when no worker answers in time."""
        ...


class Uploads:
    """Takes pictures in.

    Args:
        folder: where files wait for their check; on the machine that the worker shares.
    """

    def __init__(self, folder: Path, live: Asks, pictures: PictureStore) -> None:
        self._folder = folder
        self._live = live
        self._pictures = pictures

    def keep_sent(self, session_id: str, field: str, sent: bytes | str) -> StoredPicture:
        """Keep a picture that came inside an event, binary or base64 (with or without a data URL's head).

        Raises:
            BadRequest, TooLarge: naming `field`.
            Unavailable: no worker is there to check it.
        """
        if len(sent) > EVENT_IMAGE_BYTES * 4 // 3 + 100:
            raise _too_large(field)
        data = sent if isinstance(sent, bytes) else _decoded(field, sent)
        if len(data) > EVENT_IMAGE_BYTES:
            raise _too_large(field)
        return self.keep(session_id, field, data)

    def keep(self, session_id: str, field: str, data: bytes) -> StoredPicture:
        """Keep a picture's file; errors as in `keep_sent`."""
        kind: UploadKind = "mask" if field == "mask" else "upload"
        waiting = self._folder / secrets.token_hex(16)
        waiting.write_bytes(data)
        try:
            body = {"path": str(waiting), "session_id": session_id, "kind": kind}
            answer = self._live.ask("check_upload", body, timeout_s=CHECK_S)
        finally:
            waiting.unlink(missing_ok=True)
        if not answer.get("ok"):
            raise _told_by_worker(field, answer.get("error") or {})
        return self._pictures.get(str(answer["picture_id"]), session_id)


def _decoded(field: str, text: str) -> bytes:
    head, comma, rest = text.partition(",")
    try:
        return base64.b64decode(rest if comma and head.startswith("data:") else text, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest(f"The field {field} must be a picture, binary or base64.", field=field) from None


def _too_large(field: str) -> TooLarge:
    return TooLarge(
        f"The field {field} may hold {EVENT_IMAGE_BYTES} bytes at most; send larger pictures to POST /api/v1/images.",
        field=field,
        limit=EVENT_IMAGE_BYTES,
    )


def _told_by_worker(field: str, error: dict[str, Any]) -> ArtbotError:
    kind = TooLarge if error.get("code") == TooLarge.code else BadRequest
    detail = {name: value for name, value in (error.get("detail") or {}).items() if name not in ("fault", "field")}
    return kind(str(error.get("message") or "The picture cannot be used."), field=field, **detail)
