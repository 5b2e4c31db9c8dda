"""Grain and clouds of noise from a seeded generator: Pillow's own `effect_noise` takes no seed."""

from __future__ import annotations

import random

from PIL import Image


def grain(size: tuple[int, int], rng: random.Random) -> Image.Image:
    """Even white noise, mode L."""
    width, height = size
    return Image.frombytes("L", size, rng.randbytes(width * height))


def clouds(size: tuple[int, int], cell: int, rng: random.Random) -> Image.Image:
    """Smooth noise, mode L, with blobs about `cell` pixels wide."""
    small = (max(2, size[0] // cell + 1), max(2, size[1] // cell + 1))
    return grain(small, rng).resize(size, Image.Resampling.BICUBIC)


def colour_noise(size: tuple[int, int], cell: int, rng: random.Random) -> Image.Image:
    """The same in three colours."""
    return Image.merge("RGB", [clouds(size, cell, rng) for _ in range(3)])
