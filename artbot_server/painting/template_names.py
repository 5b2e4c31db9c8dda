"""The one rule for names of folders and templates that are written to disk. Pure.

What is there already is looked up by name; a new name becomes a path only after it went through here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from artbot_server.errors import BadRequest

LONGEST_PART = 80
"""Bytes of UTF-8 between two slashes: file systems take 255, and endings and temporary names are added."""
MOST_PARTS = 4
INPUTS = "input_images"
"""Where the pictures lie that templates bring along, inside each folder."""
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_OURS = frozenset({INPUTS, "folder", "copy", "rename", "export", "inputs"})
"""`folder.webp` is the folder's own picture, and the others are words of addresses under /api/v1/templates."""

_RULE = "letters, digits, spaces and most signs, up to 80 bytes; no dot at either end"


def folder_name(name: str) -> str:
    """The name as it is written, in one Unicode form. Raises BadRequest with field `folder`."""
    return _part(unicodedata.normalize("NFC", name.strip()), "folder")


def template_name(name: str) -> str:
    """The same for a template; slashes make folders inside the folder. Raises BadRequest with field `name`."""
    parts = unicodedata.normalize("NFC", name.strip()).split("/")
    if len(parts) > MOST_PARTS:
        raise _refused("name", f"at most {MOST_PARTS} parts with slashes between them")
    return "/".join(_part(part, "name") for part in parts)


def free_name(stem: str, taken: Container[str]) -> str:
    """The first of `template1`, `template2`, … that is not taken."""
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def _part(part: str, field: str) -> str:
    if not part or part != part.strip() or part[0] == "." or part[-1] == ".":
        raise _refused(field, _RULE)
    if _FORBIDDEN.search(part) or len(part.encode("utf-8", "replace")) > LONGEST_PART or not part.isprintable():
        raise _refused(field, _RULE)
    if _DEVICES.fullmatch(part) or part.casefold() in _OURS:
        raise BadRequest(f"The name {part!r} is taken by the system; choose another.", field=field, allowed=_RULE)
    return part


def _refused(field: str, allowed: str) -> BadRequest:
    return BadRequest(f"This cannot be a name: {allowed}.", field=field, allowed=allowed)
