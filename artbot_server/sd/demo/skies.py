"""What is above the horizon: sun, moon, stars, clouds, rainbow, distant birds, fireworks; and weather in front of all."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw, ImageFilter

from artbot_server.sd.demo.palette import RGB, WHITE, mix
from artbot_server.sd.demo.sheet import Sheet
from artbot_server.sd.demo.words import Idea

RAINBOW: tuple[RGB, ...] = (
    (240, 84, 84), (250, 160, 70), (252, 226, 90), (110, 204, 110), (90, 160, 240), (150, 110, 220),
)  # fmt: skip


def paint_sky(sheet: Sheet, idea: Idea, horizon: float) -> None:
    """The sky down to `horizon` (fraction of the height), with what the prompt wants in it."""
    sheet.wash(sheet.light.sky, 0, min(1.0, horizon + 0.08))
    night = sheet.light.time == "night"
    if night or "stars" in idea.sky:
        stars(sheet, horizon)
    if not idea.weather or night or "sun" in idea.sky or "moon" in idea.sky:
        _sun_or_moon(sheet, idea, horizon)
    if "rainbow" in idea.sky:
        _rainbow(sheet, horizon)
    heavy = idea.weather in ("rain", "storm") or "clouds" in idea.sky
    for _ in range(sheet.rng.randint(5, 7) if heavy else sheet.rng.randint(1, 4)):
        _cloud(sheet, horizon, dark=idea.weather in ("rain", "storm"))
    if "fireworks" in idea.sky:
        for _ in range(4):
            _firework(sheet, horizon)
    if "birds" in idea.sky or (sheet.light.time != "night" and sheet.rng.random() < 0.35):
        _birds(sheet, horizon)


def stars(sheet: Sheet, horizon: float, number: int = 110) -> None:
    """Stars down to the horizon; a few are larger and have a halo."""
    draw, rng = sheet.draw, sheet.rng
    for i in range(number):
        x, y = rng.random(), rng.random() * horizon
        radius = rng.choice((0.6, 0.8, 1.0, 1.4)) * sheet.unit / 640
        if i % 18 == 0:
            sheet.glow(x, y, 0.012, WHITE, 130)
            radius *= 1.5
        cx, cy = x * sheet.width, y * sheet.height
        tone = (255, 250, rng.randint(205, 255), rng.randint(120, 255))
        draw.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), fill=tone)


def _sun_or_moon(sheet: Sheet, idea: Idea, horizon: float) -> None:
    rng, light = sheet.rng, sheet.light
    x = rng.choice((rng.uniform(0.12, 0.34), rng.uniform(0.66, 0.88)))
    if light.time == "night":
        y = horizon * rng.uniform(0.24, 0.42)
        sheet.glow(x, y, 0.2, mix(light.sky[2], light.sun, 0.4), 120)
        sheet.stamp(
            "1f319" if rng.random() < 0.4 else "1f315", x, y + 0.075 * sheet.unit / sheet.height, 0.15, glows=True
        )
        return
    if light.time in ("sunset", "dawn"):
        y = horizon - rng.uniform(0.02, 0.1)
        sheet.glow(x, y, 0.42, light.sun, 190)
        sheet.disc(x, y, 0.075, mix(light.sun, WHITE, 0.35))
        return
    y = horizon * rng.uniform(0.2, 0.4)
    sheet.glow(x, y, 0.26, light.sun, 170)
    sheet.disc(x, y, 0.062, mix(light.sun, WHITE, 0.2))
    sheet.disc(x, y, 0.05, mix(light.sun, WHITE, 0.5))


def _cloud(sheet: Sheet, horizon: float, dark: bool) -> None:
    rng, light = sheet.rng, sheet.light
    depth = rng.random()
    wide = (0.16 + 0.24 * depth) * sheet.unit
    tall = wide * rng.uniform(0.34, 0.46)
    x, y = rng.uniform(-0.05, 1.05) * sheet.width, (0.05 + rng.uniform(0, 0.62) * horizon) * sheet.height
    mask = Image.new("L", (round(wide * 1.3), round(tall * 1.6)))
    draw = ImageDraw.Draw(mask)
    base = mask.height * 0.8
    for k in range(6):
        r = tall * (0.28 + 0.3 * math.sin(math.pi * (k + 0.7) / 6.4)) * rng.uniform(0.85, 1.15)
        cx = mask.width * (0.18 + 0.64 * k / 5)
        draw.ellipse((cx - r, base - 1.7 * r, cx + r, base + 0.12 * r), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(sheet.unit / 220))
    lit = mix(WHITE, light.sun, 0.12 if light.time == "day" else 0.5)
    top, under = (
        (mix(light.sky[1], WHITE, 0.3), light.sky[0])
        if dark or light.time == "night"
        else (lit, mix(light.sky[1], WHITE, 0.4))
    )
    from_top = Image.linear_gradient("L").resize(mask.size)
    body = Image.composite(Image.new("RGB", mask.size, under), Image.new("RGB", mask.size, top), from_top)
    strength = 0.55 if light.time == "night" else 0.7 + 0.25 * depth
    sheet.image.paste(
        body, (round(x - mask.width / 2), round(y - mask.height / 2)), mask.point(lambda a: round(a * strength))
    )


def _rainbow(sheet: Sheet, horizon: float) -> None:
    """An arc that rises from behind the hills; the land painted later covers its feet."""
    reach = sheet.rng.uniform(0.36, 0.46) * sheet.width
    cx, cy = sheet.rng.uniform(0.35, 0.65) * sheet.width, (horizon + 0.05) * sheet.height
    rise = min(reach, cy * 0.86)
    arc = Image.new("RGBA", sheet.image.size)
    draw, band = ImageDraw.Draw(arc), 0.022 * sheet.unit
    for i, colour in enumerate(RAINBOW):
        a, b = reach - i * band, rise - i * band
        draw.arc((cx - a, cy - b, cx + a, cy + b), 180, 360, fill=(*colour, 190), width=round(band + 1))
    arc = arc.filter(ImageFilter.GaussianBlur(sheet.unit / 190))
    sheet.image.paste(arc.convert("RGB"), (0, 0), arc.getchannel("A"))


def _firework(sheet: Sheet, horizon: float) -> None:
    rng, draw = sheet.rng, sheet.draw
    x, y, reach = rng.uniform(0.12, 0.88), rng.uniform(0.12, 0.75) * horizon, rng.uniform(0.09, 0.17) * sheet.unit
    colour = rng.choice(RAINBOW)
    sheet.glow(x, y, 0.16, colour, 110)
    cx, cy, rays = x * sheet.width, y * sheet.height, rng.randint(16, 24)
    for ray in range(rays):
        angle = ray / rays * 2 * math.pi
        for dot in range(4, 11):
            far = reach * dot / 10
            px, py = cx + far * math.cos(angle), cy + far * math.sin(angle) + reach * 0.12 * (dot / 10) ** 2
            r = sheet.unit / 420 * (0.6 + dot / 10)
            draw.ellipse((px - r, py - r, px + r, py + r), fill=(*mix(colour, WHITE, 0.5), 90 + 16 * dot))


def _birds(sheet: Sheet, horizon: float) -> None:
    rng, draw = sheet.rng, sheet.draw
    x, y = rng.uniform(0.2, 0.8) * sheet.width, rng.uniform(0.2, 0.55) * horizon * sheet.height
    ink = (*mix(sheet.light.sky[0], (40, 40, 60), 0.6), 200)
    for _ in range(rng.randint(3, 6)):
        bx, by = x + rng.gauss(0, 0.07) * sheet.width, y + rng.gauss(0, 0.03) * sheet.height
        span = rng.uniform(0.012, 0.02) * sheet.unit
        thick = max(2, sheet.unit // 330)
        draw.arc((bx - 2 * span, by - span, bx, by + span), 200, 340, fill=ink, width=thick)
        draw.arc((bx, by - span, bx + 2 * span, by + span), 200, 340, fill=ink, width=thick)


def paint_weather(image: Image.Image, weather: str, rng: random.Random) -> Image.Image:
    """Rain, falling snow, fog or lightning in front of a finished RGB scene."""
    width, height = image.size
    unit = min(width, height)
    veil = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(veil)
    if weather in ("rain", "storm"):
        for _ in range(150):
            x, y, length = rng.uniform(-0.1, 1) * width, rng.random() * height, rng.uniform(0.03, 0.06) * unit
            draw.line((x, y, x + length * 0.3, y + length), fill=(226, 236, 250, 120), width=max(1, unit // 300))
    if weather == "storm":
        x, y = rng.uniform(0.15, 0.85) * width, 0.0
        bolt = [(x, y)]
        while y < height * 0.45:
            x, y = x + rng.uniform(-0.05, 0.05) * unit, y + rng.uniform(0.03, 0.07) * unit
            bolt.append((x, y))
        draw.line(bolt, fill=(255, 250, 200, 255), width=max(2, unit // 110), joint="curve")
    if weather == "snowfall":
        for _ in range(130):
            x, y, r = rng.random() * width, rng.random() * height, rng.uniform(0.002, 0.008) * unit
            draw.ellipse((x - r, y - r, x + r, y + r), fill=(255, 255, 255, rng.randint(150, 240)))
    if weather == "fog":
        for _ in range(7):
            x, y, r = rng.random() * width, rng.uniform(0.45, 0.85) * height, rng.uniform(0.2, 0.4) * width
            draw.ellipse((x - r, y - r * 0.22, x + r, y + r * 0.22), fill=(236, 240, 244, 90))
        veil = veil.filter(ImageFilter.GaussianBlur(unit / 22))
    return Image.alpha_composite(image.convert("RGBA"), veil).convert("RGB")
