"""Puts sprites on a background: light, contact shadow, reflection. Paints one thing at a time, decides nothing."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from artbot_server.sd.demo.layout import Spot
from artbot_server.sd.demo.palette import Light, mix
from artbot_server.sd.demo.sheet import multiply


def cut(art: Image.Image, spot: Spot) -> Image.Image:
    """The RGBA picture in the size and turn of its spot."""
    tall = max(2, round(spot.tall))
    sprite = art.resize((max(2, round(art.width * tall / art.height)), tall), Image.Resampling.BICUBIC)
    if spot.flip:
        sprite = sprite.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if spot.tilt:
        sprite = sprite.rotate(spot.tilt, Image.Resampling.BICUBIC, expand=True)
    return sprite


def lit(sprite: Image.Image, light: Light, share: float = 0.62) -> Image.Image:
    """The sprite in the light of the scene."""
    flat = sprite.convert("RGB")
    shown = Image.blend(flat, multiply(flat, light.tint), light.strength * share)
    shown.putalpha(sprite.getchannel("A"))
    return shown


def put(image: Image.Image, sprite: Image.Image, spot: Spot, *, haze: float = 0.0, light: Light) -> None:
    """Paint a sprite, its foot at the spot."""
    shown = lit(sprite, light)
    if haze:
        faded = Image.blend(shown.convert("RGB"), Image.new("RGB", shown.size, light.haze), haze)
        faded.putalpha(shown.getchannel("A"))
        shown = faded
    image.paste(shown, (round(spot.x - sprite.width / 2), round(spot.foot) - sprite.height), shown)


def shadow(image: Image.Image, sprite: Image.Image, spot: Spot, light: Light, lean: float) -> None:
    """A dark patch under the feet and a long soft one, the sprite's outline laid on the ground away from the light."""
    width, height = sprite.size
    alpha = sprite.getchannel("A")
    strength = 70 if light.time == "night" else 88
    long = max(4, round(height * 0.34))
    flat = alpha.resize((width, long), Image.Resampling.BILINEAR)
    reach = round(abs(lean) * long) + 8
    room = Image.new("L", (width + 2 * reach, long + 16))
    room.paste(flat, (reach, 8))
    shift = lean if lean else 0.0
    room = room.transform(
        room.size, Image.Transform.AFFINE, (1, shift, -shift * (long + 8), 0, 1, 0), Image.Resampling.BILINEAR
    )
    room = room.filter(ImageFilter.GaussianBlur(max(2.0, height / 45))).point([v * strength // 255 for v in range(256)])
    dark = mix(light.on((36, 30, 70)), (10, 8, 30), 0.4)
    image.paste(dark, (round(spot.x - room.width / 2), round(spot.foot) - long - 8), room)
    contact = Image.new("L", (width + 24, max(10, height // 9) + 24))
    ImageDraw.Draw(contact).ellipse((12 + width * 0.1, 12, 12 + width * 0.9, contact.height - 12), fill=130)
    contact = contact.filter(ImageFilter.GaussianBlur(max(2.0, height / 50)))
    image.paste(dark, (round(spot.x - contact.width / 2), round(spot.foot - contact.height * 0.6)), contact)


def reflection(image: Image.Image, sprite: Image.Image, spot: Spot, light: Light, shore: float) -> None:
    """What still water shows below something that swims, as far as the `shore` (y in pixels), and a few rings."""
    x, y = round(spot.x - sprite.width / 2), round(spot.foot - sprite.height * 0.04)
    upside = lit(sprite, light).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    upside = upside.resize((upside.width, max(2, round(upside.height * 0.6)))).filter(ImageFilter.GaussianBlur(2))
    fade = Image.linear_gradient("L").resize(upside.size).point([(255 - v) * 110 // 255 for v in range(256)])
    mask = Image.composite(fade, Image.new("L", upside.size), upside.getchannel("A"))
    visible = max(0, min(mask.height, round(shore) - y))
    mask.paste(0, (0, visible, mask.width, mask.height))
    image.paste(upside.convert("RGB"), (x, y), mask)
    draw = ImageDraw.Draw(image, "RGBA")
    for k in range(3):
        rx, ry = sprite.width * (0.42 + 0.12 * k), min(sprite.height * (0.035 + 0.02 * k), max(1.0, shore - spot.foot))
        tone = (*mix(light.sky[2], (255, 255, 255), 0.6), 120 - 34 * k)
        box = (spot.x - rx, spot.foot - ry, spot.x + rx, spot.foot + ry)
        draw.ellipse(box, outline=tone, width=max(1, sprite.width // 90))


def finish(image: Image.Image, light: Light) -> Image.Image:
    """Soft bloom, and darker corners."""
    soft = image.reduce(4).filter(ImageFilter.GaussianBlur(4)).resize(image.size, Image.Resampling.BILINEAR)
    glow = soft.point([max(0, v - 150) // 3 for v in range(256)] * 3)
    bloomed = ImageChops.screen(image, glow)
    corner = Image.radial_gradient("L").resize(image.size, Image.Resampling.BILINEAR)
    edge = 74 if light.time == "night" else 46
    mask = corner.point([max(0, v - 150) * edge // 105 for v in range(256)])
    bloomed.paste(mix(light.sky[0], (20, 12, 40), 0.7), (0, 0), mask)
    return bloomed
