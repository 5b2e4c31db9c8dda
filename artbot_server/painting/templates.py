"""What a folder of templates is once it has been read: frozen records and the look-up by name. No I/O in here.

`template_files` reads them, `template_store` keeps them fresh, `merge` puts an order into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from artbot_server import errors
from artbot_server.sd.base import Mode


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in both languages of the page."""

    en: str = ""
    zh: str = ""


@dataclass(frozen=True, slots=True)
class InputPictures:
    """The pictures a template brings along, by name (`Library.inputs` has what is behind a name).

    Attributes:
        init_images: what an img2img template starts from; empty where the user has to bring one.
        mask: the mask for it, white where it is painted anew.
        unit_images, unit_masks: one entry per ControlNet unit, in their order; None where the unit has none.
    """

    init_images: tuple[str, ...] = ()
    mask: str | None = None
    unit_images: tuple[str | None, ...] = ()
    unit_masks: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """One JSON file of Stable Diffusion parameters.

    Attributes:
        name: path inside the folder without `.json`, such as `crayon` or `night/city`.
        fields: A1111's payload as written, without pictures; ControlNet's `args` is always a list. Never changed.
        picture: what it looks like, a WebP beside the file; None where nobody has painted it yet.
    """

    name: str
    folder: str
    mode: Mode
    fields: Mapping[str, Any]
    title: Bilingual
    picture: Path | None = None
    inputs: InputPictures = InputPictures()


@dataclass(frozen=True, slots=True)
class Folder:
    """A direction the user picks.

    Attributes:
        negative_prompt: forced: it goes into every picture of the folder and nothing takes it out.
        templates: those that can be used, by name, in the order they are shown.
        broken: file name to the reason why it cannot be used, one sentence that names the field.
    """

    name: str
    title: Bilingual
    about: Bilingual = Bilingual()
    system_prompt: str = ""
    for_children: bool = False
    negative_prompt: str = ""
    picture: Path | None = None
    templates: Mapping[str, Template] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Library:
    """All folders as they were at one moment.

    Attributes:
        folders: by name, in the order they are shown.
        version: short hash over the contents of all files; changes when any of them does.
        inputs: the templates' own pictures by name: a file, or the bytes written into the template itself.
    """

    folders: Mapping[str, Folder]
    version: str
    inputs: Mapping[str, Path | bytes] = field(default_factory=dict)

    def folder(self, name: str) -> Folder:
        """The folder of that name. Raises `errors.NotFound` with field `folder`."""
        found = self.folders.get(name)
        if found is None:
            raise _not_found("folder", name, self.folders)
        return found

    def find(self, folder: str, template: str) -> tuple[Folder, Template]:
        """Look two names up in what was loaded; they are never joined to a path.

        Raises:
            NotFound: no such folder or template (`field`, `allowed` in the detail), or its file is broken (`reason`).
        """
        inside = self.folder(folder)
        found = inside.templates.get(template)
        if found is not None:
            return inside, found
        reason = inside.broken.get(f"{template}.json")
        if reason is not None:
            message = f"The template {folder}/{template} cannot be used: {reason}"
            raise errors.NotFound(message, field="template", allowed=list(inside.templates), reason=reason)
        raise _not_found("template", template, inside.templates)


def _not_found(field_name: str, name: str, allowed: Iterable[str]) -> errors.NotFound:
    return errors.NotFound(f"There is no {field_name} {name!r}.", field=field_name, allowed=list(allowed))
