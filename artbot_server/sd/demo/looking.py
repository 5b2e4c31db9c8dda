"""What the demo painter sees in a picture: the prompt it carries, or its main colours. Pure.

It knows no things in pictures; it says colours and nothing else of a foreign one, and does not guess.
"""

from __future__ import annotations

import io
from collections import Counter

from PIL import Image

from artbot_server.sd.demo.order import refused

MAX_PIXELS = 40_000_000  # as much as a large camera makes; refused by its header, before anything is decoded
SMALL = (64, 64)
SHOWN = 3
LEAST_SHARE = 0.05  # of the picture; less of a colour is a detail

COLOURS = {
    "black": (20, 20, 20), "dark grey": (75, 75, 78), "grey": (128, 128, 128), "light grey": (195, 195, 198),
    "white": (248, 248, 248), "red": (205, 35, 40), "dark red": (110, 20, 28), "pink": (245, 160, 185),
    "orange": (240, 130, 40), "peach": (250, 205, 170), "brown": (120, 72, 40), "beige": (225, 205, 165),
    "yellow": (248, 215, 60), "olive": (120, 120, 40), "light green": (150, 215, 130), "green": (50, 150, 65),
    "dark green": (25, 75, 45), "turquoise": (60, 190, 185), "light blue": (160, 205, 240), "blue": (50, 105, 205),
    "dark blue": (22, 38, 95), "lilac": (190, 165, 225), "purple": (125, 60, 165),
}  # fmt: skip


def words_for(data: bytes) -> str:
    """The prompt in the file's parameter text, or its main colours.

    Raises:
        BackendFailed: `backend_refused`, it is no picture.
    """
    image = opened(data, "image")
    prompt = prompt_of(str(image.info.get("parameters", "")))
    return prompt or f"a picture in {_and(main_colours(image))}"


def prompt_of(infotext: str) -> str:
    """The prompt of A1111's parameter text in one line, "" where there is none."""
    prompt = infotext.partition("\nNegative prompt:")[0]
    if prompt == infotext:
        prompt = infotext.rpartition("\n")[0]
    return " ".join(prompt.split())


def main_colours(image: Image.Image) -> list[str]:
    """The names of up to three colours, the largest share first."""
    small = image.convert("RGBA").resize(SMALL, Image.Resampling.BOX)
    flat = Image.new("RGBA", SMALL, "white")
    flat.alpha_composite(small)
    values = flat.convert("RGB").tobytes()
    counted = Counter(_named(pixel) for pixel in zip(values[::3], values[1::3], values[2::3], strict=True))
    most = counted.most_common(SHOWN)
    return [name for name, count in most if count >= LEAST_SHARE * SMALL[0] * SMALL[1]] or [most[0][0]]


def opened(data: bytes, field: str) -> Image.Image:
    """The decoded picture. Raises `BackendFailed`."""
    try:
        image = Image.open(io.BytesIO(data))
        if image.width * image.height > MAX_PIXELS:
            raise refused(field, f"The picture in {field} has more than {MAX_PIXELS} pixels.")
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise refused(field, f"{field} holds no picture that can be read.") from error
    return image


def _named(pixel: tuple[int, int, int]) -> str:
    """Eyes tell green shades best and blue ones worst; the weights are the usual ones of a quick colour distance."""
    return min(
        COLOURS, key=lambda name: sum(w * (a - b) ** 2 for w, a, b in zip((3, 4, 2), pixel, COLOURS[name], strict=True))
    )


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
