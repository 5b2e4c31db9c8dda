"""Land below the horizon: one function a place, each painting on a `Sheet` and returning where its ground lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from artbot_server.sd.demo.art import picture
from artbot_server.sd.demo.drawn import drawn
from artbot_server.sd.demo.palette import RGB, WHITE, mix, near
from artbot_server.sd.demo.sheet import Sheet, peaks, rolling
from artbot_server.sd.demo.words import Idea

DECIDUOUS, EVERGREEN, PALM = "1f333", "1f332", "1f334"
FLOWERS = ("1f33c", "1f337", "1f33b", "1fabb", "1f33a")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a place leaves behind: fractions of the height as in `Backdrop`."""

    far: float
    near: float = 0.93
    water: tuple[float, float] | None = None
    plants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Greens:
    """The colours of land in one season, far to near, already in the scene's light."""

    far: RGB
    middle: RGB
    near: RGB
    deep: RGB
    tree: str


def greens(sheet: Sheet, idea: Idea) -> Greens:
    """Grass in summer, straw and gold in autumn, snow in winter."""
    rng, light = sheet.rng, sheet.light
    base: tuple[RGB, RGB, RGB, RGB]
    tree = DECIDUOUS if idea.season in ("autumn", "spring") else rng.choice((DECIDUOUS, DECIDUOUS, EVERGREEN))
    if idea.season == "winter":
        base, tree = ((206, 222, 240), (226, 236, 248), (246, 249, 254), (196, 214, 238)), EVERGREEN
    elif idea.season == "autumn":
        base = ((206, 164, 110), (214, 158, 78), (204, 162, 74), (150, 108, 46))
    else:
        base = rng.choice((
            ((150, 204, 160), (112, 190, 112), (120, 200, 96), (58, 140, 66)),
            ((160, 206, 140), (140, 200, 96), (160, 212, 90), (84, 156, 54)),
            ((132, 196, 176), (92, 178, 130), (96, 186, 110), (40, 124, 84)),
        ))  # fmt: skip
    far, middle, close, deep = (light.on(near(rng, colour, 8)) for colour in base)
    return Greens(mix(far, light.haze, 0.45), mix(middle, light.haze, 0.18), close, deep, tree)


