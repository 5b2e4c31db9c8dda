"""Places that people built, and those away from the ground: city, street, village, room, table, studio, clouds, space, cave."""

from __future__ import annotations

from collections.abc import Callable

from artbot_server.sd.demo.grounds import DECIDUOUS, EVERGREEN, Ground, grass, greens
from artbot_server.sd.demo.palette import RGB, WHITE, mix, near
from artbot_server.sd.demo.sheet import Sheet, rolling
from artbot_server.sd.demo.skies import stars
from artbot_server.sd.demo.words import Idea

WALLS: tuple[tuple[RGB, RGB], ...] = (
    ((250, 230, 204), (206, 148, 100)), ((206, 226, 232), (176, 130, 96)), ((232, 214, 232), (166, 120, 100)),
    ((214, 230, 206), (190, 140, 92)), ((250, 216, 200), (150, 104, 82)),
)  # fmt: skip


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
    grass(sheet, g, horizon + 0.19)
    return Ground(horizon + 0.19, plants=("1f33c", "1f337"))


def room(sheet: Sheet, idea: Idea) -> Ground:
    """A wall with a window and a picture, a floor with a rug."""
    rng, light, draw = sheet.rng, sheet.light, sheet.draw
    wall, floor = rng.choice(WALLS)
    if light.time == "night":
        wall, floor = mix(wall, (70, 50, 90), 0.45), mix(floor, (50, 40, 70), 0.4)
    line = 0.66
    sheet.wash((mix(wall, WHITE, 0.25), wall), 0, line)
    sheet.wash((floor, mix(floor, (60, 40, 40), 0.25)), line, 1)
    w, h, u = sheet.width, sheet.height, sheet.unit
    draw.rectangle((0, line * h - 0.022 * u, w, line * h), fill=mix(wall, WHITE, 0.6))
    for k in range(1, 6):
        y = (line + (1 - line) * (k / 6) ** 1.5) * h
        draw.line((0, y, w, y), fill=(*mix(floor, (60, 36, 30), 0.4), 120), width=max(2, u // 300))
    side = rng.choice((0.24, 0.74))
    _window(sheet, side, 0.27, 0.19)
    sheet.stamp("1f5bc-fe0f", 1 - side + rng.uniform(-0.05, 0.05), 0.36, 0.15)
    sheet.stamp("1fab4", 0.07 if side > 0.5 else 0.93, 0.74, 0.24)
    if not any(thing.entry.kind == "furniture" for thing in idea.things) and rng.random() < 0.7:
        sheet.stamp("1f6cb-fe0f", rng.uniform(0.2, 0.8), 0.78, rng.uniform(0.26, 0.32))
    rug = rng.choice(((206, 92, 96), (92, 132, 190), (226, 170, 92), (128, 160, 122)))
    draw.ellipse((0.1 * w, 0.77 * h, 0.9 * w, 1.01 * h), fill=mix(rug, floor, 0.15))
    draw.ellipse((0.15 * w, 0.79 * h, 0.85 * w, 0.985 * h), outline=mix(rug, WHITE, 0.4), width=max(2, u // 120))
    return Ground(0.74, 0.93)


def table(sheet: Sheet, idea: Idea) -> Ground:
    """A wooden table top before a blurred room."""
    rng = sheet.rng
    wall, wood = rng.choice(WALLS)
    sheet.wash((mix(wall, WHITE, 0.3), mix(wall, wood, 0.2)), 0, 0.7)
    _window(sheet, rng.choice((0.25, 0.75)), 0.25, 0.24)
    sheet.stamp("1fab4", rng.choice((0.1, 0.9)), 0.66, 0.34)
    for _ in range(5):
        sheet.glow(rng.random(), rng.uniform(0.1, 0.6), rng.uniform(0.05, 0.1), mix(WHITE, (255, 226, 170), 0.6), 90)
    sheet.blur(0.018)
    sheet.wash((mix(wood, WHITE, 0.22), wood, mix(wood, (70, 40, 30), 0.3)), 0.62, 1)
    draw = sheet.draw
    for _ in range(22):
        y = rng.uniform(0.64, 1) * sheet.height
        x = rng.uniform(-0.2, 0.9) * sheet.width
        draw.line(
            (x, y, x + rng.uniform(0.1, 0.4) * sheet.width, y),
            fill=(*mix(wood, (70, 36, 24), 0.5), 60),
            width=max(2, sheet.unit // 260),
        )
    return Ground(0.72, 0.88)


def studio(sheet: Sheet, idea: Idea) -> Ground:
    """A clean sweep with a soft light behind the thing, in a colour that suits it."""
    rng = sheet.rng
    tones: tuple[RGB, ...] = ((236, 228, 220), (214, 226, 240), (242, 220, 222), (222, 234, 222), (232, 224, 244))
    tone = near(rng, rng.choice(tones), 6)
    sheet.wash((mix(tone, (110, 110, 130), 0.16), tone, mix(tone, WHITE, 0.5)), 0, 0.72)
    sheet.wash((mix(tone, WHITE, 0.5), mix(tone, (110, 100, 110), 0.14)), 0.72, 1)
    sheet.glow(0.5, 0.42, 0.42, WHITE, 170)
    return Ground(0.74, 0.86)


def clouds(sheet: Sheet, idea: Idea) -> Ground:
    """High above: banks of cloud below, sky all around."""
    rng, light = sheet.rng, sheet.light
    for row in range(3):
        level = 0.74 + 0.09 * row
        for _ in range(7):
            tall = rng.uniform(0.16, 0.26)
            sheet.stamp("2601-fe0f", rng.random(), level + tall * 0.62, tall, 0.34 - 0.1 * row, alpha=0.94)
    sheet.glow(0.5, 1.0, 0.5, mix(WHITE, light.sun, 0.3), 120)
    return Ground(0.78, 0.9)


def space(sheet: Sheet, idea: Idea) -> Ground:
    """Nebulae, stars, a planet, and the cratered ground of another one below."""
    rng = sheet.rng
    hues: tuple[tuple[RGB, RGB], ...] = (
        ((96, 44, 150), (30, 110, 170)), ((170, 50, 110), (60, 40, 150)), ((30, 120, 130), (90, 50, 150)),
    )  # fmt: skip
    a, b = rng.choice(hues)
    sheet.wash(((8, 8, 32), mix((12, 10, 40), a, 0.3), mix((14, 12, 44), b, 0.4)))
    for _ in range(6):
        sheet.glow(rng.random(), rng.uniform(0, 0.8), rng.uniform(0.15, 0.34), rng.choice((a, b)), 100)
    stars(sheet, 1.0, 200)
    x = rng.choice((rng.uniform(0.1, 0.25), rng.uniform(0.75, 0.9)))
    sheet.stamp(rng.choice(("1fa90", "1f30d", "1f315")), x, rng.uniform(0.28, 0.4), rng.uniform(0.16, 0.24), glows=True)
    soil = near(rng, rng.choice(((150, 146, 170), (190, 120, 100), (120, 130, 170))))
    sheet.land(rolling(rng, 0.82, 0.02), mix(soil, WHITE, 0.2), mix(soil, (20, 16, 50), 0.6), 0.3, rim=0.4)
    draw = sheet.draw
    for _ in range(9):
        cx, cy, r = (
            rng.random() * sheet.width,
            rng.uniform(0.87, 0.99) * sheet.height,
            rng.uniform(0.015, 0.05) * sheet.unit,
        )
        draw.ellipse((cx - r, cy - r * 0.34, cx + r, cy + r * 0.34), fill=(*mix(soil, (20, 16, 50), 0.55), 150))
        draw.arc(
            (cx - r, cy - r * 0.34, cx + r, cy + r * 0.4),
            20,
            160,
            fill=(*mix(soil, WHITE, 0.4), 160),
            width=max(2, sheet.unit // 260),
        )
    return Ground(0.86, 0.93)


def cave(sheet: Sheet, idea: Idea) -> Ground:
    """A dark vault with a bright mouth and crystals."""
    rng = sheet.rng
    rock = near(rng, (84, 74, 108))
    sheet.wash((mix(rock, (10, 8, 26), 0.7), mix(rock, (10, 8, 26), 0.3)))
    x = rng.uniform(0.35, 0.65)
    sheet.glow(x, 0.46, 0.5, sheet.light.sky[2], 230)
    sheet.land(lambda t: 0.6 + 0.1 * abs(t - x), mix(rock, WHITE, 0.12), mix(rock, (10, 8, 26), 0.55), 0.35)
    draw = sheet.draw
    for _ in range(16):
        at, long = rng.random() * sheet.width, rng.uniform(0.08, 0.3) * sheet.height
        half = long * 0.16
        draw.polygon([(at - half, 0), (at + half, 0), (at, long)], fill=mix(rock, (10, 8, 26), rng.uniform(0.4, 0.7)))
    for _ in range(7):
        spot = rng.choice((rng.uniform(0, 0.25), rng.uniform(0.75, 1)))
        foot = rng.uniform(0.7, 0.9)
        sheet.glow(spot, foot - 0.03, 0.09, (120, 220, 255), 130)
        sheet.stamp("1f48e", spot, foot, rng.uniform(0.06, 0.11))
    return Ground(0.72, 0.92)


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


def _window(sheet: Sheet, x: float, y: float, half: float) -> None:
    """A window with the sky of the hour behind it."""
    draw, u, light = sheet.draw, sheet.unit, sheet.light
    cx, cy, r = x * sheet.width, y * sheet.height, half * u
    frame = mix(WHITE, light.tint, 0.3)
    draw.rounded_rectangle((cx - r * 0.86, cy - r, cx + r * 0.86, cy + r), r * 0.08, fill=frame)
    bands = 8
    for k in range(bands):
        tone = mix(light.sky[0], light.sky[2], k / bands)
        top = cy - r * 0.88 + r * 1.76 * k / bands
        draw.rectangle((cx - r * 0.74, top, cx + r * 0.74, top + r * 1.76 / bands + 1), fill=tone)
    bar = r * 0.05
    draw.rectangle((cx - bar, cy - r * 0.9, cx + bar, cy + r * 0.9), fill=frame)
    draw.rectangle((cx - r * 0.8, cy - bar, cx + r * 0.8, cy + bar), fill=frame)
    draw.rectangle((cx - r * 0.96, cy + r, cx + r * 0.96, cy + r * 1.1), fill=mix(frame, (120, 100, 90), 0.2))


OUTDOORS: dict[str, Callable[[Sheet, Idea, float], Ground]] = {"city": city, "street": street, "village": village}
INDOORS: dict[str, Callable[[Sheet, Idea], Ground]] = {
    "room": room, "table": table, "studio": studio, "space": space, "cave": cave,
}  # fmt: skip
