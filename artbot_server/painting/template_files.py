"""Reads the folders of templates from disk. A broken file is reported by name and the rest work.

Pictures inside a payload are taken out: a path is checked to stay inside its folder, base64 is decoded, and both get
a name (`<folder>/<path>` or `<folder>/<template>.json#<place>`) under which `read_input` finds them.
"""

from __future__ import annotations

import base64
import binascii
import copy
import hashlib
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import orjson

from artbot_server import errors
from artbot_server.painting.template_format import (
    FolderFile,
    FormatError,
    check_folder,
    check_template,
    controlnet_units,
    units_as_list,
)
from artbot_server.painting.templates import Bilingual, Folder, InputPictures, Library, Template

SETTINGS = "folder.toml"
SYSTEM_PROMPT = "system_prompt.md"

Found = TypeVar("Found")
Inputs = dict[str, Path | bytes]


def load_library(root: Path) -> Library:
    """Read every folder below `root`.

    Raises:
        ConfigError: `root` is no folder or cannot be listed.
    """
    digest = hashlib.sha256()
    loaded = []
    with _readable(root):
        for path in sorted(entry for entry in root.iterdir() if entry.is_dir() and entry.name[0] != "."):
            loaded.append(_Reader(path, digest.update).read())
    loaded.sort(key=lambda found: found.order)
    inputs = {name: source for found in loaded for name, source in found.inputs.items()}
    return Library({found.folder.name: found.folder for found in loaded}, digest.hexdigest()[:12], inputs)


def read_input(library: Library, name: str) -> str:
    """A template's own picture as bare base64.

    Raises:
        NotFound: the library holds no such picture, or its file has gone meanwhile.
    """
    source = library.inputs.get(name)
    if source is None:
        raise errors.NotFound(f"No template has an input picture {name!r}.", field="artbot_file")
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise errors.NotFound(f"The input picture {name!r} cannot be read.", field="artbot_file") from error
    return base64.b64encode(data).decode("ascii")


def files_of(folder: Path) -> dict[str, Path]:
    """The template files of one folder by the template's name, broken ones too. Raises OSError."""
    found = (file for file in _visible_files(folder) if file.suffix.lower() == ".json")
    return {file.relative_to(folder).as_posix().removesuffix(file.suffix): file for file in found}


def check_file(folder: Path, file: Path) -> None:
    """Whether this file would load as a template of the folder. Raises `FormatError`, OSError."""
    _Reader(folder, lambda _: None).template(file, FolderFile())


