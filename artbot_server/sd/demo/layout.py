"""Where everything goes: a pure function from sizes and chance to places on the canvas. Paints nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the canvas, in pixels: the middle of the foot, and how tall the thing is there."""

    x: float
    foot: float
    tall: float
    flip: bool = False
    tilt: float = 0.0


def fitted(aspect: float, tall: float, wide: float) -> float:
    """The height of a picture (`aspect` = width / height) that is at most `tall` high and `wide` broad."""
    return min(tall, wide / aspect)


def row_plan(count: int, aspect: float, tall: float, wide: float) -> tuple[int, ...]:
    """How many stand in each row, front row first: up to three stand side by side, more in as many rows as make them largest."""

    def height(rows: int) -> float:
        return fitted(aspect, tall / (1 + 0.25 * (rows - 1)), wide / -(-count // rows))

    rows = 1 if count <= 3 else max((1, 2, 3), key=lambda n: height(n) * (1.08 if n == 1 else 1.0))
    base, rest = divmod(count, rows)
    return tuple(base + (1 if row < rest else 0) for row in range(rows))


def crowd(
    count: int,
    aspect: float,
    tall: float,
    wide: float,
    *,
    middle: tuple[float, float],
    step: float,
    loose: bool,
    rng: random.Random,
) -> list[Spot]:
    """`count` equals in one to three rows, the rear ones smaller and between those in front.

    Args:
        tall, wide: the room for all of them, pixels.
        middle: the middle of the front row's feet.
        step: how far up the next row stands, at least.
        loose: scattered, as fish and balloons are, and not in file.
    """
    rows = row_plan(count, aspect, tall, wide)
    each = fitted(aspect, tall / (1 + 0.22 * (len(rows) - 1)), wide / max(rows) * 1.04)
    pitch = max(each * aspect * 1.02, wide / max(rows) * 0.9)
    step = max(step, 0.36 * each)  # else the front row hides the rear one
    jitter = 0.16 if loose else 0.05
    spots: list[Spot] = []
    for row, number in enumerate(rows):
        # Rows of equal length would hide each other: every second one stands in the gaps.
        gap = 0.5 if row % 2 and number == rows[row - 1] else 0.0
        for k in range(number):
            x = (
                middle[0]
                + (k - (number - 1) / 2 + gap) * pitch * (1 - 0.06 * row)
                + rng.uniform(-jitter, jitter) * pitch
            )
            foot = middle[1] - row * step + rng.uniform(-1, 1) * step * (0.3 if loose else 0.12)
            size = each * (1 - 0.16 * row) * (rng.uniform(0.76, 1.04) if loose else rng.uniform(0.94, 1.04))
            spots.append(Spot(x, foot, size, rng.random() < 0.5, rng.uniform(-8, 8) if loose else 0.0))
    return spots


def box_of(spot: Spot, aspect: float) -> Box:
    """The rectangle a picture covers."""
    half = spot.tall * aspect / 2
    return (spot.x - half, spot.foot - spot.tall, spot.x + half, spot.foot)


def overlap(a: Box, b: Box) -> float:
    """The common area in square pixels."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def freest(candidates: Sequence[Spot], aspect: float, taken: Sequence[Box], size: tuple[int, int]) -> Spot:
    """The candidate that covers least of what is there already and least leaves the canvas; the first of equals."""

    def cost(spot: Spot) -> float:
        box = box_of(spot, aspect)
        inside = overlap(box, (0, 0, size[0], size[1]))
        return sum(overlap(box, other) for other in taken) + 2 * ((box[2] - box[0]) * (box[3] - box[1]) - inside)

    return min(candidates, key=cost)
