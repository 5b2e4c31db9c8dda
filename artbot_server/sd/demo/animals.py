"""Bodies for the animals of which the art pack has only the face: sitting, or lying with the paws in front."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from artbot_server.sd.demo.art import picture
from artbot_server.sd.demo.clay import Clay
from artbot_server.sd.demo.figures import SIDE, Figure, figure_of
from artbot_server.sd.demo.palette import RGB, WHITE, mix, tint_of


@dataclass(frozen=True, slots=True)
class Fur:
    """An animal's colours where its face does not tell them: belly, arms and legs, and what its tail is like."""

    coat: RGB | None = None
    belly: RGB | None = None
    limbs: RGB | None = None
    tail: str = "thin"


FURS: dict[str, Fur] = {
    "1f43c": Fur((248, 248, 252), (248, 248, 252), (56, 50, 78), "stub"),
    "1f981": Fur((250, 170, 60), (255, 214, 140), None, "tuft"),
    "1f42f": Fur((255, 150, 50), (255, 244, 230), None, "thin"),
    "1f98a": Fur((255, 120, 40), (255, 244, 230), (120, 60, 50), "bushy"),
    "1f43a": Fur((140, 140, 154), (226, 224, 232), None, "bushy"),
    "1f99d": Fur((130, 130, 142), (206, 204, 212), (90, 90, 104), "bushy"),
    "1f428": Fur((160, 158, 170), (222, 220, 228), None, "stub"),
    "1f43b": Fur((150, 92, 62), (212, 160, 118), None, "stub"),
    "1f43b-200d-2744-fe0f": Fur((244, 246, 250), (252, 252, 255), None, "stub"),
    "1f430": Fur((240, 238, 246), (255, 255, 255), None, "puff"),
    "1f438": Fur((70, 190, 140), (255, 190, 90), None, "none"),
    "1f42e": Fur((244, 242, 246), (252, 232, 226), (66, 60, 78), "tuft"),
    "1f437": Fur((255, 140, 170), (255, 180, 200), None, "none"),
    "1f431": Fur((255, 190, 60), (255, 232, 160), None, "thin"),
    "1f436": Fur((232, 178, 116), (252, 226, 190), None, "thin"),
    "1f42d": Fur((206, 204, 216), (240, 236, 244), None, "thin"),
    "1f439": Fur((250, 180, 110), (255, 226, 190), None, "puff"),
    "1f435": Fur((140, 84, 70), (230, 180, 150), None, "thin"),
}


@lru_cache(maxsize=24)
def animal(name: str, colour: str | None, lying: bool) -> Figure:
    """An animal's face on a body seen from the front: sitting, or lying with its paws before it."""
    fur = FURS.get(name, Fur())
    own = tint_of(colour) if colour else (fur.coat or (200, 160, 120))
    belly = mix(own, WHITE, 0.55) if colour else (fur.belly or mix(own, WHITE, 0.5))
    limbs = mix(own, (60, 30, 60), 0.12) if colour or not fur.limbs else fur.limbs
    if name == "1f43c" and colour:
        limbs = mix(own, (30, 20, 50), 0.6)
    clay = Clay(SIDE)
    _tail(clay, fur.tail, own, belly)
    if lying:
        _lying(clay, own, belly, limbs)
    else:
        _sitting(clay, own, belly, limbs)
    head = picture(name, colour)
    tall = min(0.52, 0.56 * head.height / head.width)
    foot = 0.72 if lying else 0.6
    clay.paste(head, 0.44 if lying else 0.5, foot, tall)
    top, ears = foot - tall, 0.22 if name == "1f430" else 0.08
    middle = 0.44 if lying else 0.5
    return figure_of(clay, (middle, top + tall * ears, 0.36), (middle, foot + 0.15), foot - tall * 0.46, foot - 0.015)


def _sitting(clay: Clay, coat: RGB, belly: RGB, limbs: RGB) -> None:
    clay.blob(0.5, 0.73, 0.205, 0.235, coat)
    clay.blob(0.5, 0.77, 0.135, 0.165, belly)
    for side in (-1, 1):
        clay.blob(0.5 + side * 0.15, 0.905, 0.1, 0.062, limbs, turn=side * 8)
        clay.blob(0.5 + side * 0.175, 0.925, 0.055, 0.038, mix(limbs, WHITE, 0.25))
        clay.blob(0.5 + side * 0.15, 0.69, 0.058, 0.135, limbs, turn=side * 16)


def _lying(clay: Clay, coat: RGB, belly: RGB, limbs: RGB) -> None:
    clay.blob(0.6, 0.76, 0.3, 0.19, coat)
    clay.blob(0.79, 0.82, 0.13, 0.13, mix(coat, (60, 30, 60), 0.1))
    clay.blob(0.78, 0.93, 0.11, 0.045, limbs)
    clay.blob(0.44, 0.83, 0.17, 0.12, belly)
    for side in (-1, 1):
        clay.blob(0.44 + side * 0.13, 0.9, 0.085, 0.075, limbs)
        clay.blob(0.44 + side * 0.13, 0.93, 0.055, 0.035, mix(limbs, WHITE, 0.25))


def _tail(clay: Clay, tail: str, coat: RGB, tip: RGB) -> None:
    if tail in ("thin", "tuft"):
        for k in range(7):
            clay.blob(0.68 + 0.026 * k, 0.9 - 0.006 * k * k, 0.036, 0.036, coat)
        if tail == "tuft":
            clay.blob(0.86, 0.67, 0.05, 0.06, mix(coat, (90, 40, 20), 0.6))
    elif tail == "bushy":
        clay.blob(0.74, 0.78, 0.09, 0.16, coat, turn=-24)
        clay.blob(0.795, 0.68, 0.055, 0.07, tip, turn=-24)
    elif tail == "puff":
        clay.blob(0.7, 0.88, 0.06, 0.06, mix(tip, WHITE, 0.4))
    elif tail == "stub":
        clay.blob(0.69, 0.88, 0.045, 0.045, coat)
