"""What a kept picture is, and its record for clients. Pure: files are in `storage/pictures`, pixels in `picture_checks`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

PictureKind = Literal["picture", "grid", "map", "upload", "mask"]

Sign = Callable[[str, str], str]
"""`sign(id, variant)`: an address a client may open; `original` or `thumbnail` of a picture, `shared` of a share token."""

EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """One row of `schema.pictures`; sizes in pixels, `bytes` of the file as it came."""

    id: str
    session_id: str
    kind: PictureKind
    mime: str
    width: int
    height: int
    bytes: int
    job_id: str | None = None
    position: int = 0
    seed: int | None = None
    infotext: str = ""
    created_at: float = 0.0
    share_token: str | None = None
    batch_id: str | None = None


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    """A file that is known to open. `size`: width and height in pixels; `thumbnail`: a WebP, at most 768 px."""

    data: bytes
    mime: str
    size: tuple[int, int]
    thumbnail: bytes


def mime_of(data: bytes) -> str | None:
    """The kind of picture file by its first bytes, None when it is none of ours; says nothing about the rest."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    return None


def picture_json(picture: StoredPicture, sign: Sign) -> dict[str, Any]:
    """The `picture` record of docs/protocol.md."""
    return {
        "id": picture.id,
        "url": sign(picture.id, "original"),
        "thumbnail_url": sign(picture.id, "thumbnail"),
        "mime": picture.mime,
        "width": picture.width,
        "height": picture.height,
        "bytes": picture.bytes,
        "seed": picture.seed,
        "infotext": picture.infotext,
        "shared_url": sign(picture.share_token, "shared") if picture.share_token else None,
    }


def pictures_and_grid(
    pictures: Iterable[StoredPicture], sign: Sign
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """A job's pictures as records, in their order, and its grid; ControlNet's maps are kept but not shown."""
    ordered = sorted(pictures, key=lambda picture: picture.position)
    grids = [picture_json(picture, sign) for picture in ordered if picture.kind == "grid"]
    return [picture_json(picture, sign) for picture in ordered if picture.kind == "picture"], next(iter(grids), None)
