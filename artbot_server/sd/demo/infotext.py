"""A1111's parameter text for a picture of the demo painter, and the PNG that carries it. Pure."""

from __future__ import annotations

import io

from PIL import Image, PngImagePlugin

from artbot_server import __version__
from artbot_server.painting.infotext import Infotext, parse, write
from artbot_server.sd.demo.order import Order

MODEL = "demo painter"
COMPRESS_LEVEL = 4  # half the time of Pillow's default 6, a few per cent more bytes


def infotext(order: Order, index: int, scene_seed: int | None = None) -> str:
    """The text A1111 would write about one picture: prompt, negative prompt, then one line of settings.

    `scene_seed` is that of the scene a picture of our own was painted over with, so that it is known the next time too.
    """
    settings = {
        "Steps": order.steps,
        "Sampler": order.sampler,
        "Schedule type": order.scheduler,
        "CFG scale": order.cfg_scale,
        "Seed": order.seeds[index],
        "Size": f"{order.width}x{order.height}",
        "Model": MODEL,
        "Variation seed": order.subseeds[index] if order.subseeds else None,
        "Variation seed strength": order.subseed_strength or None,
        "Denoising strength": order.denoising_strength,
        "Scene seed": scene_seed,
        "Version": f"artbot {__version__}",
    }
    fields = {name: str(value) for name, value in settings.items() if value is not None}
    return write(Infotext(order.prompt, order.negative_prompt, fields))


def own_seed(text: str) -> int | None:
    """The seed of the scene in a picture the demo painter made itself, read from its parameter text.

    None for foreign pictures, for variations, and for those it painted over such or inside a mask.
    """
    fields = parse(text).fields
    if fields.get("Model") != MODEL or "Variation seed" in fields:
        return None
    seed = fields.get("Scene seed" if "Denoising strength" in fields else "Seed", "")
    return int(seed) if seed.isdecimal() else None


def seed_in(text: str) -> int | None:
    """The seed a parameter text names; None where it names none."""
    seed = parse(text).fields.get("Seed", "")
    return int(seed) if seed.isdecimal() else None


def to_png(image: Image.Image, text: str) -> bytes:
    """A PNG with the text in a chunk `parameters`, as iTXt where Latin-1 cannot hold it."""
    info = PngImagePlugin.PngInfo()
    if text.isascii():
        info.add_text("parameters", text)
    else:
        info.add_itxt("parameters", text)
    out = io.BytesIO()
    image.save(out, "PNG", pnginfo=info, compress_level=COMPRESS_LEVEL)
    return out.getvalue()
