"""Previews emerge from noise."""

import io

from PIL import Image, ImageChops, ImageStat

from artbot_server.sd.demo.previews import LONGEST_PX, emerging, preview_of

PAINTED = Image.linear_gradient("L").resize((600, 400)).convert("RGB")


def distance(data: bytes) -> float:
    shown = Image.open(io.BytesIO(data)).convert("RGB")
    return sum(ImageStat.Stat(ImageChops.difference(shown, preview_of(PAINTED))).mean)


def test_a_preview_is_small_and_keeps_its_shape():
    assert preview_of(PAINTED).size == (LONGEST_PX, 192)
    assert preview_of(PAINTED.resize((100, 80))).size == (100, 80)


def test_each_step_comes_nearer_to_the_picture():
    distances = [distance(emerging(preview_of(PAINTED), step / 6, 7)) for step in range(7)]
    assert distances == sorted(distances, reverse=True)
    assert distances[0] > 40
    assert distances[-1] < 8


def test_previews_are_repeatable_and_light():
    first = emerging(preview_of(PAINTED), 0.4, 7)
    assert first == emerging(preview_of(PAINTED), 0.4, 7) != emerging(preview_of(PAINTED), 0.4, 8)
    assert len(first) < 16_000
