"""The pictures of one answer: decoded, measured, and told apart. Pure.

A grid may come first and ControlNet's maps last, nothing in the JSON names the file format, and the true seed is only
in the texts (traps 3, 4 and 13).
"""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from artbot_server.painting.infotext import parse
from artbot_server.painting.picture_text import text_of
from artbot_server.sd.base import Picture

_FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True, slots=True)
class File:
    """One encoded picture with what its own header says; `text` is A1111's parameter text, "" where there is none."""

    data: bytes
    width: int
    height: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sorted:
    """The files of an answer by kind; a picture and its file have the same index."""

    pictures: tuple[Picture, ...]
    files: tuple[File, ...]
    grids: tuple[Picture, ...]
    maps: tuple[Picture, ...]


def decode(text: str) -> File:
    """A picture out of bare base64 or a data URI.

    Raises:
        ValueError: it is neither, or no PNG, JPEG or WebP.
    """
    data = base64.b64decode(_payload(text), validate=True)
    try:
        with warnings.catch_warnings():
            # Only the header is read here; how many pixels are too many is for whoever decodes them.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                return File(data, image.width, image.height, text_of(image))
    except (OSError, SyntaxError, Image.DecompressionBombError) as err:
        raise ValueError("not a picture") from err


def decode_preview(text: Any) -> bytes | None:
    """A live preview's bytes, None where there is none or it is broken: the next one comes soon."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return base64.b64decode(_payload(text), validate=True) or None
    except ValueError:
        return None


def sort(files: Sequence[File], info: Mapping[str, Any]) -> Sorted:
    """Tell grids (before `index_of_first_image`), pictures (as many as texts) and maps (the rest) apart.

    A file's own text counts more than `infotexts`, and a seed in a text more than `all_seeds`: after a script the
    lists are of other lengths than the pictures.
    """
    first = int(info.get("index_of_first_image") or 0)
    seeds, texts = info.get("all_seeds") or [], info.get("infotexts")
    end = len(texts) if texts is not None else first + len(seeds)
    pictures = []
    for index, file in enumerate(files[first:end]):
        text = file.text or (texts[first + index] if texts else "")
        pictures.append(Picture(file.data, seed=_seed(text, seeds, index), infotext=text))
    return Sorted(
        pictures=tuple(pictures),
        files=tuple(files[first:end]),
        grids=tuple(Picture(file.data, kind="grid", infotext=file.text) for file in files[:first]),
        maps=tuple(Picture(file.data, kind="map") for file in files[max(first, end) :]),
    )


def seed_in(infotext: str) -> int | None:
    """The seed that a parameter text names in its last line; None where it names none."""
    found = re.fullmatch(r"-?\d+", read_value(infotext, "Seed") or "")
    return int(found[0]) if found else None


def read_value(infotext: str, key: str) -> str | None:
    """One value of a parameter text, None where it is not there."""
    return parse(infotext).fields.get(key)


def _payload(text: str) -> str:
    return text.partition(",")[2] if text.startswith("data:") else text


def _seed(text: str, seeds: Sequence[Any], index: int) -> int | None:
    if (seed := seed_in(text)) is not None:
        return seed
    return int(seeds[index]) if index < len(seeds) else None
