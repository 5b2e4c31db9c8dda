"""Changes templates on disk: save, copy, rename, delete, and the pictures they bring along.

Whatever is written was read back by `template_files` first, so that a template that was saved loads. Unknown fields
stay. Pictures are recoded by whoever may decode them (`Recode`), never here.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from artbot_server.errors import BadRequest, Conflict
from artbot_server.painting.atomic_files import hidden_beside, sync_folder, write_file, write_through, writing
from artbot_server.painting.template_files import check_file, files_of
from artbot_server.painting.template_folders import move_title
from artbot_server.painting.template_format import FormatError, check_template, units_as_list
from artbot_server.painting.template_inputs import INPUT_NAMES, PICTURE, decoded, is_path, own_folder, put_input, slots
from artbot_server.painting.template_names import free_name, template_name
from artbot_server.painting.template_sources import Source, file_inside, folder_path, read_source, source_of

Recode = Callable[[bytes, Literal["png", "webp"]], bytes]
"""Check a picture and write it anew, whole as PNG or small as WebP. Raises BadRequest or TooLarge (field `image`)."""

MUST_BE_NEW = ""
"""In the place of a version: nothing may stand there yet."""


class TemplateWriter:
    """Writes below one root. From any thread and process: one writes at a time.

    All methods raise NotFound for names that are not there, BadRequest for names and templates that cannot be,
    Conflict for versions and names that clash, and Unavailable when the disk does not take it.
    """

    def __init__(self, root: Path, recode: Recode) -> None:
        self._root = root
        self._recode = recode

    def save(
        self,
        folder: str,
        name: str,
        template: Mapping[str, Any],
        version: str | None = None,
        pictures: Mapping[str, bytes] | None = None,
    ) -> Source:
        """Write a template, new or in the place of an old one; an empty `name` is the first free `template1`.

        Pictures that stand in it as base64 go into files beside it.

        Args:
            version: what the caller believes stands there; MUST_BE_NEW; None writes over anything.
            pictures: those that come with it, by place; PICTURE among them.
        """
        data = copy.deepcopy(dict(template))
        _checked(data)
        recoded = self._recoded(data, pictures or {})
        with writing(self._root):
            home = folder_path(self._root, folder)
            files = files_of(home)
            name = _name(name, files)
            path = files.get(name) or home / f"{name}.json"
            _check_version(home, name, files, version)
            for slot in slots(data["api_model"]):
                if slot.name in recoded:
                    relative = f"{own_folder(name)}/{slot.name}.png"
                    write_file(home / relative, recoded[slot.name])
                    slot.put(relative)
            saved = _put(home, name, path, data)
            if PICTURE in recoded:
                write_file(path.with_suffix(".webp"), recoded[PICTURE])
            return saved

    def copy(self, folder: str, name: str, to_folder: str, to_name: str) -> Source:
        """Save under another name, with the pictures; an empty one is the first free `template1`."""
        with writing(self._root):
            return self._copy(folder, name, to_folder, to_name)

    def rename(self, folder: str, name: str, to_folder: str, to_name: str) -> Source:
        """Move a template with its pictures."""
        with writing(self._root):
            moved = self._copy(folder, name, to_folder, to_name)
            old = read_source(self._root, folder, name)
            _remove(old)
            move_title(old.home, name, moved.home, moved.name)
            return moved

    def delete(self, folder: str, name: str) -> None:
        """Remove a template and the pictures that are its own."""
        with writing(self._root):
            _remove(read_source(self._root, folder, name))

    def put_picture(self, folder: str, name: str, which: str, image: bytes | None) -> Source:
        """Set one of its inputs, or PICTURE; None takes it away."""
        if which not in (*INPUT_NAMES, PICTURE):
            raise BadRequest(f"A template has no picture {which!r}.", field="which", allowed=[*INPUT_NAMES, PICTURE])
        recoded = None if image is None else self._recode(image, "webp" if which == PICTURE else "png")
        with writing(self._root):
            source = _whole(read_source(self._root, folder, name))
            relative = f"{own_folder(name)}/{which}.png"
            path = source.path.with_suffix(".webp") if which == PICTURE else source.home / relative
            if which != PICTURE:
                data = copy.deepcopy(source.data)
                put_input(data["api_model"], which, None if recoded is None else relative)
            if recoded is not None:
                write_file(path, recoded)
            if which != PICTURE:
                source = _put(source.home, name, source.path, data)
            if recoded is None:
                path.unlink(missing_ok=True)
            return source

    def _recoded(self, data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> dict[str, bytes]:
        """The pictures that come with the template, and those that stand in it as base64, by place."""
        found = {PICTURE: self._recode(pictures[PICTURE], "webp")} if PICTURE in pictures else {}
        for slot in slots(data["api_model"]):
            if slot.name in pictures:
                found[slot.name] = self._recode(pictures[slot.name], "png")
            elif not is_path(slot.value):
                found[slot.name] = self._recode(decoded(slot.value, slot.name), "png")
        return found

    def _copy(self, folder: str, name: str, to_folder: str, to_name: str) -> Source:
        source = _whole(read_source(self._root, folder, name))
        home = folder_path(self._root, to_folder)
        files = files_of(home)
        to_name = _name(to_name, files)
        _check_version(home, to_name, files, MUST_BE_NEW)
        path = home / f"{to_name}.json"
        data = copy.deepcopy(source.data) | {"template_name": to_name}
        for slot in slots(data["api_model"]):
            text = str(slot.value)
            if is_path(text) and (home != source.home or _is_own(source, text)):
                picture = file_inside(source.home, text)
                relative = f"{own_folder(to_name)}/{slot.name}{picture.suffix}"
                write_file(home / relative, picture.read_bytes())
                slot.put(relative)
        written = _put(home, to_name, path, data)
        if source.picture:
            write_file(path.with_suffix(".webp"), source.picture.read_bytes())
        return written


def _checked(data: dict[str, Any]) -> None:
    try:
        check_template(data)
        units_as_list(copy.deepcopy(data["api_model"]))
    except FormatError as error:
        raise BadRequest(str(error), field=error.place or "template") from error


def _whole(source: Source) -> Source:
    if source.broken:
        raise BadRequest(f"The template is broken; save it anew first: {source.broken}", field="template")
    return source


def _name(name: str, files: Mapping[str, Path]) -> str:
    """A name that is there, or one that may be written; a free one for an empty one."""
    if not name.strip():
        return free_name("template", files)
    return name if name in files else template_name(name)


def _check_version(home: Path, name: str, files: Mapping[str, Path], version: str | None) -> None:
    now = source_of(home, name, files[name]).version if name in files else MUST_BE_NEW
    if version is None or version == now:
        return
    if version == MUST_BE_NEW:
        raise Conflict(f"There is a template {name!r} already.", field="name", version=now)
    raise Conflict(f"Somebody changed the template {name!r} meanwhile.", field="version", version=now)


def _put(home: Path, name: str, path: Path, data: Mapping[str, Any]) -> Source:
    """Write the file once the reader has taken it; the one before stays if it does not."""
    try:
        text = json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)
        written = (text + "\n").encode()
    except (ValueError, RecursionError) as error:
        raise BadRequest("The template holds a value that JSON has no word for.", field="template") from error
    temporary = hidden_beside(path)
    try:
        write_through(temporary, written)
        check_file(home, temporary)
        os.replace(temporary, path)
    except FormatError as error:
        raise BadRequest(str(error), field=error.place or "template") from error
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return source_of(home, name, path)


def _remove(source: Source) -> None:
    """The template first: without its pictures it would be broken, they without it are only left over."""
    own = source.home / own_folder(source.name)
    source.path.unlink()
    source.path.with_suffix(".webp").unlink(missing_ok=True)
    for path in own.glob("*"):
        if path.is_file():  # folders in it belong to templates below this one's name
            path.unlink()
    for folder in (own, *own.parents, *source.path.parents):
        if folder != source.home and folder.is_relative_to(source.home) and folder.is_dir() and not os.listdir(folder):
            folder.rmdir()


def _is_own(source: Source, text: str) -> bool:
    own = (source.home / own_folder(source.name)).resolve()
    return file_inside(source.home, text).parent == own
