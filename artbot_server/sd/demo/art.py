"""Reads the art pack: one zip of WebP pictures, 256 pixels square, cropped here to what is drawn.

What it returns is shared by everybody who asks; never paint on it, copy first.
"""

from __future__ import annotations

import io
import zipfile
from functools import cache, lru_cache
from importlib import resources

from PIL import Image, ImageOps

from artbot_server.sd.demo.palette import BLACK, RGB, WHITE, mix, tint_of

# About 260 kB each; a scene uses a dozen, so this holds the last few scenes in some 25 MB.
CACHED_PICTURES = 96

# The pack's boats stand in a strip of water; here each ends at this share of its height, for the sea that is painted.
WATER_LINES = {
    "26f5": 0.81, "1f6a4": 0.68, "1f6e5-fe0f": 0.69, "1f6f3-fe0f": 0.9, "26f4-fe0f": 0.9, "1f6a2": 0.87, "1f6f6": 0.62,
}  # fmt: skip

# These show the front half of a ship, cut off behind; they are completed with their mirror image.
HALVED = frozenset({"1f6f3-fe0f", "26f4-fe0f", "1f6a2", "1f6e5-fe0f"})


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
    if name in WATER_LINES:
        image = image.crop((0, 0, image.width, round(image.height * WATER_LINES[name])))
    if name in HALVED:
        whole = Image.new("RGBA", (round(image.width * 1.7), image.height))
        whole.paste(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (whole.width - image.width, 0))
        whole.paste(image, (0, 0))
        image = whole
    return tinted(image, tint_of(colour)) if colour else image


def tinted(image: Image.Image, colour: RGB) -> Image.Image:
    """The same shapes and shading in one hue; very light and very dark details (eyes, teeth) partly stay."""
    grey = ImageOps.autocontrast(ImageOps.grayscale(image.convert("RGB")), cutoff=2)
    deep = sum(colour) < 240
    dark, light = mix(colour, BLACK, 0.72), mix(colour, WHITE, 0.34 if deep else 0.62)
    hue = ImageOps.colorize(grey, dark, light, colour, midpoint=165 if deep else 140)
    shaded = Image.blend(image.convert("RGB"), hue, 0.94 if deep else 0.84)
    shaded.putalpha(image.getchannel("A"))
    return shaded
