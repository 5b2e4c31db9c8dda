"""ControlNet's simplest modules, by Pillow's filters: what a map looks like, without any model. Pure."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageChops, ImageFilter, ImageOps

from artbot_server.sd.base import Detection
from artbot_server.sd.demo.looking import opened
from artbot_server.sd.demo.order import refused

GRAIN_PX = 64  # ControlNet rounds the sides of its maps to this
MIN_RES, DEFAULT_RES, MAX_RES = 64, 512, 2048
MAX_PICTURES = 10

Filter = Callable[[Image.Image, float, float], Image.Image]
"""`filter(image, threshold_a, threshold_b)`; the image is RGB and in the map's size."""


def _canny(image: Image.Image, low: float, high: float) -> Image.Image:
    """White lines on black: edges over `high`, and beside them those over `low`."""
    soft = image.convert("L").filter(ImageFilter.GaussianBlur(1.2))
    edges = soft.filter(ImageFilter.FIND_EDGES).point([min(255, value * 4) for value in range(256)])
    # The filter leaves the picture's own border as it is.
    edges = ImageOps.expand(ImageOps.crop(edges, 1), 1, fill=0)
    strong = edges.point([255 if value >= high else 0 for value in range(256)])
    weak = edges.point([255 if value >= low else 0 for value in range(256)])
    return ImageChops.lighter(strong, ImageChops.multiply(weak, strong.filter(ImageFilter.MaxFilter(3))))


def _threshold(image: Image.Image, border: float, _b: float) -> Image.Image:
    return image.convert("L").point([255 if value > border else 0 for value in range(256)])


FILTERS: dict[str, Filter] = {
    "none": lambda image, _a, _b: image,
    "canny": _canny,
    "invert": lambda image, _a, _b: ImageOps.invert(image),
    "threshold": _threshold,
    "blur_gaussian": lambda image, sigma, _b: image.filter(ImageFilter.GaussianBlur(sigma)),
}
SIZE = {"name": "Resolution", "value": DEFAULT_RES, "min": MIN_RES, "max": MAX_RES, "step": 8}
SLIDERS: dict[str, list[dict[str, Any]]] = {
    "none": [],
    "invert": [],
    "canny": [
        SIZE,
        {"name": "Low Threshold", "value": 100, "min": 1, "max": 255, "step": 1},
        {"name": "High Threshold", "value": 200, "min": 1, "max": 255, "step": 1},
    ],
    "threshold": [SIZE, {"name": "Binarization Threshold", "value": 127, "min": 0, "max": 255, "step": 1}],
    "blur_gaussian": [SIZE, {"name": "Sigma", "value": 9.0, "min": 0.01, "max": 64.0, "step": 0.01}],
}
"""In ControlNet's own words and ranges; a module without the first keeps the picture's size."""


def detect(order: Detection) -> list[bytes]:
    """The maps as PNG.

    Raises:
        BackendFailed: `backend_refused` with the field: an unknown module, a number out of range, no picture.
    """
    if order.module not in FILTERS:
        raise refused("module", f"The demo painter has no module {order.module[:60]!r}.", allowed=list(FILTERS))
    if not 1 <= len(order.pictures) <= MAX_PICTURES:
        raise refused("image", f"Send 1 to {MAX_PICTURES} pictures.")
    values = [order.threshold_a, order.threshold_b]
    for slider, value, index in zip(SLIDERS[order.module][1:], values, (0, 1), strict=False):
        field = ("threshold_a", "threshold_b")[index]
        values[index] = slider["value"] if value == -1 else _in_range(field, value, slider["min"], slider["max"])
    return [_png(FILTERS[order.module](_sized(data, order), values[0], values[1])) for data in order.pictures]


def _in_range(field: str, value: float, low: float, high: float) -> float:
    if not low <= value <= high:
        raise refused(field, f"{field} has to be from {low:g} to {high:g} for this module.")
    return value


def _sized(data: bytes, order: Detection) -> Image.Image:
    image = opened(data, "image").convert("RGB")
    if not SLIDERS[order.module]:
        return image
    short = DEFAULT_RES if order.processor_res == -1 else order.processor_res
    scale = _in_range("processor_res", short, MIN_RES, MAX_RES) / min(image.size)
    scale = min(scale, MAX_RES / max(image.size))
    width, height = (max(GRAIN_PX, round(side * scale / GRAIN_PX) * GRAIN_PX) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
