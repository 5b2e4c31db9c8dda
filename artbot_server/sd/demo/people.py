"""Bodies for people: a face on a small standing body, a bust completed with legs or a gown, a knight in armour."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image

from artbot_server.sd.demo.art import picture
from artbot_server.sd.demo.clay import Clay
from artbot_server.sd.demo.figures import SIDE, Figure, figure_of
from artbot_server.sd.demo.palette import RGB, WHITE, mix, tint_of

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


@lru_cache(maxsize=24)
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
    return figure_of(clay, (0.5, 0.58 - tall * 0.86, 0.42), (0.5, 0.73), 0.58 - tall * 0.42, 0.57)


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


@lru_cache(maxsize=24)
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
    return figure_of(clay, (0.5, 0.69 - tall * 0.95, 0.34), (0.5, 0.74), 0.69 - tall * 0.62, 0.69 - tall * 0.4)


def _edge_colour(bust: Image.Image) -> RGB:
    """The mean colour of the lower corners: the clothes, where a beard or a tie may hang in the middle."""
    width, height = bust.size
    patch = Image.new("RGB", (2, 1))
    for k, left in enumerate((0.16, 0.76)):
        box = (round(width * left), round(height * 0.86), round(width * (left + 0.08)), height - 3)
        patch.paste(bust.convert("RGB").crop(box).resize((1, 1), Image.Resampling.BOX), (k, 0))
    r, g, b = patch.resize((1, 1), Image.Resampling.BOX).tobytes()
    return (r, g, b)
