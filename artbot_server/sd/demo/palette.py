"""Colours and light: what a time of day does to a sky, to the ground and to everything that stands in it. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass

from artbot_server.sd.demo.vocabulary import COLOURS

RGB = tuple[int, int, int]

WHITE: RGB = (255, 255, 255)
BLACK: RGB = (0, 0, 0)


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """`a` with `share` (0 to 1) of `b`."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def tint_of(name: str) -> RGB:
    """The colour of a colour word; grey for a word that is none."""
    return COLOURS.get(name, COLOURS["grey"])


def near(rng: random.Random, colour: RGB, spread: int = 12) -> RGB:
    """A neighbour of a colour, so that no two pictures have quite the same green."""
    shift = rng.uniform(-spread, spread)
    r, g, b = (max(0, min(255, round(c + shift + rng.uniform(-spread, spread) / 2))) for c in colour)
    return (r, g, b)


@dataclass(frozen=True, slots=True)
class Light:
    """The light of a scene.

    Attributes:
        time: day, sunset, dawn or night.
        sky: from the top down to the horizon.
        haze: what far things fade to.
        tint: what everything is multiplied with, and `strength` how much of that (0 to 1).
        sun: the colour of the sun or moon and of the glow around it.
    """

    time: str
    sky: tuple[RGB, ...]
    haze: RGB
    tint: RGB
    strength: float
    sun: RGB

    def on(self, colour: RGB) -> RGB:
        """A surface's colour in this light."""
        lit = tuple(c * t // 255 for c, t in zip(colour, self.tint, strict=True))
        return mix(colour, (lit[0], lit[1], lit[2]), self.strength)


_DAYS = (
    Light("day", ((72, 160, 240), (142, 206, 250), (224, 244, 252)), (206, 230, 240), (255, 250, 240), 0.3, (255, 240, 170)),
    Light("day", ((96, 186, 236), (176, 226, 240), (250, 244, 220)), (226, 236, 226), (255, 246, 226), 0.5, (255, 232, 150)),
    Light("day", ((110, 168, 232), (190, 210, 244), (255, 226, 206)), (236, 222, 222), (255, 238, 222), 0.6, (255, 226, 170)),
    Light("day", ((40, 132, 216), (100, 190, 240), (206, 240, 246)), (196, 228, 236), (250, 252, 255), 0.2, (255, 246, 190)),
)  # fmt: skip
_SUNSETS = (
    Light("sunset", ((78, 62, 150), (236, 110, 116), (255, 206, 124)), (250, 176, 130), (255, 206, 170), 0.8, (255, 220, 130)),
    Light("sunset", ((60, 92, 160), (244, 148, 100), (255, 226, 150)), (250, 196, 140), (255, 214, 168), 0.8, (255, 236, 160)),
    Light("sunset", ((96, 50, 130), (214, 84, 130), (255, 170, 110)), (236, 140, 130), (255, 196, 178), 0.8, (255, 206, 130)),
)  # fmt: skip
_DAWNS = (
    Light("dawn", ((120, 150, 220), (246, 188, 196), (255, 232, 190)), (250, 214, 200), (255, 226, 214), 0.7, (255, 240, 190)),
    Light("dawn", ((136, 176, 226), (214, 204, 236), (255, 222, 200)), (240, 216, 216), (250, 226, 230), 0.7, (255, 236, 200)),
)  # fmt: skip
_NIGHTS = (
    Light("night", ((12, 18, 58), (34, 52, 120), (98, 104, 176)), (66, 78, 150), (134, 146, 226), 0.78, (240, 240, 255)),
    Light("night", ((14, 12, 44), (52, 36, 108), (136, 84, 156)), (86, 66, 142), (158, 136, 220), 0.76, (255, 244, 220)),
    Light("night", ((6, 26, 52), (16, 72, 112), (70, 150, 160)), (44, 104, 132), (124, 172, 214), 0.78, (236, 250, 250)),
)  # fmt: skip
_GREY = Light(
    "day", ((118, 136, 158), (158, 172, 188), (200, 208, 214)), (186, 196, 204), (214, 222, 234), 0.8, (220, 226, 230)
)
_WINTER = Light(
    "day", ((136, 186, 232), (196, 222, 244), (242, 246, 252)), (226, 236, 246), (236, 244, 255), 0.6, (255, 246, 220)
)


def light_for(time: str, weather: str, season: str, rng: random.Random) -> Light:
    """The light that was asked for; where no time was said, mostly day, sometimes a low sun."""
    chosen = time or rng.choices(("day", "sunset", "dawn"), (4, 2, 2))[0]
    if chosen == "night":
        return rng.choice(_NIGHTS)
    if weather in ("rain", "storm", "fog"):
        return _GREY
    if season == "winter" and not time and rng.random() < 0.7:
        return _WINTER
    if chosen == "sunset":
        return rng.choice(_SUNSETS)
    if chosen == "dawn":
        return rng.choice(_DAWNS)
    return rng.choice(_DAYS)
