"""img2img: paints over a given picture, more or less of it, inside a mask or everywhere."""

from __future__ import annotations

import base64
import binascii
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from artbot_server.painting.picture_text import text_of
from artbot_server.sd.demo.chance import Variation, chance
from artbot_server.sd.demo.infotext import own_seed
from artbot_server.sd.demo.looking import opened
from artbot_server.sd.demo.order import Order, refused
from artbot_server.sd.demo.scene import compose
from artbot_server.sd.demo.styles import stylize
from artbot_server.sd.demo.vocabulary import COLOURS
from artbot_server.sd.demo.words import Idea

# A1111 keeps a picture's shapes up to about the first two, and hardly anything of it above the third.
SUBJECT_FROM, SCENE_FROM, SCENE_ALONE = 0.45, 0.55, 0.9


@dataclass(frozen=True, slots=True)
class Original:
    """The picture that is worked on, in the size of the order.

    Attributes:
        mask: mode L, white where it may change; None for everywhere.
        seed: of the scene, when the demo painter made it.
    """

    image: Image.Image
    mask: Image.Image | None
    seed: int | None


def read_original(fields: Mapping[str, Any], size: tuple[int, int]) -> Original:
    """The first init image and the mask of a payload.

    Raises:
        BackendFailed: `backend_refused`, naming `init_images` or `mask`.
    """
    images = fields.get("init_images")
    if not isinstance(images, list) or not images:
        raise refused("init_images", "init_images has to hold a base64 picture for img2img.")
    init = decoded(images[0], "init_images")
    seed = own_seed(text_of(init))
    image = ImageOps.fit(init.convert("RGB"), size, Image.Resampling.LANCZOS)
    if fields.get("mask") is None:
        return Original(image, None, seed)
    mask = ImageOps.fit(decoded(fields["mask"], "mask").convert("L"), size, Image.Resampling.BILINEAR)
    if fields.get("inpainting_mask_invert"):
        mask = ImageOps.invert(mask)
    mask = mask.point([0 if v < 128 else 255 for v in range(256)])
    blur = fields.get("mask_blur", 4)
    if isinstance(blur, int | float) and blur > 0:
        mask = mask.filter(ImageFilter.GaussianBlur(min(64.0, float(blur))))
    return Original(image, mask, seed)


def decoded(data: object, field: str) -> Image.Image:
    """A picture out of base64, with or without a data URL's head."""
    try:
        raw = base64.b64decode(str(data).rpartition(",")[2], validate=True)
    except binascii.Error as error:
        raise refused(field, f"{field} holds no picture that can be read.") from error
    return opened(raw, field)


def scene_seed(original: Original, order: Order, seed: int) -> int | None:
    """The seed of the scene that comes back: the original's for the first of a batch, its neighbours for the rest."""
    if original.seed is None or original.mask:
        return None
    return original.seed + seed - order.seeds[0]


def repaint(original: Original, idea: Idea, order: Order, seed: int, variation: Variation | None = None) -> Image.Image:
    """The original, changed as much as the order's denoising strength says.

    A picture of our own is composed again from its seed, so the same scene comes back with what the new prompt
    changed. A foreign one is restyled and recoloured at low strength; from `SUBJECT_FROM` on the prompt's subject is
    painted into it, and from `SCENE_FROM` on a new background takes its place. With a mask all this happens inside it.
    """
    strength, size = order.denoising_strength or 0.0, original.image.size
    if original.mask:
        box = original.mask.getbbox()
        if box is None or strength == 0:
            return original.image
        changed = original.image.copy()
        changed.paste(_changed(original.image.crop(box), idea, strength, seed, variation), box)
        return Image.composite(changed, original.image, original.mask)
    scene = scene_seed(original, order, seed)
    if scene is not None and strength > 0:
        fresh = stylize(compose(idea, size, scene, variation=variation), idea.style, chance(scene, "style", variation))
        return Image.blend(original.image, fresh, min(1.0, strength * 2.2))
    return _changed(original.image, idea, strength, seed, variation)


def _changed(image: Image.Image, idea: Idea, strength: float, seed: int, variation: Variation | None) -> Image.Image:
    """A foreign picture, or the part of it inside a mask."""
    style = chance(seed, "style", variation)
    if strength < SUBJECT_FROM:
        return _restyled(image, idea, strength, style)
    share = max(0.0, min(1.0, (strength - SCENE_FROM) / (SCENE_ALONE - SCENE_FROM)))
    painted = compose(idea, image.size, seed, variation=variation, behind=image, share=share)
    return stylize(painted, idea.style, style)


def _restyled(image: Image.Image, idea: Idea, strength: float, style: random.Random) -> Image.Image:
    """The same picture with the prompt's style, and its colour laid over it."""
    styled = stylize(image, idea.style, style)
    colour = next((thing.colour for thing in idea.things if thing.colour), idea.mood)
    if colour:
        tone = COLOURS[colour]
        grey = ImageOps.grayscale(styled)
        dyed = ImageOps.colorize(grey, (18, 14, 30), (255, 252, 246), tone, midpoint=132)
        styled = Image.blend(styled, dyed, 0.72)
    elif not idea.style:
        styled = ImageEnhance.Color(styled).enhance(1.3)
    return Image.blend(image, styled, min(1.0, strength * 1.8))
