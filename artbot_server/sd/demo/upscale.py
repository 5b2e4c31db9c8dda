"""A picture made larger without a model: resized, with A1111's words about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PIL import Image

from artbot_server.sd.base import Picture, Substitution
from artbot_server.sd.demo.infotext import seed_in, to_png
from artbot_server.sd.demo.order import MAX_SIDE, refused
from artbot_server.sd.demo.repaint import decoded

UPSCALERS = ("Lanczos",)
MAX_SCALE = 8
STEP_PX = 8  # as A1111, which cuts the rest off


def read_upscale(fields: Mapping[str, Any]) -> tuple[Image.Image, float]:
    """The picture and how many times larger it shall be.

    Raises:
        BackendFailed: `backend_refused`, naming the field.
    """
    scale = fields.get("upscaling_resize", 2)
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 1 <= scale <= MAX_SCALE:
        raise refused("upscaling_resize", f"upscaling_resize has to be a number from 1 to {MAX_SCALE}.")
    upscaler = fields.get("upscaler_1") or UPSCALERS[0]
    if upscaler not in UPSCALERS:
        raise refused(
            "upscaler_1", f"The upscaler_1 {str(upscaler)[:60]!r} is not known here.", allowed=list(UPSCALERS)
        )
    image = decoded(fields.get("image"), "image")
    if max(image.size) * scale > MAX_SIDE:
        raise refused("upscaling_resize", f"The demo painter paints at most {MAX_SIDE} pixels on a side.")
    return image, float(scale)


def upscaled(image: Image.Image, scale: float) -> Picture:
    """The larger picture; its infotext is the small one's with what was done to it."""
    size = (int(image.width * scale // STEP_PX * STEP_PX), int(image.height * scale // STEP_PX * STEP_PX))
    larger = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    done = f"Postprocess upscale by: {scale}, Postprocess upscaler: {UPSCALERS[0]}"
    text = ", ".join(part for part in (str(image.info.get("parameters", "")), done) if part)
    return Picture(to_png(larger, text), "picture", seed_in(text), text)


def without_effect(fields: Mapping[str, Any]) -> tuple[Substitution, ...]:
    """Faces are not restored here."""
    names = ("codeformer_visibility", "gfpgan_visibility")
    return tuple(Substitution(name, fields[name], None) for name in names if fields.get(name))
