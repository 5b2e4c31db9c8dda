"""The parameter text inside a picture's file, as A1111 and its relatives leave it there. Never looks at pixels.

PNG: a chunk `parameters`, tEXt or iTXt. JPEG, WebP (and some PNGs): EXIF's UserComment. GIF: its comment.
"""

from __future__ import annotations

import io
import warnings

from PIL import ExifTags, Image

from artbot_server.errors import BadRequest, TooLarge
from artbot_server.painting.pictures import mime_of

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
LONGEST_TEXT = 200_000
"""Characters; the longest real ones, with all regions of Tiled Diffusion, have some ten thousand."""
_CODE_BYTES = 8
"""UserComment begins with the name of its encoding, padded to 8 bytes."""
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, ArithmeticError)
"""What Pillow's readers raise for files that are cut or made up."""


def read_text(data: bytes) -> str:
    """The parameter text of a picture's file, "" where it has none.

    Raises:
        BadRequest: no picture, or a broken one (field `image`).
        TooLarge: the text is longer than any that was written for a picture (field `image`).
    """
    if mime_of(data) is None:
        raise BadRequest("This is no PNG, JPEG, WebP or GIF picture.", field="image", allowed=list(FORMATS))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # nothing is decoded here
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                text = text_of(image)
    except (*_BROKEN, Image.DecompressionBombError) as error:
        raise BadRequest("This picture is broken or cut off.", field="image") from error
    if len(text) > LONGEST_TEXT:
        raise TooLarge("The text inside this picture is too long.", field="image", limit=LONGEST_TEXT)
    return text


def text_of(image: Image.Image) -> str:
    """The same for a picture that is open already; its pixels need not be loaded."""
    text = image.info.get("parameters")
    if isinstance(text, str):
        return _mended(text)
    comment = image.info.get("comment")
    if comment is None and "exif" in image.info:  # asked for EXIF it does not have, a PNG would decode its pixels
        comment = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    if isinstance(comment, str):
        return comment.strip("\0")
    return _decoded(comment) if isinstance(comment, bytes) else ""


def _mended(text: str) -> str:
    """Some tools write UTF-8 into a tEXt chunk, which is Latin-1: "å°çŒ«" was a Chinese cat."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _decoded(comment: bytes) -> str:
    code, body = comment[:_CODE_BYTES], comment[_CODE_BYTES:]
    if code == b"UNICODE\0":
        # Big-endian by A1111, little-endian by others; the words of a settings line are Latin letters either way.
        little = body[1::2].count(0) > body[::2].count(0)
        return body.decode("utf-16-le" if little else "utf-16-be", "replace").strip("\0")
    known = code in (b"ASCII\0\0\0", b"\0" * _CODE_BYTES)
    return (body if known else comment).decode("utf-8", "replace").strip("\0")
