"""Draws a line of text in any script, fitted into a box, with the open fonts of the project's dependencies.

Noto Sans for Latin, Cyrillic and Greek, Noto Sans CJK for Chinese, Japanese and Korean, and Noto's font of the script
for the others; all under the SIL Open Font License, whose text is beside them. Needs no font of the machine.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from PIL import ImageDraw, ImageFont

from artbot_server.painting.grid_layout import Box

LARGEST_PX, SMALLEST_PX = 80, 20
"""The article's size of a label, and the least that can be read; a longer one is cut there."""
SIDE_PX = 4
CAPITAL = 0.72  # a capital letter's height in these fonts: what stands in the middle of a box
CUT = "…"
CJK_FACE = 2  # of the collection: simplified Chinese forms, as the project's own titles have
ALPHABETS = ("LATIN", "CYRILLIC", "GREEK")
EMOJI_FROM, EMOJI_TO = 0x1F000, 0x1FBFF

_CJK = Path(str(files("noto_cjk_sans_otc"))) / "NotoSansCJK-Regular.ttc"
_NOTO = Path(str(files("manimgx_fonts")))
_EMOJI = _NOTO / "NotoEmoji[wght].ttf"


def draw_label(draw: ImageDraw.ImageDraw, text: str, box: Box, colour: str) -> None:
    """Write one line into the middle of a box, as large as it fits, up to LARGEST_PX."""
    text = " ".join(text.split())
    size = fitting(text, box)
    room = box.width - 2 * SIDE_PX
    while len(text) > 1 and width_of(text, size) > room:
        text = text.removesuffix(CUT)[:-1].rstrip() + CUT
    runs = _runs(text, size)
    left = box.left + (box.width - width_of(text, size)) / 2
    depth = max((font.getbbox(run, anchor="ls")[3] for font, run in runs), default=0)
    middle = box.top + (box.height + size * CAPITAL) / 2
    base = min(middle, box.top + box.height - depth - 1)
    for font, run in runs:
        draw.text((left, base), run, fill=colour, font=font, anchor="ls")
        left += font.getlength(run)


def fitting(text: str, box: Box) -> int:
    """The largest size in pixels at which a text is no wider and no higher than a box."""
    largest = min(LARGEST_PX, int(box.height * 0.8))
    width = width_of(text, largest)
    room = box.width - 2 * SIDE_PX
    return largest if width <= room else max(SMALLEST_PX, int(largest * room / width))


def width_of(text: str, size: int) -> float:
    """How wide a text is at this size, in pixels."""
    return sum(font.getlength(run) for font, run in _runs(text, size))


def font_file(character: str) -> Path:
    """The file whose font draws this character."""
    if EMOJI_FROM <= ord(character) <= EMOJI_TO:
        return _EMOJI
    script = unicodedata.name(character, "").partition(" ")[0]
    if character.isascii() or script in ALPHABETS:
        return _NOTO / "NotoSans[wght].ttf"
    of_script = _NOTO / f"NotoSans{script.title()}[wght].ttf"
    return of_script if script in _scripts() else _CJK


@lru_cache(maxsize=1)
def _scripts() -> frozenset[str]:
    """The scripts that have a file of their own."""
    names = (path.name.removeprefix("NotoSans").removesuffix("[wght].ttf") for path in _NOTO.glob("NotoSans*"))
    return frozenset(name.upper() for name in names) - {"", "-ITALIC", "SYMBOLS"}


def _runs(text: str, size: int) -> list[tuple[ImageFont.FreeTypeFont, str]]:
    """The text in pieces of one font each; combining marks stay with their letter."""
    chosen: list[Path] = []
    for character in text:
        chosen.append(chosen[-1] if chosen and unicodedata.combining(character) else font_file(character))
    for place, character in enumerate(text):
        # A space between two words of one script is part of their run: its writing direction needs it there.
        if character == " " and 0 < place < len(text) - 1 and chosen[place - 1] == chosen[place + 1] != _EMOJI:
            chosen[place] = chosen[place - 1]
    runs = groupby(zip(chosen, text, strict=True), key=lambda pair: pair[0])
    return [(_font(file, size), "".join(character for _, character in run)) for file, run in runs]


@lru_cache(maxsize=64)
def _font(file: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), size, index=CJK_FACE if file == _CJK else 0)
