"""Previews of a picture in the making: from coloured noise over coarse blobs to details."""

from __future__ import annotations

import io
import random

from PIL import Image

from artbot_server.sd.demo.noise import colour_noise

LONGEST_PX = 288  # enough for a card on the page, about 10 kB as WebP
QUALITY = 55


def preview_of(picture: Image.Image) -> Image.Image:
    """The picture at the size of a preview."""
    scale = min(1.0, LONGEST_PX / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BOX)


def emerging(small: Image.Image, done: float, seed: int) -> bytes:
    """`small` (from `preview_of`) when `done` (0 to 1) of the steps are over, as a WebP file."""
    rng = random.Random(f"{seed}/noise")
    cells = max(3, round(6 + 66 * done**1.3))
    coarse = small.resize((cells, max(2, round(cells * small.height / small.width))), Image.Resampling.BOX)
    coarse = coarse.resize(small.size, Image.Resampling.BICUBIC)
    noisy = Image.blend(colour_noise(small.size, 9, rng), colour_noise(small.size, 4, rng), 0.4)
    shown = Image.blend(noisy, coarse, min(1.0, 0.1 + 0.98 * done**0.6))
    out = io.BytesIO()
    (small if done >= 1 else shown).save(out, "WEBP", quality=QUALITY, method=2)
    return out.getvalue()
