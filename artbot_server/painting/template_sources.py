"""Where templates lie on disk, and their files as they are written: for whoever shows or changes them.

Names are looked up among what is there and never joined to a path. What a template means is `template_files`' affair.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from artbot_server.errors import NotFound, Unavailable
from artbot_server.painting.template_files import check_file, files_of
from artbot_server.painting.template_format import FormatError
from artbot_server.painting.template_inputs import is_path, slots

VERSION_CHARS = 12


@dataclass(frozen=True, slots=True)
class Source:
    """One template's file.

    Attributes:
        home: the folder it belongs to; `path` lies in it or below.
        version: short hash of the file's bytes.
        data: its JSON, {} where it is none.
        broken: why it cannot be used, "" when it can.
    """

    name: str
    home: Path
    path: Path
    version: str
    data: dict[str, Any] = field(default_factory=dict)
    broken: str = ""

    @property
    def folder(self) -> str:
        """The folder's name."""
        return self.home.name

    @property
    def picture(self) -> Path | None:
        """What it looks like, where somebody has painted it."""
        path = self.path.with_suffix(".webp")
        return path if path.is_file() else None

    def inputs(self) -> dict[str, Path | str]:
        """Its pictures by place: a file inside the folder, or the text where it is written into the template."""
        if self.broken:
            return {}
        found: dict[str, Path | str] = {}
        for slot in slots(self.data["api_model"]):
            text = str(slot.value)
            found[slot.name] = file_inside(self.home, text) if is_path(text) else text
        return found


def folder_path(root: Path, name: str) -> Path:
    """The folder of that name. Raises NotFound (field `folder`), Unavailable."""
    try:
        folders = {entry.name: entry for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith(".")}
    except OSError as error:
        raise Unavailable(f"The folder of templates cannot be read: {error.strerror}.") from error
    if name not in folders:
        raise _not_found("folder", name, folders)
    return folders[name]


def read_source(root: Path, folder: str, name: str) -> Source:
    """One template's file as it is now, also a broken one.

    Raises:
        NotFound: no such folder (`folder`) or template (`template`).
        Unavailable: the disk cannot be read.
    """
    home = folder_path(root, folder)
    try:
        files = files_of(home)
        if name not in files:
            raise _not_found("template", name, files)
        return source_of(home, name, files[name])
    except OSError as error:
        raise Unavailable(f"The template cannot be read: {error.strerror}.") from error


def source_of(home: Path, name: str, path: Path) -> Source:
    """The same for a file that was found already. Raises OSError."""
    data = path.read_bytes()
    version = hashlib.sha256(data).hexdigest()[:VERSION_CHARS]
    try:
        parsed = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        return Source(name, home, path, version, broken=f"The file is no JSON: {error}.")
    try:
        check_file(home, path)
    except FormatError as error:
        return Source(name, home, path, version, parsed if isinstance(parsed, dict) else {}, str(error))
    return Source(name, home, path, version, parsed)


def file_inside(home: Path, text: str) -> Path:
    """A path of a template that was checked, as a file."""
    return (home / PurePosixPath(text.replace("\\", "/"))).resolve()


def _not_found(field_name: str, name: str, allowed: Iterable[str]) -> NotFound:
    return NotFound(f"There is no {field_name} {name!r}.", field=field_name, allowed=sorted(allowed))
