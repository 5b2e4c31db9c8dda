"""Puts hats on heads, things into hands and riders on what they ride. Works on pictures; decides nothing about words."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from artbot_server.sd.demo.figures import Figure
from artbot_server.sd.demo.lexicon import Entry

# Share of the vehicle's height at which its rider's lower edge is; the rest of the rider is hidden behind it.
SEAT_LEVELS = {"vehicle": 0.42, "boat": 0.3, "aircraft": 0.3, "animal": 0.5, "fish": 0.62}
# Held out at a side, upright: kites, umbrellas, balloons, swords, lanterns and wands.
HELD_OUT = frozenset({"1f388", "1fa81", "2602-fe0f", "1f302", "1f5e1-fe0f", "1f3ee", "1fa84"})


def equipped(
    figure: Figure, worn: Sequence[tuple[str, Image.Image]], held: Sequence[tuple[Entry, Image.Image]]
) -> Image.Image:
    """The figure with what it wears (noun, picture) and holds, two things at most; it grows where they stick out."""
    margin = round(max(figure.image.size) * 0.6)
    width, height = figure.image.size
    sheet = Image.new("RGBA", (width + 2 * margin, height + 2 * margin))
    sheet.paste(figure.image, (margin, margin))
    for noun, art in worn:
        share, foot = _fit(noun, figure)
        art = _scaled(art, figure.crown[2] * width * share / art.width)
        x, y = figure.crown[0] * width - art.width / 2, foot * height - art.height
        sheet.alpha_composite(art, (max(0, margin + round(x)), max(0, margin + round(y))))
    for k, (entry, art) in enumerate(held[:2]):
        out = entry.picture in HELD_OUT
        share = min(0.34 + 0.2 * entry.size, 0.6) * (0.8 if entry.kind in ("food", "drink") else 1.0)
        art = _scaled(art, min(share * height / art.height, width * 0.75 / art.width))
        shift = 0.4 if out else 0.0 if len(held) == 1 else (-0.28, 0.28)[k]
        x = (figure.hands[0] + shift) * width - art.width / 2
        y = figure.hands[1] * height - art.height * (0.92 if out else 0.5)
        sheet.alpha_composite(art, (max(0, margin + round(x)), max(0, margin + round(y))))
    return sheet.crop(sheet.getbbox())


def _fit(noun: str, figure: Figure) -> tuple[float, float]:
    """How wide a worn thing is against the head, and where its lower edge is (fraction of the figure's height)."""
    if "glasses" in noun:
        return 0.8, figure.eyes + 0.05
    if noun in ("scarf", "necktie", "bow tie"):
        return 0.62, figure.neck + 0.14
    if noun in ("headphones", "headphone"):
        return 1.12, figure.eyes + 0.1
    if noun in ("crown", "ribbon", "hair bow"):
        return 0.62, figure.crown[1] + 0.05
    return 0.95, figure.crown[1] + 0.075


def seated(rider: Image.Image, kind: str, seat: Image.Image, relation: str, ratio: float) -> Image.Image:
    """The rider with what it rides (`ride`), sits in (`in`) or sits on (`on`).

    Args:
        kind: of the seat, as in `lexicon.Entry`.
        ratio: how tall the seat is against the rider, in the lexicon's sizes.
    """
    times = max(0.5, min(2.2, ratio**0.6))
    if relation == "in":
        times, level = 0.72, 0.42
    elif relation == "ride":
        times, level = max(0.95, times), SEAT_LEVELS.get(kind, 0.45)
    else:
        level = 0.3 if kind == "furniture" else 0.72
    seat = _scaled(seat, rider.height * times / seat.height)
    below = round(seat.height * level)
    width, height = max(seat.width, rider.width), max(seat.height, rider.height + below)
    places = [(rider, height - below - rider.height), (seat, height - seat.height)]
    if relation == "on" or kind == "animal":
        places.reverse()  # the rider in front, where nothing hides its legs
    sheet = Image.new("RGBA", (width, height))
    for image, y in places:
        sheet.alpha_composite(image, ((width - image.width) // 2, y))
    return sheet.crop(sheet.getbbox())


def _scaled(art: Image.Image, times: float) -> Image.Image:
    size = (max(1, round(art.width * times)), max(1, round(art.height * times)))
    return art.resize(size, Image.Resampling.BICUBIC)
