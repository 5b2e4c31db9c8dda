"""A template as one file to share: a `.json`, or a `.zip` with the pictures it brings along.

Inside a zip everything lies as in a folder of templates, so that it can be unpacked into one by hand as well. Opening
somebody's zip takes time, so it is the worker's; everything in it is bounded before it is read.
"""

from __future__ import annotations

import copy
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from artbot_server.errors import BadRequest, TooLarge
from artbot_server.painting.template_format import FormatError, check_template, units_as_list
from artbot_server.painting.template_inputs import PICTURE, decoded, is_path, slots
from artbot_server.painting.template_sources import Source

MOST_FILES = 200
MOST_BYTES = 50_000_000
"""Unpacked: some pictures of a phone's size as PNG."""
JSON_BYTES = 30_000_000
"""A template with such pictures written into it as base64."""
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)
"""What `zipfile` raises for files that are cut, made up, or want a password."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was in a shared file.

    Attributes:
        name: what it was called there.
        template: its JSON.
        pictures: all its inputs by place, and PICTURE; bytes that nobody has looked at yet.
    """

    name: str
    template: dict[str, Any]
    pictures: dict[str, bytes] = field(default_factory=dict)


def pack(source: Source) -> tuple[str, bytes]:
    """A template's file to share: its name and bytes. Raises OSError, BadRequest when it is broken."""
    if source.broken:
        raise BadRequest(f"The template is broken: {source.broken}", field="template")
    name = PurePosixPath(source.name).name
    files = {path.relative_to(source.home.resolve()).as_posix(): path for path in _files(source)}
    if not files and not source.picture:
        return f"{name}.json", source.path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:  # pictures are compressed already
        packed.writestr(f"{source.name}.json", source.path.read_bytes())
        for relative, path in files.items():
            packed.writestr(relative, path.read_bytes())
        if source.picture:
            packed.writestr(f"{source.name}.webp", source.picture.read_bytes())
    return f"{name}.zip", buffer.getvalue()


def unpack(data: bytes, filename: str = "") -> Bundle:
    """Read a shared file.

    Raises:
        BadRequest: it is neither, broken, or holds no template that can be used (field `file`).
        TooLarge: unpacked it would be too much (field `file`).
    """
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                return _unpacked(packed)
        except _BROKEN_ZIP as error:
            raise BadRequest("This zip file is broken or locked.", field="file") from error
    template = _template(data)
    pictures = _written_in(template)
    if pictures.keys() != {slot.name for slot in slots(template["api_model"])}:
        raise BadRequest("This template names pictures that are not in the file; send a zip with them.", field="file")
    return Bundle(PurePosixPath(filename.replace("\\", "/")).stem, template, pictures)


def _unpacked(packed: zipfile.ZipFile) -> Bundle:
    infos = {info.filename: info for info in packed.infolist() if not info.is_dir() and _is_wanted(info.filename)}
    if len(infos) > MOST_FILES or sum(info.file_size for info in infos.values()) > MOST_BYTES:
        raise TooLarge("There is too much in this zip file.", field="file", limit=MOST_BYTES)
    templates = [name for name in infos if name.lower().endswith(".json")]
    if len(templates) != 1:
        raise BadRequest(f"A zip file holds one template; this one has {len(templates)}.", field="file")
    where = PurePosixPath(templates[0])
    template = _template(_read(packed, infos[templates[0]]))
    pictures = _written_in(template)
    for slot in slots(template["api_model"]):
        if slot.name not in pictures:
            wanted = PurePosixPath(slot.value.replace("\\", "/"))
            found = next((name for name in (str(wanted), str(where.parent / wanted)) if name in infos), None)
            if found is None:
                raise BadRequest(f"The zip file lacks the picture {str(wanted)!r}.", field="file")
            pictures[slot.name] = _read(packed, infos[found])
    if (shown := str(where.with_suffix(".webp"))) in infos:
        pictures[PICTURE] = _read(packed, infos[shown])
    return Bundle(str(where.with_suffix("")), template, pictures)


def _written_in(template: dict[str, Any]) -> dict[str, bytes]:
    """Take pictures that are written into the template out of it, by place."""
    found = {}
    for slot in slots(template["api_model"]):
        if not is_path(slot.value):
            found[slot.name] = decoded(slot.value, slot.name)
            slot.put(f"{slot.name}.png")  # whoever saves it says where it lies
    return found


def _template(data: bytes) -> dict[str, Any]:
    if len(data) > JSON_BYTES:
        raise TooLarge("This template is too long.", field="file", limit=JSON_BYTES)
    try:
        parsed: dict[str, Any] = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
        check_template(parsed)
        units_as_list(copy.deepcopy(parsed["api_model"]))
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"This is neither a zip file nor JSON: {error}.", field="file") from error
    except FormatError as error:
        raise BadRequest(f"This is no template: {error}", field="file") from error
    return parsed


def _read(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with packed.open(info) as file:
        return file.read(info.file_size)  # and no byte more, whatever really comes


def _is_wanted(name: str) -> bool:
    """Without what file managers leave in a zip."""
    return not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _files(source: Source) -> list[Path]:
    return list(dict.fromkeys(value for value in source.inputs().values() if isinstance(value, Path)))
