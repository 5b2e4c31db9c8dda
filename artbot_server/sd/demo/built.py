"""Places that people built outdoors: city, street, village."""

from __future__ import annotations

from collections.abc import Callable

from artbot_server.sd.demo.grounds import DECIDUOUS, EVERGREEN, Ground, grass, greens
from artbot_server.sd.demo.palette import RGB, WHITE, mix, near
from artbot_server.sd.demo.sheet import Sheet, rolling
from artbot_server.sd.demo.words import Idea


def city(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """A skyline in three depths, windows lit by night, and a park strip in front."""
    rng = sheet.rng
    for depth, (tall, haze) in enumerate(((0.42, 0.66), (0.32, 0.4), (0.22, 0.12))):
        x = -0.03
        while x < 1.03:
            wide = rng.uniform(0.05, 0.11)
            _tower(sheet, x, wide, horizon + 0.08, tall * rng.uniform(0.45, 1.1), haze, depth)
            x += wide * rng.uniform(0.95, 1.3)
    return _pavement(sheet, idea, horizon)


def street(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """A row of houses and trees along a road."""
    rng = sheet.rng
    houses = ("1f3e0", "1f3e1", "1f3eb", "1f3ec", "1f3e5", "1f3e2")
    for k in range(5):
        x = (k + rng.uniform(0.3, 0.7)) / 5
        sheet.stamp(rng.choice(houses), x, horizon + 0.12, rng.uniform(0.3, 0.42), 0.12)
        sheet.stamp(DECIDUOUS, x + rng.uniform(0.08, 0.12), horizon + 0.13, rng.uniform(0.16, 0.24), 0.06)
    return _pavement(sheet, idea, horizon)


def village(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """Cottages on green hills."""
    g, rng = greens(sheet, idea), sheet.rng
    sheet.land(rolling(rng, horizon - 0.03, 0.03), g.far, g.middle, 0.12)
    for k in range(6):
        sheet.stamp(
            rng.choice(("1f3e1", "1f3e0", "1f3d8-fe0f")),
            (k + rng.random()) / 6,
            horizon + 0.04,
            rng.uniform(0.12, 0.17),
            0.3,
        )
    sheet.land(rolling(rng, horizon + 0.05, 0.02), g.middle, g.deep, 0.2)
    for side in (rng.uniform(0.05, 0.22), rng.uniform(0.78, 0.95)):
        sheet.stamp("1f3e1", side, horizon + 0.16, rng.uniform(0.3, 0.36), 0.05)
        sheet.stamp(g.tree, side + rng.choice((-0.14, 0.14)), horizon + 0.14, rng.uniform(0.22, 0.3), 0.08)
    sheet.land(rolling(rng, horizon + 0.16, 0.01), g.near, g.deep, 0.4)
    if idea.season != "winter":
        grass(sheet, g, horizon + 0.19)
    return Ground(horizon + 0.19, plants=() if idea.season == "winter" else ("1f33c", "1f337"))


def _tower(sheet: Sheet, left: float, wide: float, foot: float, tall: float, haze: float, depth: int) -> None:
    rng, light, draw = sheet.rng, sheet.light, sheet.draw
    bricks: tuple[RGB, ...] = (
        (120, 140, 176),
        (196, 160, 150),
        (160, 170, 186),
        (220, 190, 150),
        (130, 160, 160),
        (176, 146, 176),
    )
    wall = mix(light.on(near(rng, rng.choice(bricks))), light.haze, haze)
    x0, x1 = left * sheet.width, (left + wide) * sheet.width
    y1, y0 = foot * sheet.height, (foot - tall) * sheet.height
    draw.rectangle((x0, y0, x1, y1), fill=wall)
    draw.rectangle((x1 - (x1 - x0) * 0.22, y0, x1, y1), fill=mix(wall, (30, 30, 60), 0.14))
    if rng.random() < 0.3:
        draw.polygon([(x0, y0), ((x0 + x1) / 2, y0 - (x1 - x0) * 0.5), (x1, y0)], fill=mix(wall, WHITE, 0.12))
    dark = light.time == "night"
    lamp = (255, 226, 140) if dark else mix(wall, WHITE, 0.45)
    columns, rows = max(2, round(wide * 55)), max(3, round(tall * 32))
    for column in range(columns):
        for row in range(rows):
            if rng.random() < (0.5 if dark else 0.75):
                x = x0 + (x1 - x0) * (column + 0.28) / columns
                y = y0 + (y1 - y0) * (row + 0.35) / rows
                box = (x, y, x + (x1 - x0) / columns * 0.44, y + (y1 - y0) / rows * 0.45)
                draw.rectangle(box, fill=(*lamp, round((230 if dark else 150) * (1 - haze * 0.8))))


def _pavement(sheet: Sheet, idea: Idea, horizon: float) -> Ground:
    """A strip of green, then a road or a square in front."""
    g, rng, light = greens(sheet, idea), sheet.rng, sheet.light
    sheet.land(rolling(rng, horizon + 0.07, 0.004), g.middle, g.deep, 0.1)
    for _ in range(5):
        sheet.stamp(rng.choice((DECIDUOUS, EVERGREEN)), rng.random(), horizon + 0.11, rng.uniform(0.1, 0.17), 0.1)
    stone = light.on(near(rng, rng.choice(((206, 200, 196), (188, 192, 204), (214, 196, 176)))))
    top = horizon + 0.12
    sheet.wash((mix(stone, light.haze, 0.2), stone, mix(stone, (70, 70, 96), 0.25)), top, 1)
    if not any(thing.entry.kind in ("vehicle", "person", "animal") for thing in idea.things):
        for _ in range(rng.randint(2, 4)):
            car = rng.choice(("1f697", "1f695", "1f68c", "1f699", "1f6b2"))
            sheet.stamp(car, rng.uniform(0.08, 0.92), rng.uniform(top + 0.03, 0.9), rng.uniform(0.09, 0.15))
    draw = sheet.draw
    for k in range(7):
        y = (top + (1 - top) * (k / 7) ** 1.6) * sheet.height
        draw.line((0, y, sheet.width, y), fill=(*mix(stone, (60, 60, 90), 0.3), 70), width=max(2, sheet.unit // 300))
    for k in range(-9, 10):
        draw.line(
            ((0.5 + k * 0.1) * sheet.width, top * sheet.height, (0.5 + k * 0.26) * sheet.width, sheet.height),
            fill=(*mix(stone, (60, 60, 90), 0.3), 60), width=max(2, sheet.unit // 300),
        )  # fmt: skip
    return Ground(top + 0.05)


PLACES: dict[str, Callable[[Sheet, Idea, float], Ground]] = {"city": city, "street": street, "village": village}
