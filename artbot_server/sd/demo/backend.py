"""The demo painter as a backend: paints an order in steps with previews, and says that it is a demo.

All pictures are composed before or between steps; the pace is kept by sleeping, so that a web server beside it
keeps its processor.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from PIL import Image

from artbot_server.sd.base import Abilities, Checkpoint, Payload, Picture, Progress, Result
from artbot_server.sd.demo.answers import DemoAnswers
from artbot_server.sd.demo.chance import chance
from artbot_server.sd.demo.effects import FIELDS, unheeded
from artbot_server.sd.demo.infotext import MODEL, infotext, to_png
from artbot_server.sd.demo.order import MAX_BATCH, MAX_SIDE, SAMPLERS, SCHEDULERS, Order, read_order, variation_of
from artbot_server.sd.demo.previews import emerging, preview_of
from artbot_server.sd.demo.repaint import Original, read_original, repaint, scene_seed
from artbot_server.sd.demo.scene import compose
from artbot_server.sd.demo.styles import stylize
from artbot_server.sd.demo.upscale import UPSCALERS, read_upscale, upscaled, without_effect
from artbot_server.sd.demo.words import Idea, read_prompt

PREVIEW_EVERY_S = 0.5  # as often as a real backend's previews are polled
UPSCALING_SHARE = 0.5
"""Of the time that a job takes; it is less work than a painting."""
ALMOST = 0.99
"""The most it tells before the pictures are there: full is the result."""


class DemoBackend(DemoAnswers):
    """Paints illustrations of a prompt's nouns without Stable Diffusion.

    Args:
        name: for people and the database.
        seconds: how long a job takes, whatever its steps; 0 for as fast as it goes.
    """

    kind = "demo"
    demo = True

    def __init__(self, name: str = "demo", *, seconds: float = 4.0) -> None:
        super().__init__()
        self.name = name
        self._seconds = seconds

    def abilities(self) -> Abilities:
        """What the demo painter understands; it takes A1111's samplers so that every template works."""
        return Abilities(
            samplers=SAMPLERS, schedulers=SCHEDULERS, models=(MODEL,), upscalers=UPSCALERS,
            modes=("txt2img", "img2img", "upscale"), fields=FIELDS,
            max_side=MAX_SIDE, max_pixels=MAX_SIDE**2, max_batch=MAX_BATCH, loaded_model=MODEL,
            checkpoints=(Checkpoint(MODEL, MODEL, MODEL),),
        )  # fmt: skip

    def paint(self, payload: Payload, task_id: str) -> Iterator[Progress | Result]:
        """Paint; one `Progress` a step, then the `Result`.

        Raises:
            BackendFailed: `backend_refused` with the field's name, when the payload is at fault.
        """
        try:
            for said in (self._upscale if payload.mode == "upscale" else self._paint)(payload):
                if isinstance(said, Progress):
                    self._at = replace(said, preview=said.preview or (self._at.preview if self._at else None))
                yield said
        finally:
            self._at = None

    def _paint(self, payload: Payload) -> Iterator[Progress | Result]:
        img2img = payload.mode == "img2img"
        order = read_order(payload.fields, img2img)
        original = read_original(payload.fields, (order.width, order.height)) if img2img else None
        idea = read_prompt(order.prompt, order.negative_prompt)
        started = time.monotonic()
        yield Progress(0.0, 0, order.steps)
        pictures = [_painted(idea, order, original, 0)]
        small = preview_of(pictures[0])
        shown_at = started - PREVIEW_EVERY_S
        for step in range(1, order.steps + 1):
            done = step / order.steps
            # The rest of a batch is painted while the steps go by, not before the first preview.
            while len(pictures) < len(order.seeds) and len(pictures) <= done * len(order.seeds):
                pictures.append(_painted(idea, order, original, len(pictures)))
                yield Progress((step - 1) / order.steps, step - 1, order.steps)
            while (left := started + self._seconds * done - time.monotonic()) > PREVIEW_EVERY_S:
                time.sleep(PREVIEW_EVERY_S * 0.8)
                yield Progress((step - 1) / order.steps, step - 1, order.steps, left + self._seconds * (1 - done))
            time.sleep(max(0.0, left))
            now = time.monotonic()
            preview = None
            if now - shown_at >= PREVIEW_EVERY_S and step < order.steps:
                preview, shown_at = emerging(small, done, order.seeds[0]), now
            yield Progress(min(done, ALMOST), step, order.steps, self._seconds * (1 - done), preview)
        scenes = [scene_seed(original, order, seed) if original else None for seed in order.seeds]
        texts = [infotext(order, index, scene) for index, scene in enumerate(scenes)]
        finished = zip(pictures, order.seeds, texts, strict=True)
        yield Result(
            tuple(Picture(to_png(image, text), "picture", seed, text) for image, seed, text in finished),
            unheeded(payload.fields),
            model=MODEL,
        )

    def _upscale(self, payload: Payload) -> Iterator[Progress | Result]:
        image, scale = read_upscale(payload.fields)
        started, until_s = time.monotonic(), self._seconds * UPSCALING_SHARE
        yield Progress(0.0)
        picture = upscaled(image, scale)
        while (left := started + until_s - time.monotonic()) > 0:
            time.sleep(min(left, PREVIEW_EVERY_S * 0.8))
            done = min(1.0, (time.monotonic() - started) / until_s)
            yield Progress(min(done, ALMOST), eta_s=until_s * (1 - done))
        yield Result((picture,), without_effect(payload.fields), model=MODEL)


def _painted(idea: Idea, order: Order, original: Original | None, index: int) -> Image.Image:
    seed, variation = order.seeds[index], variation_of(order, index)
    if original:
        return repaint(original, idea, order, seed, variation)
    image = compose(idea, (order.width, order.height), seed, variation=variation)
    return stylize(image, idea.style, chance(seed, "style", variation))
