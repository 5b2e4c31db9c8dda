"""Rounded, softly lit shapes, so that what is drawn here looks like the pictures of the art pack."""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageDraw, ImageFilter

from artbot_server.sd.demo.palette import BLACK, RGB, WHITE, mix

Box = tuple[float, float, float, float]


@cache
def _lighting() -> Image.Image:
    """Dark at the upper left (where light falls), bright at the lower right: how much shadow there is."""
    wide = Image.radial_gradient("L").resize((384, 384), Image.Resampling.BILINEAR)
    return wide.crop((80, 96, 336, 352))


class Clay:
    """A transparent square on which shapes are modelled; coordinates are fractions of its side.

    Args:
        side: pixels of the finished picture; it is modelled at twice that.
    """

    def __init__(self, side: int) -> None:
        self.side = side
        self._image = Image.new("RGBA", (2 * side, 2 * side))

    def blob(self, x: float, y: float, rx: float, ry: float, colour: RGB, turn: float = 0) -> None:
        """An ellipse around `(x, y)`, turned by degrees."""
        width, height = self._pixels(2 * rx), self._pixels(2 * ry)
        mask = Image.new("L", (width, height))
        ImageDraw.Draw(mask).ellipse((0, 0, width - 1, height - 1), fill=255)
        self._model(mask, x, y, colour, turn)

    def pill(self, box: Box, radius: float, colour: RGB, turn: float = 0) -> None:
        """A rectangle with round corners, turned by degrees around its middle."""
        width, height = self._pixels(box[2] - box[0]), self._pixels(box[3] - box[1])
        mask = Image.new("L", (width, height))
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), self._pixels(radius), fill=255)
        self._model(mask, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, colour, turn)

    def shape(self, points: list[tuple[float, float]], colour: RGB) -> None:
        """A polygon with its corners softened."""
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
        pad = 0.01
        mask = Image.new("L", (self._pixels(right - left + 2 * pad), self._pixels(bottom - top + 2 * pad)))
        side = 2 * self.side
        ImageDraw.Draw(mask).polygon([((x - left + pad) * side, (y - top + pad) * side) for x, y in points], fill=255)
        mask = mask.filter(ImageFilter.GaussianBlur(side / 160)).point(lambda a: max(0, min(255, (a - 96) * 4)))
        self._model(mask, (left + right) / 2, (top + bottom) / 2, colour, 0)

    def paste(self, art: Image.Image, x: float, foot: float, tall: float) -> None:
        """An RGBA picture, its foot at `(x, foot)`."""
        height = self._pixels(tall)
        width = max(1, round(art.width * height / art.height))
        art = art.resize((width, height), Image.Resampling.BICUBIC)
        self._over(art, round(x * 2 * self.side - width / 2), round(foot * 2 * self.side) - height)

    def done(self) -> Image.Image:
        """The finished picture, reduced; its margins are still there."""
        return self._image.reduce(2)

    def _pixels(self, fraction: float) -> int:
        return max(1, round(fraction * 2 * self.side))

    def _model(self, mask: Image.Image, x: float, y: float, colour: RGB, turn: float) -> None:
        shadow = _lighting().resize(mask.size, Image.Resampling.BILINEAR)
        table = [shade_of(colour, v / 255) for v in range(256)]
        channels = [shadow.point([tone[i] for tone in table]) for i in range(3)]
        lump = Image.merge("RGBA", [*channels, mask])
        if turn:
            lump = lump.rotate(turn, Image.Resampling.BICUBIC, expand=True)
        self._over(lump, round(x * 2 * self.side - lump.width / 2), round(y * 2 * self.side - lump.height / 2))

    def _over(self, art: Image.Image, left: int, top: int) -> None:
        cut = (
            max(0, -left),
            max(0, -top),
            min(art.width, self._image.width - left),
            min(art.height, self._image.height - top),
        )
        if cut[2] > cut[0] and cut[3] > cut[1]:
            self._image.alpha_composite(art.crop(cut), (left + cut[0], top + cut[1]))


def shade_of(colour: RGB, shadow: float) -> RGB:
    """A surface's colour from full light (0) over its own colour (about 0.4) to deep shade (1)."""
    if shadow < 0.4:
        return mix(mix(colour, WHITE, 0.34), colour, shadow / 0.4)
    return mix(colour, mix(colour, (40, 10, 80), 0.42), min(1.0, (shadow - 0.4) / 0.5)) if colour != BLACK else BLACK
