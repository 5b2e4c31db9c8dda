"""The paper a background is painted on: gradients, ridges of land, glows and small pictures, in fractions of the sheet.

All coordinates are fractions (0 to 1) of width and height, so a place is described once for every size.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw, ImageFilter

from artbot_server.sd.demo.art import picture
from artbot_server.sd.demo.palette import RGB, WHITE, Light, mix

Curve = Callable[[float], float]


def gradient(size: tuple[int, int], stops: Sequence[RGB]) -> Image.Image:
    """A vertical gradient through evenly spaced colours."""
    column = Image.new("RGB", (1, 256))
    for y in range(256):
        at = y / 255 * (len(stops) - 1)
        first = min(int(at), len(stops) - 2)
        column.putpixel((0, y), mix(stops[first], stops[first + 1], at - first))
    return column.resize(size, Image.Resampling.BILINEAR)


def rolling(rng: random.Random, level: float, amplitude: float, waves: float = 1.0) -> Curve:
    """A soft line of hills around `level`."""
    phase, second = rng.uniform(0, 6.28), rng.uniform(0, 6.28)
    pace = waves * rng.uniform(0.7, 1.3)

    def height(x: float) -> float:
        slow = math.sin(phase + pace * x * 6.28)
        return level + amplitude * (slow + 0.4 * math.sin(second + 2.3 * pace * x * 6.28))

    return height


def peaks(rng: random.Random, level: float, amplitude: float, count: int) -> Curve:
    """A line of mountains whose tips reach `amplitude` above `level`."""
    tips = [(rng.uniform(-0.05, 1.05), rng.uniform(0.5, 1.0), rng.uniform(0.8, 1.3)) for _ in range(count)]
    rough = [(rng.uniform(20, 60), rng.uniform(0, 6.28)) for _ in range(3)]

    def height(x: float) -> float:
        rise = max(tall * max(0.0, 1 - abs(x - at) * count / 1.6 / wide) for at, tall, wide in tips)
        ripple = sum(math.sin(pace * x + shift) for pace, shift in rough) * 0.012
        return level - amplitude * (rise + ripple * min(1.0, rise * 3))

    return height


class Sheet:
    """A background in the making.

    Args:
        size: pixels; backgrounds are painted larger than needed and reduced, which smooths their edges.
        light: the light everything stands in.
        rng: where all chance comes from.
    """

    def __init__(self, size: tuple[int, int], light: Light, rng: random.Random) -> None:
        self.image = Image.new("RGB", size)
        self.width, self.height = size
        self.unit = min(self.width, self.height)
        self.light = light
        self.rng = rng
        self.dyes: dict[str, tuple[str | None, ...]] = {}

    @property
    def draw(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image, "RGBA")

    def wash(self, stops: Sequence[RGB], top: float = 0.0, bottom: float = 1.0) -> None:
        """A vertical gradient over the whole width."""
        y0, y1 = round(top * self.height), round(bottom * self.height)
        if y1 > y0:
            self.image.paste(gradient((self.width, y1 - y0), stops), (0, y0))

    def land(self, curve: Curve, top: RGB, bottom: RGB, depth: float = 0.3, rim: float = 0.25) -> None:
        """Everything below a curve, shaded from its edge down over `depth`; `rim` is how much light its edge has."""
        step = max(2, self.width // 160)
        line = [(x, curve(x / self.width) * self.height) for x in range(-step, self.width + 2 * step, step)]
        highest = max(0, min(self.height - 1, int(min(y for _, y in line))))
        mask = Image.new("L", (self.width, self.height - highest))
        shifted = [(x, y - highest) for x, y in line]
        ImageDraw.Draw(mask).polygon([*shifted, (self.width + step, self.height), (-step, self.height)], fill=255)
        shade = Image.new("RGB", mask.size, bottom)
        reach = max(2, min(mask.height, round(depth * self.height)))
        shade.paste(gradient((self.width, reach), (top, bottom)), (0, 0))
        self.image.paste(shade, (0, highest), mask)
        if rim:
            colour = (*mix(top, mix(WHITE, self.light.sun, 0.5), 0.7), round(255 * rim))
            self.draw.line(line, fill=colour, width=max(2, self.unit // 200), joint="curve")

    def glow(self, x: float, y: float, radius: float, colour: RGB, strength: int) -> None:
        """A soft round light; `radius` is a fraction of the shorter side, `strength` 0 to 255."""
        r = max(2, round(radius * self.unit))
        fade = Image.radial_gradient("L").point(
            [max(0, 255 - 2 * i) * strength // 255 if i < 128 else 0 for i in range(256)]
        )
        fade = fade.resize((4 * r, 4 * r), Image.Resampling.BILINEAR)
        self.image.paste(colour, (round(x * self.width) - 2 * r, round(y * self.height) - 2 * r), fade)

    def disc(self, x: float, y: float, radius: float, colour: RGB, alpha: int = 255) -> None:
        """A filled circle; `radius` is a fraction of the shorter side."""
        cx, cy, r = x * self.width, y * self.height, radius * self.unit
        self.draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=(*colour, alpha))

    def stamp(
        self,
        name: str | Image.Image,
        x: float,
        foot: float,
        tall: float,
        haze: float = 0.0,
        *,
        alpha: float = 1.0,
        glows: bool = False,
    ) -> None:
        """A picture of the pack, `tall` (fraction of the shorter side), its foot at `(x, foot)`, faded by `haze`.

        What `glows` has its own light.
        """
        art = picture(name, self.rng.choice(self.dyes.get(name, (None,)))) if isinstance(name, str) else name
        height = max(2, round(tall * self.unit))
        width = max(2, round(art.width * height / art.height))
        art = art.resize((width, height), Image.Resampling.BILINEAR)
        if self.rng.random() < 0.5:
            art = art.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        mask = art.getchannel("A")
        if alpha < 1:
            mask = mask.point(lambda a: round(a * alpha))
        flat = art.convert("RGB")
        lit = Image.blend(flat, multiply(flat, self.light.tint), 0.0 if glows else self.light.strength)
        shown = Image.blend(lit, Image.new("RGB", art.size, self.light.haze), haze)
        self.image.paste(shown, (round(x * self.width - width / 2), round(foot * self.height) - height), mask)

    def blur(self, radius: float) -> None:
        """Soften all that was painted so far; `radius` is a fraction of the shorter side."""
        self.image = self.image.filter(ImageFilter.GaussianBlur(radius * self.unit))


def multiply(image: Image.Image, tint: RGB) -> Image.Image:
    """An RGB picture seen through a colour filter."""
    table = [value * channel // 255 for channel in tint for value in range(256)]
    return image.point(table)
