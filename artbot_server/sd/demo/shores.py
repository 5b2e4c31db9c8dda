"""Places with open water: lake, river, beach, sea; and the world below the surface."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from artbot_server.sd.demo.grounds import DECIDUOUS, EVERGREEN, PALM, Ground, grass, greens, mountains
from artbot_server.sd.demo.palette import RGB, WHITE, mix, near
from artbot_server.sd.demo.sheet import Sheet, rolling
from artbot_server.sd.demo.words import Idea


def lake(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """Still water that mirrors hills or mountains, reeds and a green shore in front."""
    g, rng = greens(sheet, idea), sheet.rng
    if rng.random() < 0.5 or "mountain" in idea.place:
        mountains(sheet, idea, horizon - 0.12)
    else:
        sheet.land(rolling(rng, horizon - 0.05, 0.03), g.far, g.middle, 0.12)
        for k in range(7):
            tall = rng.uniform(0.1, 0.18)
            sheet.stamp(rng.choice((DECIDUOUS, EVERGREEN)), (k + rng.random()) / 7, horizon + 0.02, tall, 0.25)
    bottom = 0.84
    _water(sheet, horizon + 0.02, bottom + 0.08, mirror=True)
    sheet.land(rolling(rng, bottom, 0.02), g.near, g.deep, 0.3)
    if idea.season != "winter":
        grass(sheet, g, bottom + 0.04)
    return Ground(bottom + 0.03, 0.96, (horizon + 0.03, bottom), ("1f33e", "1f33c"))


def river(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """Hills and a band of water between two banks."""
    g, rng = greens(sheet, idea), sheet.rng
    sheet.land(rolling(rng, horizon - 0.03, 0.035), g.far, g.middle, 0.12)
    for k in range(6):
        tree = DECIDUOUS if idea.season != "winter" else EVERGREEN
        sheet.stamp(tree, (k + rng.random()) / 6, horizon + 0.05, rng.uniform(0.14, 0.24), 0.2)
    sheet.land(rolling(rng, horizon + 0.04, 0.01), g.middle, g.deep, 0.1)
    _water(sheet, horizon + 0.06, horizon + 0.24, mirror=False)
    sheet.land(rolling(rng, horizon + 0.2, 0.02), g.near, g.deep, 0.4)
    if idea.season != "winter":
        grass(sheet, g, horizon + 0.24)
    return Ground(horizon + 0.24, 0.94, (horizon + 0.07, horizon + 0.2), ("1f33e", "1f33c"))


def beach(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """Sea, foam and sand with palms at a side."""
    rng, light = sheet.rng, sheet.light
    _water(sheet, horizon, horizon + 0.26, mirror=False, shallow=True)
    sand = light.on(near(rng, (250, 224, 170), 8))
    line = rolling(rng, horizon + 0.2, 0.02)
    sheet.land(lambda x: line(x) - 0.012, mix(light.on((226, 248, 250)), WHITE, 0.4), sand, 0.03, rim=0)
    sheet.land(line, mix(sand, light.on((206, 170, 116)), 0.45), sand, 0.06, rim=0)
    sheet.land(lambda x: line(x) + 0.04, sand, mix(sand, light.on((206, 160, 100)), 0.5), 0.5)
    side = rng.choice((0.04, 0.94))
    sheet.stamp(PALM, side, horizon + 0.3, 0.62, 0.03)
    sheet.stamp(PALM, side + (0.12 if side < 0.5 else -0.12), horizon + 0.27, 0.42, 0.06)
    for _ in range(4):
        sheet.stamp(rng.choice(("1f41a", "1faa8")), rng.random(), rng.uniform(horizon + 0.3, 0.98), 0.04)
    return Ground(horizon + 0.28, 0.94, (horizon + 0.02, horizon + 0.18))


def sea(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """Open water to the lower edge, with an island or nothing on its horizon."""
    rng, light = sheet.rng, sheet.light
    if rng.random() < 0.6:
        far = mix(light.on((110, 150, 150)), light.haze, 0.55)
        sheet.land(rolling(rng, horizon - 0.005, 0.028, 0.8), far, light.haze, 0.1, rim=0.1)
    _water(sheet, horizon, 1.0, mirror=False)
    return Ground(horizon + 0.1, 0.86, (horizon + 0.04, 1.0))


def underwater(sheet: Sheet, idea: Idea) -> Ground:
    """Blue depth with rays from above, a sandy floor, corals, weeds and bubbles."""
    rng, light = sheet.rng, sheet.light
    night = light.time == "night"
    blue: tuple[RGB, RGB, RGB] = rng.choice((
        ((128, 226, 240), (36, 140, 214), (12, 58, 140)), ((120, 232, 214), (28, 156, 176), (10, 72, 120)),
        ((150, 206, 250), (62, 116, 214), (36, 40, 130)),
    ))  # fmt: skip
    sheet.wash(tuple(mix(c, (6, 10, 50), 0.62) for c in blue) if night else blue)
    rays = Image.new("L", sheet.image.size)
    draw = ImageDraw.Draw(rays)
    for _ in range(7):
        x, spread = rng.random() * sheet.width, rng.uniform(0.05, 0.16) * sheet.width
        draw.polygon(
            [(x, 0), (x + spread * 0.5, 0), (x + spread * 1.4, sheet.height), (x - spread, sheet.height)], fill=44
        )
    down = Image.linear_gradient("L").resize(sheet.image.size).point(lambda v: 255 - v)
    rays = Image.composite(rays.filter(ImageFilter.GaussianBlur(sheet.unit / 40)), Image.new("L", rays.size), down)
    sheet.image.paste((255, 255, 255), (0, 0), rays)
    sand = mix((234, 212, 158), blue[2], 0.72 if night else 0.35)
    sheet.land(rolling(rng, 0.82, 0.03), mix(sand, blue[1], 0.5), mix(sand, blue[2], 0.4), 0.1, rim=0.1)
    for _ in range(rng.randint(5, 8)):
        x, tall = rng.random(), rng.uniform(0.1, 0.22)
        sheet.stamp(rng.choice(("1fab8", "1faa8", "1fab8")), x, rng.uniform(0.86, 0.92), tall, 0.35, alpha=0.95)
    _weeds(sheet, blue[2])
    sheet.land(rolling(rng, 0.91, 0.02), sand, mix(sand, blue[2], 0.35), 0.1, rim=0.2)
    for _ in range(26):
        x, y, r = rng.random(), rng.random() * 0.9, rng.uniform(0.004, 0.016)
        sheet.disc(x, y, r, mix(WHITE, blue[0], 0.4), 70)
        sheet.disc(x - r * 0.3, y - r * 0.3, r * 0.35, WHITE, 150)
    return Ground(0.88, 0.97, plants=("1fab8",))


def _weeds(sheet: Sheet, deep: RGB) -> None:
    rng, draw = sheet.rng, sheet.draw
    for _ in range(9):
        x = rng.choice((rng.uniform(0, 0.3), rng.uniform(0.7, 1.0))) * sheet.width
        y, tall = rng.uniform(0.9, 0.96) * sheet.height, rng.uniform(0.12, 0.34) * sheet.unit
        tone = mix(rng.choice(((60, 170, 90), (40, 140, 110), (120, 170, 60))), deep, 0.35)
        sway = rng.uniform(0.012, 0.026) * sheet.unit
        for side in (1, -1):
            line = [(x + side * sway * (1 if k % 2 else -0.2), y - tall * k / 7) for k in range(8)]
            draw.line(line, fill=(*tone, 230), width=max(3, round(0.014 * sheet.unit)), joint="curve")


def _water(sheet: Sheet, top: float, bottom: float, *, mirror: bool, shallow: bool = False) -> None:
    """A band of water; `mirror` shows what stands above it upside down."""
    rng, light = sheet.rng, sheet.light
    y0, y1 = round(top * sheet.height), min(sheet.height, round(bottom * sheet.height))
    above = sheet.image.crop((0, max(0, 2 * y0 - y1), sheet.width, y0))
    deep = light.on(near(rng, (42, 128, 196), 10))
    if light.time == "night":
        deep = mix(deep, (10, 20, 60), 0.5)
    near_shore = light.on((130, 226, 222)) if shallow else deep
    sheet.wash((mix(light.sky[2], deep, 0.4), mix(deep, near_shore, 0.5), near_shore), top, bottom)
    if mirror and above.height > 2:
        upside = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM).filter(ImageFilter.BoxBlur(sheet.unit / 220))
        band = sheet.image.crop((0, y0, sheet.width, y0 + upside.height))
        sheet.image.paste(Image.blend(upside, band, 0.45), (0, y0))
    draw = sheet.draw
    for _ in range(80):
        depth = rng.random()
        x, y = rng.random() * sheet.width, y0 + (y1 - y0) * depth**1.3
        length = rng.uniform(0.02, 0.06) * sheet.width * (0.4 + depth)
        tone = mix(light.sky[2], WHITE, 0.5) if rng.random() < 0.6 else deep
        draw.line((x, y, x + length, y), fill=(*tone, 110), width=max(1, round(sheet.unit / 330 * (0.6 + depth))))


PLACES: dict[str, Callable[[Sheet, Idea, float], Ground]] = {"lake": lake, "river": river, "beach": beach, "sea": sea}
