"""Turns a finished scene into a watercolour, pixel art, a pencil sketch and the like. One function a style, all seeded."""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from artbot_server.sd.demo.noise import clouds, grain
from artbot_server.sd.demo.palette import RGB

PAPER: RGB = (253, 250, 243)


def stylize(image: Image.Image, style: str, rng: random.Random) -> Image.Image:
    """The picture in a style of `vocabulary.STYLES`; unchanged when `style` is empty."""
    return STYLES[style](image, rng) if style else image


def edges(image: Image.Image, *, soften: float, gain: float, floor: int) -> Image.Image:
    """Outlines, mode L, white where there is one."""
    size = image.size
    found = ImageOps.grayscale(image).filter(ImageFilter.GaussianBlur(soften)).filter(ImageFilter.FIND_EDGES)
    found = found.point([max(0, min(255, round((v - floor) * gain))) for v in range(256)])
    ImageDraw.Draw(found).rectangle((0, 0, size[0] - 1, size[1] - 1), outline=0, width=3)
    return found


def _scaled(image: Image.Image, pixels: float) -> float:
    """A length given for a 512 pixel picture, in this one's pixels."""
    return pixels * min(image.size) / 512


def watercolour(image: Image.Image, rng: random.Random) -> Image.Image:
    """Flat washes that pool, darker where they end, on rough paper with a free edge."""
    half = (max(8, image.width // 2), max(8, image.height // 2))
    wash = image.resize(half, Image.Resampling.BOX).filter(ImageFilter.ModeFilter(5)).filter(ImageFilter.ModeFilter(3))
    wash = wash.resize(image.size, Image.Resampling.BICUBIC)
    wash = ImageEnhance.Color(ImageEnhance.Brightness(wash).enhance(1.14)).enhance(1.25)
    wash = Image.blend(wash, Image.new("RGB", wash.size, PAPER), 0.16)
    pool = clouds(image.size, max(6, round(_scaled(image, 40))), rng).point([226 + v * 29 // 255 for v in range(256)])
    tooth = (
        grain(image.size, rng).filter(ImageFilter.GaussianBlur(0.8)).point([min(255, 236 + v // 7) for v in range(256)])
    )
    wash = ImageChops.multiply(wash, Image.merge("RGB", [pool] * 3))
    line = edges(wash, soften=1.0, gain=2.6, floor=10).point([min(120, v) for v in range(256)])
    wash.paste((74, 62, 96), (0, 0), line.filter(ImageFilter.GaussianBlur(0.8)))
    wash = ImageChops.multiply(wash, Image.merge("RGB", [tooth] * 3))
    return Image.composite(wash, Image.new("RGB", wash.size, PAPER), _ragged(image.size, rng, 0.045))


def _ragged(size: tuple[int, int], rng: random.Random, margin: float) -> Image.Image:
    """A rectangle with a torn, wet edge, mode L."""
    inset = margin * min(size)
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).rounded_rectangle((inset, inset, size[0] - inset, size[1] - inset), inset * 1.6, fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(inset * 0.55))
    wobble = clouds(size, max(4, round(inset * 0.9)), rng)
    mixed = Image.blend(mask, wobble, 0.32)
    return mixed.point([max(0, min(255, (v - 104) * 9)) for v in range(256)]).filter(ImageFilter.GaussianBlur(0.7))


def pixel(image: Image.Image, rng: random.Random) -> Image.Image:
    """About 96 large pixels across the shorter side, in 40 colours."""
    cell = max(1, min(image.size) // 96)
    small = image.resize((max(1, image.width // cell), max(1, image.height // cell)), Image.Resampling.BOX)
    small = ImageEnhance.Color(small).enhance(1.25).filter(ImageFilter.SHARPEN)
    flat = small.quantize(40, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    line = edges(small, soften=0.3, gain=3, floor=60).point([90 if v > 128 else 0 for v in range(256)])
    flat.paste((30, 24, 56), (0, 0), line)
    return flat.resize(image.size, Image.Resampling.NEAREST)


def sketch(image: Image.Image, rng: random.Random) -> Image.Image:
    """Graphite on white paper: lines by the dodge method, slanted hatching in the shadows."""
    grey = ImageOps.autocontrast(ImageOps.grayscale(image), cutoff=1)
    blurred = grey.filter(ImageFilter.GaussianBlur(_scaled(image, 7)))
    ratio = ImageChops.subtract(blurred, grey, scale=0.42)
    line = ImageOps.invert(ImageChops.add(ratio, edges(image, soften=0.8, gain=4.2, floor=7), scale=1.0))
    strokes = grain((image.width, image.height), rng).resize(image.size)
    shear = strokes.transform(
        image.size, Image.Transform.AFFINE, (0.5, 0.5, 0, -0.06, 0.06, image.height / 2), Image.Resampling.BILINEAR
    )
    hatch = shear.point([150 + v * 105 // 255 for v in range(256)])
    shade = grey.point([max(0, min(255, round((150 - v) * 1.5))) for v in range(256)])
    toned = Image.composite(hatch, Image.new("L", image.size, 255), shade)
    paper = (
        grain(image.size, rng)
        .filter(ImageFilter.GaussianBlur(0.8))
        .point([min(255, 236 + v // 10) for v in range(256)])
    )
    tone = ImageChops.multiply(ImageChops.multiply(line, toned), paper)
    soft = grey.point([188 + v * 67 // 255 for v in range(256)])
    return ImageOps.colorize(ImageChops.multiply(tone, soft), (30, 28, 38), (254, 252, 247))


def oil(image: Image.Image, rng: random.Random) -> Image.Image:
    """Broad strokes with a raised edge, rich colours, on canvas."""
    half = (max(8, image.width // 2), max(8, image.height // 2))
    bent = _stirred(image, rng, _scaled(image, 3.4)).resize(half, Image.Resampling.BOX)
    strokes = bent.filter(ImageFilter.ModeFilter(7)).resize(image.size, Image.Resampling.BICUBIC)
    strokes = ImageEnhance.Color(strokes).enhance(1.28)
    bumps = clouds(image.size, max(2, round(_scaled(image, 4))), rng)
    body = Image.blend(ImageOps.grayscale(strokes), bumps, 0.4).filter(ImageFilter.EMBOSS)
    relief = body.point([max(90, min(165, v)) for v in range(256)])
    return ImageChops.overlay(strokes, Image.merge("RGB", [relief] * 3))


def _stirred(image: Image.Image, rng: random.Random, reach: float) -> Image.Image:
    """Small patches shifted at random, as a brush would drag them."""
    cell = max(6, round(reach * 4))
    across, down = image.width // cell + 1, image.height // cell + 1
    mesh = []
    for row in range(down):
        for column in range(across):
            x, y = column * cell, row * cell
            box = (x, y, min(image.width, x + cell), min(image.height, y + cell))
            if box[2] <= box[0] or box[3] <= box[1]:
                continue
            # Kept inside the picture: what lies outside is black.
            dx = min(max(rng.uniform(-reach, reach), -x), image.width - box[2])
            dy = min(max(rng.uniform(-reach, reach), -y), image.height - box[3])
            left, top, right, bottom = box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy
            mesh.append((box, (left, top, left, bottom, right, bottom, right, top)))
    return image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def anime(image: Image.Image, rng: random.Random) -> Image.Image:
    """Flat, bright colours in few steps and dark outlines."""
    smooth = image.filter(ImageFilter.MedianFilter(3))
    bright = ImageEnhance.Color(ImageEnhance.Contrast(smooth).enhance(1.08)).enhance(1.38)
    steps = bright.point([min(255, round(v / 22) * 22) for v in range(256)] * 3)
    flat = Image.blend(steps, bright, 0.35)
    line = edges(smooth, soften=_scaled(image, 0.9), gain=7.5, floor=9)
    flat.paste(
        (44, 32, 62), (0, 0), line.filter(ImageFilter.GaussianBlur(0.6)).point([min(225, v) for v in range(256)])
    )
    return flat


def ink(image: Image.Image, rng: random.Random) -> Image.Image:
    """Chinese ink on rice paper: wet greys, a breath of colour, a red seal."""
    soft = image.filter(ImageFilter.GaussianBlur(_scaled(image, 1.3)))
    grey = ImageOps.autocontrast(ImageOps.grayscale(soft), cutoff=2)
    wet = clouds(image.size, max(5, round(_scaled(image, 26))), rng).point([212 + v * 43 // 255 for v in range(256)])
    # High-key: only what is dark stays dark, the rest is a thin wash on bare paper.
    tone = ImageChops.multiply(
        grey.point([min(255, v * 2 if v < 60 else 120 + round((v - 60) * 0.95)) for v in range(256)]), wet
    )
    line = edges(image, soften=_scaled(image, 1.2), gain=6, floor=7).filter(
        ImageFilter.GaussianBlur(_scaled(image, 0.8))
    )
    tone = ImageChops.multiply(tone, ImageOps.invert(line.point([min(225, v) for v in range(256)])))
    washed = ImageOps.colorize(tone, (26, 26, 34), (246, 240, 224), (140, 136, 132))
    hint = ImageChops.multiply(ImageEnhance.Color(soft).enhance(0.9), washed)
    drawn = Image.blend(washed, hint, 0.24)
    sheet = Image.composite(drawn, Image.new("RGB", image.size, (246, 240, 224)), _ragged(image.size, rng, 0.05))
    side = round(_scaled(image, 30))
    x, y = image.width - round(side * 2.2), image.height - round(side * 2.4)
    draw = ImageDraw.Draw(sheet)
    draw.rounded_rectangle((x, y, x + side, y + side), side // 8, fill=(186, 44, 40))
    for k in range(3):
        draw.line(
            (x + side * (0.25 + 0.25 * k), y + side * 0.18, x + side * (0.25 + 0.25 * k), y + side * 0.82),
            fill=(246, 226, 210),
            width=max(1, side // 12),
        )
    draw.line(
        (x + side * 0.18, y + side / 2, x + side * 0.82, y + side / 2), fill=(246, 226, 210), width=max(1, side // 12)
    )
    return sheet


def lowpoly(image: Image.Image, rng: random.Random) -> Image.Image:
    """Triangles, each in the mean colour of what it covers."""
    cell = max(6.0, _scaled(image, 17))
    across, down = max(2, round(image.width / cell)), max(2, round(image.height / cell))
    points = {
        (c, r): (
            c * image.width / across + (rng.uniform(-0.38, 0.38) * cell if 0 < c < across else 0),
            r * image.height / down + (rng.uniform(-0.38, 0.38) * cell if 0 < r < down else 0),
        )
        for c in range(across + 1)
        for r in range(down + 1)
    }
    source = ImageEnhance.Color(image.filter(ImageFilter.BoxBlur(cell / 5))).enhance(1.2)
    out = source.copy()
    draw = ImageDraw.Draw(out)
    for c in range(across):
        for r in range(down):
            a, b, d, e = points[c, r], points[c + 1, r], points[c, r + 1], points[c + 1, r + 1]
            for triangle in ((a, b, e), (a, d, e)) if (c + r) % 2 else ((a, b, d), (b, d, e)):
                x, y = sum(p[0] for p in triangle) / 3, sum(p[1] for p in triangle) / 3
                tone = source.getpixel((min(image.width - 1, int(x)), min(image.height - 1, int(y))))
                draw.polygon(triangle, fill=tone)
    return out


def paper(image: Image.Image, rng: random.Random) -> Image.Image:
    """Layers of coloured paper: few flat colours, each with a soft shadow at its edge."""
    half = image.resize((max(8, image.width // 2), max(8, image.height // 2)), Image.Resampling.BOX)
    few = half.filter(ImageFilter.MedianFilter(3)).quantize(
        18, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    sheets = few.convert("RGB").filter(ImageFilter.ModeFilter(5)).resize(image.size, Image.Resampling.LANCZOS)
    sheets = ImageEnhance.Color(sheets).enhance(1.2)
    line = edges(sheets, soften=0.6, gain=3, floor=8)
    offset = ImageChops.offset(line, round(_scaled(image, 3)), round(_scaled(image, 4))).filter(
        ImageFilter.GaussianBlur(_scaled(image, 2.4))
    )
    sheets.paste((40, 30, 50), (0, 0), offset.point([min(120, v) for v in range(256)]))
    fibre = (
        grain(image.size, rng).filter(ImageFilter.GaussianBlur(1)).point([min(255, 226 + v // 5) for v in range(256)])
    )
    return ImageChops.multiply(sheets, Image.merge("RGB", [fibre] * 3))


STYLES: dict[str, Callable[[Image.Image, random.Random], Image.Image]] = {
    "watercolour": watercolour, "pixel": pixel, "sketch": sketch, "oil": oil, "anime": anime, "ink": ink,
    "lowpoly": lowpoly, "paper": paper,
}  # fmt: skip
