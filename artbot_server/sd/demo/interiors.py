"""Places without a horizon: room, table top, studio, cave, above the clouds, in space."""

from __future__ import annotations

from collections.abc import Callable

from artbot_server.sd.demo.grounds import Ground
from artbot_server.sd.demo.palette import RGB, WHITE, mix, near
from artbot_server.sd.demo.sheet import Sheet, rolling
from artbot_server.sd.demo.skies import stars
from artbot_server.sd.demo.words import Idea

WALLS: tuple[tuple[RGB, RGB], ...] = (
    ((250, 230, 204), (206, 148, 100)), ((206, 226, 232), (176, 130, 96)), ((232, 214, 232), (166, 120, 100)),
    ((214, 230, 206), (190, 140, 92)), ((250, 216, 200), (150, 104, 82)),
)  # fmt: skip


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


PLACES: dict[str, Callable[[Sheet, Idea], Ground]] = {
    "room": room, "table": table, "studio": studio, "space": space, "cave": cave,
}  # fmt: skip
