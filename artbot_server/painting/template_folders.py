"""Changes the folders of templates: make, edit `folder.toml` and `system_prompt.md`, delete.

A `folder.toml` keeps the comments and the order that somebody gave it; what it may hold is `template_format`'s rule.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError

from artbot_server.errors import BadRequest, Conflict
from artbot_server.painting.atomic_files import sync_folder, write_file, writing
from artbot_server.painting.template_files import SETTINGS, SYSTEM_PROMPT, files_of
from artbot_server.painting.template_format import FormatError, check_folder
from artbot_server.painting.template_names import folder_name, free_name
from artbot_server.painting.template_sources import folder_path


class FolderWriter:
    """Writes folders below one root. Raises NotFound, BadRequest, Conflict and Unavailable as `TemplateWriter` does."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def create(
        self, name: str = "", settings: Mapping[str, Any] | None = None, system_prompt: str | None = None
    ) -> str:
        """A new folder; the name it got. An empty one is the first free `template_folder1`."""
        with writing(self._root):
            taken = os.listdir(self._root)
            name = folder_name(name) if name.strip() else free_name("template_folder", taken)
            if name in taken:
                raise Conflict(f"There is a folder {name!r} already.", field="name")
            text = _edited(tomlkit.document(), settings or {})
            home = self._root / name
            home.mkdir()
            _write(home, text if settings else None, system_prompt)
            sync_folder(self._root)
        return name

    def read(self, name: str) -> tuple[dict[str, Any], str]:
        """The settings and the system prompt as they are written. Raises BadRequest for broken ones."""
        home = folder_path(self._root, name)
        try:
            prompt = (home / SYSTEM_PROMPT).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            prompt = ""
        except UnicodeDecodeError as error:
            raise BadRequest(f"{SYSTEM_PROMPT} is not in UTF-8.", field="folder") from error
        return _settings(home).unwrap(), prompt.strip()

    def edit(self, name: str, settings: Mapping[str, Any], system_prompt: str | None = None) -> None:
        """Change some settings; None takes one out. `system_prompt` is written where it is given, empty: taken away."""
        with writing(self._root):
            home = folder_path(self._root, name)
            _write(home, _edited(_settings(home), settings) if settings else None, system_prompt)

    def delete(self, name: str, *, with_templates: bool = False) -> None:
        """Remove a folder with everything in it; one that has templates only when that is said.

        Raises:
            Conflict: it has templates.
        """
        with writing(self._root):
            home = folder_path(self._root, name)
            count = len(files_of(home))
            if count and not with_templates:
                raise Conflict(f"The folder {name!r} has {count} templates.", field="with_templates", templates=count)
            gone = self._root / f".{secrets.token_hex(8)}.tmp"
            home.rename(gone)  # it vanishes as a whole, whatever becomes of the rest
            shutil.rmtree(gone)


def move_title(home: Path, name: str, to_home: Path, to_name: str) -> None:
    """Take a renamed template's title along. Raises OSError; a `folder.toml` that cannot be read keeps it."""
    try:
        settings, to_settings = _settings(home), _settings(to_home)
    except BadRequest:
        return
    if home == to_home:
        to_settings = settings
    title = settings.get("titles", {}).pop(name, None)
    if title is None:
        return
    to_settings.setdefault("titles", tomlkit.table())[to_name] = title
    for folder, changed in ((home, settings), (to_home, to_settings)):
        write_file(folder / SETTINGS, tomlkit.dumps(changed).encode())


def _settings(home: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse((home / SETTINGS).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return tomlkit.document()
    except (ParseError, UnicodeDecodeError) as error:
        raise BadRequest(f"{SETTINGS} is broken and has to be mended by hand: {error}.", field="folder") from error


def _edited(document: tomlkit.TOMLDocument, settings: Mapping[str, Any]) -> str:
    for name, value in settings.items():
        if value is None:
            document.pop(name, None)
        elif name == "titles" and isinstance(value, Mapping):
            table = tomlkit.table()
            for template, title in value.items():
                inline = tomlkit.inline_table()
                inline.update(title)
                table.add(template, inline)
            document[name] = table
        else:
            document[name] = value
    text = tomlkit.dumps(document)
    try:
        check_folder(tomllib.loads(text))
    except (FormatError, tomllib.TOMLDecodeError) as error:
        raise BadRequest(str(error), field="folder") from error
    return text


def _write(home: Path, settings: str | None, system_prompt: str | None) -> None:
    if settings is not None:
        write_file(home / SETTINGS, settings.encode())
    if system_prompt is not None and system_prompt.strip():
        write_file(home / SYSTEM_PROMPT, (system_prompt.strip() + "\n").encode())
    elif system_prompt is not None:
        (home / SYSTEM_PROMPT).unlink(missing_ok=True)
