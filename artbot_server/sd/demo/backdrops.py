"""Paints the background of an idea: picks place, light and horizon, and puts sky and ground together."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image

from artbot_server.sd.demo import built, grounds, interiors, shores
from artbot_server.sd.demo.palette import Light
from artbot_server.sd.demo.sheet import Sheet
from artbot_server.sd.demo.skies import paint_sky
from artbot_server.sd.demo.words import Idea


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A finished background.

    Attributes:
        image: RGB, of the size that was asked for.
        horizon: where the sky ends, as a fraction of the height, like all that follow.
        far, near: where the feet of the farthest and of the nearest thing stand.
        stage: `land`, `float` (everything hangs free, as under water), or `flat` (a floor or table top).
        water: top and bottom of the open water, None where there is none.
        plants: pictures that grow here, to be scattered.
    """

    image: Image.Image
    horizon: float
    far: float
    near: float
    stage: str = "land"
    water: tuple[float, float] | None = None
    plants: tuple[str, ...] = ()


OUTDOORS = {**grounds.PLACES, **shores.PLACES, **built.PLACES}
# Backgrounds are painted up to twice as large as needed, to this long side, and reduced; never larger than the second:
# a soft background does not need more, and time grows with the area.
SMALLEST_PX, LARGEST_PX = 800, 1100
FLOATING = frozenset({"underwater"})
FLAT = frozenset({"room", "table", "studio", "cave"})

# What the seasons do to leaves: trees that stand in the background are dyed in one of these.
DYES: dict[str, dict[str, tuple[str | None, ...]]] = {
    "autumn": {grounds.DECIDUOUS: ("orange", "golden", "red", "orange", "brown")},
    "spring": {grounds.DECIDUOUS: ("pink", None, "pink", None)},
}


def paint_backdrop(idea: Idea, place: str, light: Light, size: tuple[int, int], rng: random.Random) -> Backdrop:
    """The background of `place` (one of the places in `vocabulary`, or `studio`), `size` pixels."""
    longest = max(size)
    scale = min(max(longest, min(SMALLEST_PX, 2 * longest)), LARGEST_PX) / longest
    sheet = Sheet((max(8, round(size[0] * scale)), max(8, round(size[1] * scale))), light, rng)
    horizon = rng.uniform(0.44, 0.62)
    sheet.dyes = DYES.get(idea.season, {})
    if place in OUTDOORS:
        paint_sky(sheet, idea, horizon)
        ground = OUTDOORS[place](sheet, idea, horizon)
    elif place == "underwater":
        ground = shores.underwater(sheet, idea)
    elif place == "clouds":
        paint_sky(sheet, idea, 1.0)
        ground = interiors.clouds(sheet, idea)
    else:
        ground = interiors.PLACES[place](sheet, idea)
    stage = "float" if place in FLOATING else "flat" if place in FLAT else "land"
    image = sheet.image.resize(
        size,
        Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BOX if scale >= 2 else Image.Resampling.HAMMING,
    )
    return Backdrop(image, horizon, ground.far, ground.near, stage, ground.water, ground.plants)
