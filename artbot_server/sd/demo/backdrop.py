"""What a painted place tells the layout: where things may stand, float or swim in it, and what grows there."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image


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
