"""The fake's extras: one picture, resized, with the recorded words in it."""

import base64
import io
from typing import Any

from PIL import Image, PngImagePlugin

from tests.sd.fake_automatic1111.jobs import RefusedError
from tests.sd.fake_automatic1111.painter import Painter

STEPS = 4
"""How many looks at the interrupt flag one upscaling takes."""


def upscale(painter: Painter, upscalers: list[str], body: dict[str, Any]) -> dict[str, Any]:
    """POST extra-single-image. An interrupted one is a 200 with a picture of the right size. Raises `RefusedError`."""
    image = _opened(body.get("image", ""))
    name, scale = body.get("upscaler_1", "None"), body.get("upscaling_resize", 2)
    if name not in upscalers:
        raise RefusedError(500, "AssertionError", f"could not find upscaler named {name}")
    with painter.turn(None, "extras"):
        painter.state.job_count = 1
        painter.sample(STEPS, image.size)
        done = {}
        larger = image
        if name != "None":
            size = (int(image.width * scale // 8 * 8), int(image.height * scale // 8 * 8))
            larger = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
            done = {"Postprocess upscale by": float(scale), "Postprocess upscaler": name}
        for field, words in (
            ("gfpgan_visibility", "GFPGAN visibility"),
            ("codeformer_visibility", "CodeFormer visibility"),
        ):
            if body.get(field):
                done[words] = body[field]
    text = ", ".join(f"{key}: {value}" for key, value in done.items())
    return {"html_info": f"<p>{text}</p>", "image": _png(larger, image.info.get("parameters"), text)}


def _opened(text: str) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(base64.b64decode(text.rpartition(",")[2], validate=True)))
        image.load()
    except (ValueError, OSError):
        raise RefusedError(500, "HTTPException", "Invalid encoded image") from None
    return image


def _png(image: Image.Image, parameters: str | None, done: str) -> str:
    chunks, out = PngImagePlugin.PngInfo(), io.BytesIO()
    if parameters:
        chunks.add_text("parameters", parameters)
    chunks.add_text("postprocessing", done)
    image.save(out, "PNG", pnginfo=chunks)
    return base64.b64encode(out.getvalue()).decode()
