"""Bodies for heads: many pictures of the pack are a face or a bust; here they sit, stand, wear and hold things.

A figure is one RGBA picture with the places where a hat or a book belongs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from artbot_server.sd.demo.art import picture
from artbot_server.sd.demo.clay import Clay
from artbot_server.sd.demo.palette import RGB, WHITE, mix, tint_of

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


@lru_cache(maxsize=128)
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
    return _figure(clay, (middle, top + tall * ears, 0.36), (middle, foot + 0.15), foot - tall * 0.46, foot - 0.015)


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


OUTFITS: tuple[tuple[RGB, RGB, RGB], ...] = (
    ((240, 96, 92), (70, 96, 160), (250, 250, 250)), ((84, 160, 236), (236, 226, 206), (232, 90, 80)),
    ((250, 196, 80), (92, 120, 190), (120, 74, 56)), ((120, 196, 140), (108, 96, 150), (250, 246, 236)),
    ((180, 140, 226), (76, 84, 120), (250, 214, 220)), ((246, 150, 176), (120, 140, 200), (255, 255, 255)),
)  # fmt: skip
SUITS: dict[str, tuple[RGB, RGB, RGB]] = {
    "1f916": ((178, 186, 206), (140, 150, 176), (96, 104, 132)), "1f47d": ((120, 200, 110), (100, 180, 96), (90, 160, 90)),
    "1f385": ((226, 52, 64), (226, 52, 64), (50, 44, 60)), "1f936": ((226, 52, 64), (226, 52, 64), (50, 44, 60)),
    "1f47c": ((250, 250, 255), (250, 250, 255), (255, 220, 180)), "knight": ((168, 178, 198), (130, 140, 164), (96, 104, 128)),
    "1f921": ((250, 200, 60), (80, 150, 240), (230, 60, 70)),
}  # fmt: skip
SKINS: dict[str, RGB] = {"1f3fb": (255, 208, 190), "1f3fc": (206, 140, 112), "1f3fd": (246, 186, 140)}
DRESSED = frozenset({"1f467", "1f469", "1f475", "1f936", "1f47c"})


@lru_cache(maxsize=128)
def standing_person(name: str, look: int, colour: str | None) -> Figure:
    """A face on a small standing body; `look` picks the clothes, `colour` dyes the upper half."""
    base = name.split("-")[0]
    top, legs, shoes = SUITS.get(name) or SUITS.get(base) or OUTFITS[look % len(OUTFITS)]
    if colour:
        top = tint_of(colour)
    skin = next((tone for code, tone in SKINS.items() if code in name), (255, 206, 130))
    skin = top if base in ("1f916", "1f47d", "knight") else skin
    clay = Clay(SIDE)
    for side in (-1, 1):
        clay.pill(
            (0.5 + side * 0.065 - 0.05, 0.72, 0.5 + side * 0.065 + 0.05, 0.95), 0.04, skin if base in DRESSED else legs
        )
        clay.blob(0.5 + side * 0.08, 0.95, 0.072, 0.04, shoes)
        clay.pill((0.5 + side * 0.165 - 0.042, 0.535, 0.5 + side * 0.165 + 0.042, 0.76), 0.042, top, turn=side * 18)
        clay.blob(0.5 + side * 0.198, 0.755, 0.042, 0.042, skin)
    if base in DRESSED:
        clay.shape([(0.42, 0.53), (0.58, 0.53), (0.69, 0.84), (0.6, 0.865), (0.4, 0.865), (0.31, 0.84)], top)
    else:
        clay.pill((0.36, 0.51, 0.64, 0.79), 0.09, top)
    if base in ("1f916", "knight"):
        clay.blob(0.5, 0.63, 0.05, 0.05, (90, 200, 240) if base == "1f916" else (216, 60, 60))
    head = _knights_head(look) if name == "knight" else picture(name)
    tall = min(0.53, 0.5 * head.height / head.width)
    clay.paste(head, 0.5, 0.58, tall)
    if name == "knight":
        clay.paste(picture("1f6e1-fe0f"), 0.3, 0.86, 0.26)
        clay.paste(picture("1f5e1-fe0f"), 0.76, 0.84, 0.36)
    return _figure(clay, (0.5, 0.58 - tall * 0.86, 0.42), (0.5, 0.73), 0.58 - tall * 0.42, 0.57)


def _knights_head(look: int) -> Image.Image:
    """A man's face in a helmet with a plume."""
    steel = (176, 186, 206)
    clay = Clay(SIDE // 2)
    clay.blob(0.5, 0.14, 0.1, 0.14, ((222, 60, 70), (70, 120, 220), (250, 190, 60))[look % 3], turn=-20)
    clay.blob(0.5, 0.58, 0.36, 0.38, steel)
    clay.paste(picture("1f468-1f3fd"), 0.5, 0.92, 0.6)
    clay.shape([(0.13, 0.56), (0.2, 0.3), (0.5, 0.18), (0.8, 0.3), (0.87, 0.56), (0.5, 0.47)], steel)
    clay.pill((0.1, 0.5, 0.26, 0.86), 0.06, mix(steel, (60, 60, 90), 0.15))
    clay.pill((0.74, 0.5, 0.9, 0.86), 0.06, mix(steel, (60, 60, 90), 0.15))
    image = clay.done()
    return image.crop(image.getbbox())


@lru_cache(maxsize=128)
def standing_bust(name: str, gown: bool, colour: str | None) -> Figure:
    """A bust completed with legs in the colours of its lower edge, or with a long gown."""
    bust = picture(name)
    cloth = tint_of(colour) if colour else _edge_colour(bust)
    clay = Clay(SIDE)
    if gown:
        clay.shape([(0.34, 0.56), (0.66, 0.56), (0.76, 0.92), (0.62, 0.965), (0.38, 0.965), (0.24, 0.92)], cloth)
        clay.blob(0.5, 0.93, 0.2, 0.03, mix(cloth, WHITE, 0.25))
    else:
        legs = mix(cloth, (36, 30, 70), 0.3)
        for side in (-1, 1):
            clay.pill((0.5 + side * 0.085 - 0.066, 0.64, 0.5 + side * 0.085 + 0.066, 0.95), 0.05, legs)
            clay.blob(0.5 + side * 0.1, 0.95, 0.086, 0.042, mix(legs, (30, 24, 50), 0.6))
        clay.pill((0.32, 0.5, 0.68, 0.78), 0.1, cloth)
    tall = min(0.66, 0.56 * bust.height / bust.width)
    clay.paste(bust, 0.5, 0.685, tall)
    return _figure(clay, (0.5, 0.69 - tall * 0.95, 0.34), (0.5, 0.74), 0.69 - tall * 0.62, 0.69 - tall * 0.4)


def _edge_colour(bust: Image.Image) -> RGB:
    """The mean colour of the lower corners: the clothes, where a beard or a tie may hang in the middle."""
    width, height = bust.size
    patch = Image.new("RGB", (2, 1))
    for k, left in enumerate((0.16, 0.76)):
        box = (round(width * left), round(height * 0.86), round(width * (left + 0.08)), height - 3)
        patch.paste(bust.convert("RGB").crop(box).resize((1, 1), Image.Resampling.BOX), (k, 0))
    r, g, b = patch.resize((1, 1), Image.Resampling.BOX).tobytes()
    return (r, g, b)


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


def _figure(
    clay: Clay, crown: tuple[float, float, float], hands: tuple[float, float], eyes: float, neck: float
) -> Figure:
    image = clay.done()
    left, top, right, bottom = image.getbbox() or (0, 0, SIDE, SIDE)
    width, height = (right - left) / SIDE, (bottom - top) / SIDE

    def x(value: float) -> float:
        return (value - left / SIDE) / width

    def y(value: float) -> float:
        return (value - top / SIDE) / height

    at = (x(crown[0]), y(crown[1]), crown[2] / width)
    return Figure(image.crop((left, top, right, bottom)), at, (x(hands[0]), y(hands[1])), y(eyes), y(neck))