def tree_stamp(root: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time of change (ns) and size of everything below `root`: differs when anything was touched.

    Raises:
        ConfigError: `root` is no folder or cannot be listed.
    """
    stamps = []
    with _readable(root):
        for path in _visible_files(root):
            with suppress(OSError):  # a link to nothing, or deleted just now
                found = path.stat()
                stamps.append((str(path), found.st_mtime_ns, found.st_size))
    return tuple(stamps)


@contextmanager
def _readable(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"ARTBOT_TEMPLATES_DIR: {root} cannot be read as a folder of templates: {error}."
        raise errors.ConfigError(message, setting="ARTBOT_TEMPLATES_DIR") from error


@dataclass(frozen=True, slots=True)
class _Loaded:
    folder: Folder
    order: int
    inputs: Inputs


@dataclass(slots=True)
class _Reader:
    """One folder on its way from disk; `digest` takes in every byte that was read."""

    path: Path
    digest: Callable[[bytes], None]
    inputs: Inputs = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def read(self) -> _Loaded:
        settings = self._attempt(SETTINGS, self._settings) or FolderFile()
        system_prompt = self._attempt(SYSTEM_PROMPT, lambda: self._text(self.path / SYSTEM_PROMPT).strip())
        templates = {}
        for file in _visible_files(self.path):
            if file.suffix.lower() == ".json":
                found = self._attempt(self._name(file), partial(self.template, file, settings))
                if found is not None:
                    templates[found.name] = found
        # Without its settings a folder for children would lose its guard: nothing of it is served until it is mended.
        usable = {} if SETTINGS in self.broken else _in_order(templates, list(settings.titles))
        name = self.path.name
        folder = Folder(
            name=name,
            title=Bilingual(settings.title_en or name, settings.title_zh or settings.title_en or name),
            about=Bilingual(settings.about_en, settings.about_zh or settings.about_en),
            system_prompt=system_prompt or "",
            for_children=settings.for_children,
            negative_prompt=settings.negative_prompt.strip(),
            picture=self._picture(self.path / "folder.webp"),
            templates=usable,
            broken=self.broken,
        )
        return _Loaded(folder, settings.order, self.inputs)

    def _attempt(self, name: str, read: Callable[[], Found]) -> Found | None:
        try:
            return read()
        except FileNotFoundError:
            return None
        except OSError as error:
            self.broken[name] = f"The file cannot be read: {error.strerror or error}."
        except FormatError as error:
            self.broken[name] = str(error)
        return None

    def _settings(self) -> FolderFile:
        try:
            return check_folder(tomllib.loads(self._text(self.path / SETTINGS)))
        except tomllib.TOMLDecodeError as error:
            raise FormatError(f"The file is no TOML: {error}.") from error

    def template(self, file: Path, settings: FolderFile) -> Template:
        try:
            data = orjson.loads(self._text(file))
        except orjson.JSONDecodeError as error:
            raise FormatError(f"The file is no JSON: {error}.") from error
        checked = check_template(data)
        fields = copy.deepcopy(data["api_model"])
        units_as_list(fields)
        name = self._name(file).removesuffix(file.suffix)
        title = settings.titles.get(name)
        return Template(
            name=name,
            folder=self.path.name,
            mode=checked.template_type,
            inputs=self._take_pictures(fields, self._name(file)),
            fields=fields,
            title=Bilingual(title.en, title.zh) if title else Bilingual(name, name),
            picture=self._picture(file.with_suffix(".webp")),
        )

    def _take_pictures(self, fields: dict[str, Any], file: str) -> InputPictures:
        """Take the pictures out of `fields` (in place) and give each a name."""
        units = controlnet_units(fields)
        starts = enumerate(fields.pop("init_images", None) or [])
        return InputPictures(
            init_images=tuple(filter(None, [self._input(text, f"init_images.{i}", file) for i, text in starts])),
            mask=self._input(fields.pop("mask", None), "mask", file),
            unit_images=tuple(self._input(u.pop("image", None), f"{i}.image", file) for i, u in enumerate(units)),
            unit_masks=tuple(self._input(u.pop("mask", None), f"{i}.mask", file) for i, u in enumerate(units)),
        )

    def _input(self, text: str | None, place: str, file: str) -> str | None:
        if not text:
            return None
        if text.startswith("data:") or "." not in text:  # base64 has no dot in its alphabet, a file name needs one
            name = f"{self.path.name}/{file}#{place}"
            self.inputs[name] = _decoded(text, place)
        else:
            inside = PurePosixPath(text.replace("\\", "/"))  # written on Windows, read anywhere
            name = f"{self.path.name}/{inside}"
            self.inputs[name] = self._inside(inside, place)
        return name

    def _inside(self, relative: PurePosixPath, place: str) -> Path:
        path = (self.path / relative).resolve()
        if not path.is_relative_to(self.path.resolve()):
            raise FormatError(f"{place}: the path {str(relative)!r} leaves the folder.", place)
        if not path.is_file():
            raise FormatError(f"{place}: there is no file {str(relative)!r} in the folder.", place)
        return path

    def _text(self, path: Path) -> str:
        data = path.read_bytes()
        self.digest(self._name(path).encode() + b"\0" + data)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise FormatError(f"The file is not in UTF-8 (byte {error.start}).") from error

    def _picture(self, path: Path) -> Path | None:
        try:
            self.digest(path.read_bytes())
        except OSError:
            return None
        return path

    def _name(self, file: Path) -> str:
        return file.relative_to(self.path).as_posix()


def _decoded(text: str, place: str) -> bytes:
    bare = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return base64.b64decode(bare, validate=True)
    except binascii.Error as error:
        raise FormatError(f"{place}: neither a file of the folder nor base64.", place) from error


def _in_order(templates: dict[str, Template], first: list[str]) -> dict[str, Template]:
    """Those with a title as `folder.toml` lists them, then the others by name."""
    names = [name for name in first if name in templates] + [name for name in templates if name not in first]
    return {name: templates[name] for name in names}


def _visible_files(folder: Path) -> Iterator[Path]:
    """All files below, sorted, without hidden ones and hidden folders (editors' and version control's)."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _visible_files(entry)
        else:
            yield entry