def meadow(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """Hills, a few trees far off, and grass."""
    g, rng = greens(sheet, idea), sheet.rng
    if rng.random() < 0.4:
        _range(sheet, horizon, 0.16)
    sheet.land(rolling(rng, horizon, 0.03), g.far, mix(g.far, sheet.light.haze, 0.4), 0.12)
    _tree_line(sheet, g.tree, horizon + 0.035, 0.1, rng.randint(2, 6), 0.35)
    if rng.random() < 0.45:
        landmark = rng.choice((drawn("windmill", None), picture("1f3e1"), picture("26ea"), picture("1f3d8-fe0f")))
        side = rng.choice((rng.uniform(0.06, 0.25), rng.uniform(0.75, 0.94)))
        sheet.stamp(landmark, side, horizon + 0.06, rng.uniform(0.12, 0.18), 0.25)
    sheet.land(rolling(rng, horizon + 0.07, 0.025), g.middle, mix(g.middle, g.deep, 0.3), 0.16)
    _tree_line(sheet, g.tree, horizon + 0.11, 0.2, rng.randint(0, 3), 0.12)
    sheet.land(rolling(rng, horizon + 0.17, 0.018), g.near, g.deep, 0.5)
    if idea.season != "winter":
        grass(sheet, g, horizon + 0.2)
    plants = () if idea.season == "winter" else (rng.choice(FLOWERS[:2]),)
    return Ground(horizon + 0.19, plants=plants)


def garden(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """A lawn with a fence or a hedge behind, and beds of flowers."""
    g, rng = greens(sheet, idea), sheet.rng
    sheet.land(rolling(rng, horizon, 0.02), g.far, g.far, 0.12)
    _tree_line(sheet, EVERGREEN if idea.season == "winter" else DECIDUOUS, horizon + 0.07, 0.3, 6, 0.16)
    line = horizon + 0.1
    if rng.random() < 0.6:
        wood = sheet.light.on(near(rng, rng.choice(((250, 248, 242), (206, 162, 116))), 6))
        _fence(sheet, line, wood)
    sheet.land(rolling(rng, horizon + 0.13, 0.01), g.near, g.deep, 0.5)
    if idea.season == "winter":
        return Ground(horizon + 0.19)
    grass(sheet, g, horizon + 0.17)
    kinds = rng.sample(FLOWERS, 3)
    for _ in range(9):
        sheet.stamp(rng.choice(kinds), rng.random(), horizon + rng.uniform(0.15, 0.19), rng.uniform(0.06, 0.09))
    return Ground(horizon + 0.19, plants=tuple(kinds))


def forest(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """Rows of trees, hazy at the back and close on both sides, with light between them."""
    g, rng = greens(sheet, idea), sheet.rng
    tree = g.tree
    sheet.wash((mix(sheet.light.haze, g.far, 0.3), mix(g.far, sheet.light.haze, 0.5)), horizon - 0.24, horizon + 0.1)
    sheet.land(rolling(rng, horizon - 0.2, 0.03, 3), mix(g.far, sheet.light.haze, 0.45), g.far, 0.2, rim=0)
    for row, (tall, haze, number) in enumerate(((0.3, 0.62, 9), (0.42, 0.4, 7))):
        _tree_line(sheet, tree, horizon + 0.04 + 0.06 * row, tall, number, haze)
    sheet.glow(rng.uniform(0.3, 0.7), horizon - 0.08, 0.4, sheet.light.sun, 110)
    sheet.land(rolling(rng, horizon + 0.1, 0.015), mix(g.near, g.deep, 0.25), mix(g.deep, (20, 40, 40), 0.25), 0.5)
    if idea.season != "winter":
        grass(sheet, g, horizon + 0.15)
    for side in (rng.uniform(-0.02, 0.1), rng.uniform(0.14, 0.24), rng.uniform(0.8, 0.88), rng.uniform(0.92, 1.04)):
        close = drawn("bamboo", None) if idea.place == "bamboo forest" else tree
        sheet.stamp(close, side, horizon + rng.uniform(0.12, 0.2), rng.uniform(0.5, 0.64), 0.06)
    return Ground(horizon + 0.18, plants=() if idea.season == "winter" else ("1f33f", "1f344"))


def mountains(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """Two ranges with snow, a dark line of firs and a meadow."""
    _range(sheet, horizon + 0.02, 0.36)
    g, rng = greens(sheet, idea), sheet.rng
    sheet.land(rolling(rng, horizon + 0.03, 0.02, 2), mix(g.middle, sheet.light.haze, 0.2), g.middle, 0.12)
    _tree_line(sheet, EVERGREEN, horizon + 0.08, 0.13, 11, 0.28)
    sheet.land(rolling(rng, horizon + 0.12, 0.02), g.near, g.deep, 0.5)
    if idea.season != "winter":
        grass(sheet, g, horizon + 0.16)
    return Ground(horizon + 0.17, plants=("1f33c",) if idea.season != "winter" else ())


def desert(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """Dunes and cacti."""
    rng, light = sheet.rng, sheet.light
    sand = light.on(near(rng, (240, 200, 132)))
    shade = light.on((196, 140, 86))
    sheet.land(rolling(rng, horizon, 0.03), mix(sand, light.haze, 0.5), mix(shade, light.haze, 0.4), 0.14)
    sheet.land(rolling(rng, horizon + 0.07, 0.035), mix(sand, light.haze, 0.2), mix(shade, sand, 0.4), 0.2)
    for _ in range(rng.randint(2, 4)):
        sheet.stamp("1f335", rng.random(), horizon + rng.uniform(0.09, 0.15), rng.uniform(0.1, 0.2), 0.1)
    sheet.land(rolling(rng, horizon + 0.16, 0.02), sand, shade, 0.6)
    return Ground(horizon + 0.19)


def savanna(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """Dry grass, a far range and a few wide trees."""
    rng, light = sheet.rng, sheet.light
    straw, deep = light.on(near(rng, (232, 198, 104))), light.on((176, 128, 54))
    sheet.land(rolling(rng, horizon - 0.03, 0.02), mix((150, 150, 170), light.haze, 0.6), light.haze, 0.1, rim=0)
    sheet.land(rolling(rng, horizon + 0.02, 0.008), mix(straw, light.haze, 0.4), straw, 0.15)
    _tree_line(sheet, DECIDUOUS, horizon + 0.06, 0.15, 4, 0.3)
    sheet.land(rolling(rng, horizon + 0.12, 0.015), straw, deep, 0.5)
    dry = Greens(straw, straw, straw, deep, DECIDUOUS)
    grass(sheet, dry, horizon + 0.15)
    return Ground(horizon + 0.17, plants=("1f33e",))


def grass(sheet: Sheet, g: Greens, top: float) -> None:
    """Tufts of blades, longer towards the viewer, with lighter patches between."""
    rng, draw = sheet.rng, sheet.draw
    for _ in range(130):
        depth = rng.random()
        x, y = rng.random() * sheet.width, (top + (1 - top) * depth) * sheet.height
        length = (0.008 + 0.026 * depth) * sheet.unit
        tone = (
            mix(g.near, WHITE, rng.uniform(0.0, 0.24))
            if rng.random() < 0.5
            else mix(g.near, g.deep, rng.uniform(0.3, 0.9))
        )
        for lean in (-0.5, 0.1, 0.6):
            tip = (x + lean * length, y - length * rng.uniform(0.7, 1.1))
            draw.line((x + lean * length * 0.3, y, *tip), fill=(*tone, 150), width=max(2, sheet.unit // 280))


def _range(sheet: Sheet, foot: float, tall: float) -> None:
    """Two layers of mountains, snow on the farther one."""
    rng, light = sheet.rng, sheet.light
    rock = mix(light.on(near(rng, (126, 140, 176))), light.haze, 0.4)
    snow = mix(light.on((248, 250, 255)), light.haze, 0.15)
    line = peaks(rng, foot, tall, rng.randint(3, 4))
    sheet.land(line, snow, mix(rock, snow, 0.2), tall * 0.55, rim=0.3)
    lower = rolling(rng, foot - tall * 0.4, tall * 0.05, 7)
    sheet.land(
        lambda x: max(line(x) + tall * 0.16, lower(x)),
        mix(rock, snow, 0.12),
        mix(rock, light.haze, 0.5),
        tall * 0.6,
        rim=0,
    )
    front = peaks(rng, foot + 0.02, tall * 0.45, 5)
    sheet.land(front, mix(rock, light.on((80, 120, 130)), 0.4), mix(rock, light.haze, 0.4), tall * 0.4, rim=0.12)


def _tree_line(sheet: Sheet, tree: str, foot: float, tall: float, number: int, haze: float) -> None:
    for k in range(number):
        x = (k + sheet.rng.uniform(0.1, 0.9)) / number
        sheet.stamp(tree, x, foot + sheet.rng.uniform(-0.01, 0.012), tall * sheet.rng.uniform(0.75, 1.2), haze)


def _fence(sheet: Sheet, foot: float, wood: RGB) -> None:
    draw, unit = sheet.draw, sheet.unit
    tall, wide = 0.11 * unit, 0.022 * unit
    base = (foot + 0.05) * sheet.height
    for rail in (0.35, 0.7):
        y = base - tall * rail
        draw.rectangle((0, y, sheet.width, y + wide * 0.6), fill=mix(wood, (90, 80, 90), 0.22))
    x = -wide
    while x < sheet.width:
        draw.polygon(
            [
                (x, base),
                (x, base - tall),
                (x + wide / 2, base - tall * 1.14),
                (x + wide, base - tall),
                (x + wide, base),
            ],
            fill=wood,
        )
        x += wide * 1.9


PLACES: dict[str, Callable[[Sheet, Idea, float], Ground]] = {
    "meadow": meadow, "garden": garden, "forest": forest, "mountains": mountains, "desert": desert, "savanna": savanna,
}  # fmt: skip
