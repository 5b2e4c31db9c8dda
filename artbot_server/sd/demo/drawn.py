"""Things the art pack has no good picture of: bamboo, a bush, weeds, a hot air balloon, a lighthouse and the like."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw

from artbot_server.sd.demo.art import picture
from artbot_server.sd.demo.clay import Clay
from artbot_server.sd.demo.palette import RGB, WHITE, mix, tint_of

SIDE = 360


def drawn(name: str, colour: str | None) -> Image.Image:
    """The RGBA picture of one of `lexicon.DRAWN` that is no person."""
    image = _drawn(name, colour)
    return image.crop(image.getbbox())


@lru_cache(maxsize=24)
def _drawn(name: str, colour: str | None) -> Image.Image:
    return PAINTERS[name](tint_of(colour) if colour else None)


def _bamboo(colour: RGB | None) -> Image.Image:
    clay, green = Clay(SIDE), colour or (110, 186, 84)
    for x, top, tone in ((0.34, 0.06, 0.12), (0.66, 0.14, 0.2), (0.5, 0.0, 0.0)):
        joints = 7
        for k in range(joints):
            y0 = top + (1 - top) * k / joints
            clay.pill((x - 0.04, y0, x + 0.04, y0 + (1 - top) / joints + 0.004), 0.018, mix(green, (20, 90, 60), tone))
            if k in (1, 2, 4):
                side = 1 if (k + round(x * 10)) % 2 else -1
                for lift in (18, 46):
                    angle = math.radians(lift)
                    clay.blob(
                        x + side * 0.12 * math.cos(angle),
                        y0 - 0.1 * math.sin(angle),
                        0.085,
                        0.022,
                        mix(green, (40, 130, 60), 0.3),
                        turn=side * lift,
                    )
    return clay.done()


def held_bamboo() -> Image.Image:
    """One stalk with leaves, as a panda holds it."""
    clay, green = Clay(SIDE), (120, 190, 88)
    for k in range(5):
        clay.pill((0.465, 0.2 * k, 0.535, 0.2 * k + 0.204), 0.02, green)
    for side, y in ((1, 0.12), (-1, 0.2), (1, 0.34)):
        for lift in (12, 42):
            angle = math.radians(lift)
            x = 0.5 + side * 0.14 * math.cos(angle)
            clay.blob(x, y - 0.12 * math.sin(angle), 0.12, 0.034, mix(green, (40, 130, 60), 0.3), turn=side * lift)
    return clay.done().rotate(-32, Image.Resampling.BICUBIC)


def _bush(colour: RGB | None) -> Image.Image:
    clay, green = Clay(SIDE), colour or (92, 176, 88)
    for x, y, r in ((0.25, 0.78, 0.2), (0.75, 0.78, 0.2), (0.4, 0.62, 0.22), (0.62, 0.6, 0.22), (0.5, 0.78, 0.24)):
        clay.blob(x, y, r, r * 0.92, green)
    return clay.done()


def _seaweed(colour: RGB | None) -> Image.Image:
    clay, green = Clay(SIDE), colour or (72, 170, 104)
    for x, tall in ((0.36, 0.8), (0.5, 1.0), (0.64, 0.7)):
        for k in range(9):
            clay.blob(x + 0.035 * math.sin(k * 1.1 + x * 9), 1 - tall * k / 9 - 0.06, 0.034, 0.075, green)
    return clay.done()


def _firefly(colour: RGB | None) -> Image.Image:
    image = Image.new("RGB", (SIDE, SIDE), colour or (255, 240, 130))
    fade = Image.radial_gradient("L").resize((SIDE, SIDE)).point(lambda v: max(0, 250 - 2 * v))
    image.putalpha(fade)
    return image


def _hot_air_balloon(colour: RGB | None) -> Image.Image:
    clay, main = Clay(SIDE), colour or (236, 84, 84)
    stripes = (main, mix(main, (255, 236, 160), 0.75), main, mix(main, (255, 236, 160), 0.75), main)
    clay.pill((0.41, 0.86, 0.59, 0.99), 0.03, (178, 122, 74))
    clay.shape([(0.3, 0.56), (0.7, 0.56), (0.57, 0.79), (0.43, 0.79)], main)
    for k, tone in enumerate(stripes):
        reach = 0.36 * (1 - k * 0.21)
        clay.blob(0.5, 0.36, reach, 0.36, tone)
    image = clay.done()
    draw = ImageDraw.Draw(image)
    for x0, x1 in ((0.44, 0.43), (0.56, 0.57)):
        draw.line((x0 * SIDE, 0.78 * SIDE, x1 * SIDE, 0.88 * SIDE), fill=(90, 66, 60, 255), width=3)
    return image


def _lighthouse(colour: RGB | None) -> Image.Image:
    clay, red = Clay(SIDE), colour or (226, 66, 66)
    for k in range(5):
        y = 0.3 + 0.13 * k
        half = 0.085 + 0.014 * k
        clay.shape(
            [(0.5 - half, y), (0.5 + half, y), (0.514 + half, y + 0.135), (0.486 - half, y + 0.135)],
            red if k % 2 else (250, 248, 244),
        )
    clay.pill((0.36, 0.27, 0.64, 0.31), 0.02, (90, 90, 110))
    clay.pill((0.43, 0.17, 0.57, 0.28), 0.02, (255, 232, 130))
    clay.shape([(0.4, 0.18), (0.5, 0.06), (0.6, 0.18)], red)
    clay.blob(0.5, 0.96, 0.32, 0.07, (150, 142, 150))
    return clay.done()


def _windmill(colour: RGB | None) -> Image.Image:
    clay = Clay(SIDE)
    clay.shape([(0.38, 0.4), (0.62, 0.4), (0.7, 0.98), (0.3, 0.98)], colour or (246, 232, 210))
    clay.shape([(0.35, 0.42), (0.5, 0.24), (0.65, 0.42)], (196, 84, 70))
    clay.pill((0.45, 0.8, 0.55, 0.98), 0.04, (140, 92, 62))
    for turn in (28, 118, 208, 298):
        angle = math.radians(turn)
        clay.pill((0.5 + 0.2 * math.cos(angle) - 0.19, 0.4 - 0.2 * math.sin(angle) - 0.045,
                   0.5 + 0.2 * math.cos(angle) + 0.19, 0.4 - 0.2 * math.sin(angle) + 0.045), 0.02, (252, 250, 244), turn=turn)  # fmt: skip
    clay.blob(0.5, 0.4, 0.035, 0.035, (150, 96, 66))
    return clay.done()


def _perfume(colour: RGB | None) -> Image.Image:
    clay, glass = Clay(SIDE), colour or (246, 178, 196)
    clay.pill((0.2, 0.36, 0.8, 0.98), 0.11, mix(glass, WHITE, 0.5))
    clay.pill((0.26, 0.5, 0.74, 0.93), 0.08, glass)
    clay.pill((0.41, 0.25, 0.59, 0.39), 0.02, (226, 190, 110))
    clay.pill((0.36, 0.04, 0.64, 0.27), 0.05, mix(glass, (60, 30, 60), 0.2))
    clay.pill((0.36, 0.62, 0.64, 0.78), 0.02, (255, 250, 240))
    clay.pill((0.25, 0.42, 0.3, 0.88), 0.024, WHITE)
    return clay.done()


def _table(colour: RGB | None) -> Image.Image:
    clay, wood = Clay(SIDE), colour or (190, 128, 78)
    for x in (0.12, 0.82):
        clay.pill((x, 0.3, x + 0.06, 0.96), 0.02, mix(wood, (60, 30, 20), 0.25))
    clay.pill((0.02, 0.22, 0.98, 0.34), 0.04, wood)
    return clay.done()


def _blossom_tree(colour: RGB | None) -> Image.Image:
    """The pack's tree in pink, with single blossoms."""
    tree = picture("1f333", "pink")
    canvas = Image.new("RGBA", (SIDE, SIDE))
    tree = tree.resize((round(tree.width * SIDE / tree.height), SIDE), Image.Resampling.BICUBIC)
    crown = tree.crop((0, 0, tree.width, round(SIDE * 0.76)))
    trunk = picture("1f333").resize(tree.size, Image.Resampling.BICUBIC)
    trunk.paste(crown, (0, 0), crown)
    canvas.paste(trunk, ((SIDE - tree.width) // 2, 0))
    blossom = picture("1f338").resize((SIDE // 11, SIDE // 11), Image.Resampling.BICUBIC)
    for x, y in (
        (0.4, 0.12),
        (0.56, 0.2),
        (0.32, 0.3),
        (0.66, 0.36),
        (0.48, 0.4),
        (0.3, 0.52),
        (0.6, 0.56),
        (0.45, 0.62),
    ):
        canvas.alpha_composite(blossom, (round(x * SIDE), round(y * SIDE)))
    return canvas


def _unicorn(colour: RGB | None) -> Image.Image:
    """The pack's horse in white (or the colour asked for), its mane in violet, with a horn."""
    horse = picture("1f40e")
    grey = horse.convert("L").point(lambda v: min(255, round(v * 1.9)))
    red, green, blue = colour or (252, 248, 255)
    body = Image.merge("RGBA", [
        grey.point([round(dark + (light - dark) * min(1.0, v / 170)) for v in range(256)])
        for dark, light in ((206, red), (110, green), (232, blue))
    ] + [horse.getchannel("A")])  # fmt: skip
    canvas = Image.new("RGBA", (SIDE, SIDE))
    tall = round(SIDE * 0.84)
    body = body.resize((round(body.width * tall / body.height), tall), Image.Resampling.BICUBIC)
    canvas.paste(body, ((SIDE - body.width) // 2, SIDE - tall), body)
    box = body.crop((0, 0, body.width // 3, tall)).getbbox() or (0, 0, 1, 1)
    left, top = (SIDE - body.width) // 2 + body.width * 0.16, SIDE - tall + box[1] + tall * 0.05
    horn = Clay(SIDE)
    x, y = left / SIDE, top / SIDE
    horn.shape([(x - 0.035, y + 0.03), (x + 0.03, y + 0.01), (x - 0.08, y - 0.2)], (255, 214, 110))
    canvas.alpha_composite(horn.done())
    return canvas


PAINTERS: dict[str, Callable[[RGB | None], Image.Image]] = {
    "bamboo": _bamboo, "bush": _bush, "seaweed": _seaweed, "firefly": _firefly, "hotair": _hot_air_balloon,
    "lighthouse": _lighthouse, "windmill": _windmill, "perfume": _perfume, "table": _table, "unicorn": _unicorn, "sakura": _blossom_tree,
}  # fmt: skip
