"""Is this really a picture, and one we can afford? By content, for uploads and backends alike; makes the thumbnail.

Decodes pixels, so it runs in the worker only, never in the web process. Size and pixel count are looked at before
anything is decoded.
"""

from __future__ import annotations

import io
from typing import Literal

from PIL import Image, ImageOps

from artbot_server.errors import BadRequest, TooLarge
from artbot_server.painting.pictures import CheckedPicture, mime_of

MAX_PIXELS = 40_000_000
"""Decoded as RGBA this is 160 MB, the most one check may take; phone cameras have 12 to 24 million."""
THUMBNAIL_SIDE = 768
THUMBNAIL_QUALITY = 82
ORIENTATION = 0x0112
"""EXIF's tag for how a camera was held; 1 is upright."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
# What Pillow's readers raise for files that are cut or made up.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, ArithmeticError)
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def check_picture(data: bytes, max_bytes: int) -> CheckedPicture:
    """The picture as it came if it is a plain upright PNG, JPEG or WebP, otherwise the first frame upright as PNG.

    Raises:
        TooLarge: over `max_bytes` or MAX_PIXELS (field `image`, `limit`).
        BadRequest: no picture, of another kind, or cut (field `image`).
    """
    if len(data) > max_bytes:
        raise TooLarge(f"The picture is larger than {max_bytes} bytes.", field="image", limit=max_bytes)
    mime = mime_of(data)
    if mime is None:
        raise BadRequest("This is no PNG, JPEG, WebP or GIF picture.", field="image", allowed=list(FORMATS))
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_many_pixels()
            plain = mime != "image/gif" and not getattr(image, "is_animated", False)
            plain = plain and image.getexif().get(ORIENTATION, 1) == 1
            image.load()
            if plain:
                return CheckedPicture(data, mime, image.size, _thumbnail(image))
            upright = ImageOps.exif_transpose(_in_colours(image))
            return CheckedPicture(_encoded(upright, "PNG"), "image/png", upright.size, _thumbnail(upright))
    except _BOMB as error:
        raise _too_many_pixels() from error
    except _BROKEN as error:
        raise BadRequest("This picture is broken or cut off.", field="image") from error


def recoded(data: bytes, max_bytes: int, form: Literal["png", "webp"]) -> bytes:
    """The picture as a template keeps it: whole as PNG, or small as WebP. Raises as `check_picture` does."""
    checked = check_picture(data, max_bytes)
    if form == "webp":
        return checked.thumbnail
    if checked.mime == "image/png":
        return checked.data
    with Image.open(io.BytesIO(checked.data), formats=FORMATS) as image:
        return _encoded(_in_colours(image), "PNG")


def _too_many_pixels() -> TooLarge:
    return TooLarge(f"The picture has more than {MAX_PIXELS} pixels.", field="image", limit=MAX_PIXELS)


def _in_colours(image: Image.Image) -> Image.Image:
    """Palettes, grey and odd depths as RGB or RGBA, which every encoder takes."""
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    return image.convert("RGBA" if has_alpha else "RGB")


def _thumbnail(image: Image.Image) -> bytes:
    small = _in_colours(image)
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return _encoded(small, "WEBP", quality=THUMBNAIL_QUALITY)


def _encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
