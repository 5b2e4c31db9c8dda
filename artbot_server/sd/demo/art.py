"""Reads the art pack: one zip of WebP pictures, 256 pixels square, cropped here to what is drawn.

What it returns is shared by everybody who asks; never paint on it, copy first.
"""

from __future__ import annotations

import io
import zipfile
from functools import cache, lru_cache
from importlib import resources

from PIL import Image, ImageOps

from artbot_server.sd.demo.palette import RGB, mix, tint_of

# About 260 kB each; a scene uses a dozen, so this holds the last few scenes in some 25 MB.
CACHED_PICTURES = 96


@cache
def _pack() -> dict[str, bytes]:
    data = resources.files(__package__).joinpath("art", "fluent.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        return {name.removesuffix(".webp"): pack.read(name) for name in pack.namelist()}


def picture_names() -> frozenset[str]:
    """Every picture in the pack."""
    return frozenset(_pack())


@lru_cache(maxsize=CACHED_PICTURES)
def picture(name: str, colour: str | None = None) -> Image.Image:
    """The RGBA picture `name`, cropped to its outline, in its own colours or tinted with a colour's name.

    Raises:
        KeyError: the pack has no such picture.
    """
    image = Image.open(io.BytesIO(_pack()[name])).convert("RGBA")
    box = image.getchannel("A").point(lambda a: 255 if a > 12 else 0).getbbox()
    image = image.crop(box)
    return tinted(image, tint_of(colour)) if colour else image


def tinted(image: Image.Image, colour: RGB) -> Image.Image:
    """The same shapes and shading in one hue; very light and very dark details (eyes, teeth) partly stay."""
    grey = ImageOps.autocontrast(ImageOps.grayscale(image.convert("RGB")), cutoff=2, mask=None)
    dark, light = mix(colour, (0, 0, 0), 0.72), mix(colour, (255, 255, 255), 0.62)
    hue = ImageOps.colorize(grey, dark, light, colour, midpoint=140)
    shaded = Image.blend(image.convert("RGB"), hue, 0.84)
    shaded.putalpha(image.getchannel("A"))
    return shaded
