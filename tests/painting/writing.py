"""A folder of templates to write in, with recoding done at once."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

from PIL import Image

from artbot_server.painting.picture_checks import recoded
from artbot_server.painting.template_writer import TemplateWriter


def writer(root: Path) -> TemplateWriter:
    """One over this folder."""
    return TemplateWriter(root, lambda data, form: recoded(data, 10_000_000, form))


def picture(colour: str = "red", kind: str = "PNG") -> bytes:
    """A small picture's file."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 8), colour).save(buffer, kind)
    return buffer.getvalue()


def as_text(data: bytes) -> str:
    """Bare base64."""
    return base64.b64encode(data).decode()


def colour_of(path: Path) -> Any:
    """A file's first pixel."""
    with Image.open(path) as image:
        return image.convert("RGB").getpixel((0, 0))


def tree(root: Path) -> list[str]:
    """Every file below, hidden ones too."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def article(**fields: Any) -> dict[str, Any]:
    """A template as the article's tool writes it."""
    return {"template_name": "", "template_type": "txt2img", "options": "default", "api_model": fields}
