"""Pictures into files: whole or not at all, and never over one that is there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artbot_server.errors import BackendFailed, BadRequest, TooLarge
from artbot_server.painting.picture_checks import check_picture
from artbot_server.painting.pictures import EXTENSIONS, CheckedPicture
from artbot_server.sd.base import Picture, Result

MAX_PICTURE_BYTES = 128 * 1024 * 1024
"""As the worker takes from a backend."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A picture in its file; sizes in pixels."""

    path: Path
    width: int
    height: int
    seed: int | None
    infotext: str

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "path": str(self.path),
            "width": self.width,
            "height": self.height,
            "seed": self.seed,
            "infotext": self.infotext,
        }


def checked_pictures(result: Result) -> list[tuple[Picture, CheckedPicture]]:
    """The pictures of a result, without grids and maps, each with what is known of its file.

    Raises:
        BackendFailed: there is none, or one that does not open.
    """
    pictures = [picture for picture in result.pictures if picture.kind == "picture"]
    if not pictures:
        raise BackendFailed("The backend sent no picture.", retry=True)
    try:
        return [(picture, check_picture(picture.data, MAX_PICTURE_BYTES)) for picture in pictures]
    except (BadRequest, TooLarge) as error:
        raise BackendFailed(f"The backend sent something of no use: {error.message}", retry=True) from error


def require_room(folder: Path) -> None:
    """Before anything is painted: files can be written there. Nothing is made yet. Raises BadRequest."""
    nearest = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise BadRequest(f"{folder} cannot be written: {nearest} is no folder.", field="out")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise BadRequest(f"{folder} cannot be written: permission denied in {nearest}.", field="out")


def save(picture: Picture, checked: CheckedPicture, folder: Path, stem: str) -> Saved:
    """Write a picture as it came to `<folder>/<stem>.<ext>`, or `<stem>_2` and so on where that is taken.

    Raises:
        BadRequest: the folder cannot be written.
    """
    path = write_new(checked.data, folder, stem, EXTENSIONS[checked.mime])
    return Saved(path, *checked.size, picture.seed, picture.infotext)


def write_new(data: bytes, folder: Path, stem: str, extension: str) -> Path:
    """Write a file under a name that is free; the path. Raises BadRequest when the folder cannot be written."""
    part = folder / f".{stem}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(data)
            return _linked(part, folder, stem, extension)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise BadRequest(f"{folder} cannot be written: {error.strerror}.", field="out") from error


def _linked(part: Path, folder: Path, stem: str, extension: str) -> Path:
    number = 1
    while True:
        path = folder / f"{stem}{f'_{number}' if number > 1 else ''}.{extension}"
        try:
            os.link(part, path)  # fails where something is there already, which a rename would replace
            return path
        except FileExistsError:
            number += 1
