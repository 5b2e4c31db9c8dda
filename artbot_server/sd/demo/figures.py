"""A being as one RGBA picture, with the places where a hat or a book belongs; bodies are in `animals` and `people`."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from artbot_server.sd.demo.clay import Clay

SIDE = 400  # pixels a figure is modelled at: enough for half of a 768 pixel picture


@dataclass(frozen=True, slots=True)
class Figure:
    """A being ready to be placed.

    Attributes:
        image: RGBA, cropped.
        crown: where a hat sits: x, y and the width of the head, in fractions of the image's width and height.
        hands: where a held thing's middle is.
        eyes: the height of the eyes.
        neck: the height of the neck.
    """

    image: Image.Image
    crown: tuple[float, float, float]
    hands: tuple[float, float]
    eyes: float
    neck: float


def profile(art: Image.Image, front: bool) -> Figure:
    """A whole picture; the crown is found as the highest point of the half where the head is."""
    alpha = art.getchannel("A")
    half = alpha if front else alpha.crop((0, 0, max(1, round(art.width * 0.45)), art.height))
    box = half.point(lambda a: 255 if a > 100 else 0).getbbox() or (0, 0, art.width, art.height)
    strip = half.crop((0, box[1], half.width, min(half.height, box[1] + max(2, art.height // 10))))
    span = strip.point(lambda a: 255 if a > 100 else 0).getbbox() or (0, 0, half.width, 1)
    middle = (span[0] + span[2]) / 2 / art.width
    wide = 0.55 if front else 0.3
    hands = (0.5, 0.72) if front else (0.14, 0.62)
    return Figure(art, (0.5 if front else middle, (box[1] + art.height * 0.05) / art.height, wide), hands, 0.3, 0.5)


def figure_of(
    clay: Clay, crown: tuple[float, float, float], hands: tuple[float, float], eyes: float, neck: float
) -> Figure:
    """What was modelled, cropped; the points are fractions of the clay's side."""
    image = clay.done()
    left, top, right, bottom = image.getbbox() or (0, 0, SIDE, SIDE)
    width, height = (right - left) / SIDE, (bottom - top) / SIDE

    def x(value: float) -> float:
        return (value - left / SIDE) / width

    def y(value: float) -> float:
        return (value - top / SIDE) / height

    at = (x(crown[0]), y(crown[1]), crown[2] / width)
    return Figure(image.crop((left, top, right, bottom)), at, (x(hands[0]), y(hands[1])), y(eyes), y(neck))
