"""A kept picture made larger: the order for it, out of what was asked and what is known of the picture. Pure.

Its payload is that of A1111's extras, with the target's width and height beside it, which the queue counts by.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from artbot_server.errors import BadRequest
from artbot_server.painting.jobs import Job
from artbot_server.painting.merge import GRAIN_PX, Merged
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.pictures import StoredPicture
from artbot_server.painting.rules import Choice, Number, Rule, checked
from artbot_server.sd.base import Abilities

MAX_SCALE = 4.0
"""A1111's page goes to 8; what is larger than this has nothing more to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upscaling:
    """What is asked for.

    Attributes:
        scale: how many times longer each side becomes, from 1.
        upscaler: by name; None: the backend's best.
        codeformer_visibility, gfpgan_visibility: 0 to 1, how much of a restored face is laid over.
    """

    scale: float = 2.0
    upscaler: str | None = None
    codeformer_visibility: float | None = None
    gfpgan_visibility: float | None = None


def upscale_order(picture: StoredPicture, source: Job | None, asked: Upscaling, abilities: Abilities) -> PaintOrder:
    """The order of a job of mode `upscale`, shown where the picture's own job is shown.

    Args:
        source: the job the picture came from; None for an upload.

    Raises:
        BadRequest: no such upscaler, a number out of range, a picture too large, or no backend that can do it.
    """
    if abilities.modes and "upscale" not in abilities.modes:
        raise BadRequest("No painter here can make pictures larger.", field="image_id", allowed=list(abilities.modes))
    asked = _checked(asked, abilities)
    width, height = _target(picture, asked.scale, abilities)
    overrides = {name: value for name in Upscaling.__slots__ if (value := getattr(asked, name)) is not None}
    fields = {_NAMES.get(name, name): value for name, value in overrides.items()}
    fields |= {"image": {"artbot_image": picture.id}, "width": width, "height": height, "batch_size": 1, "n_iter": 1}
    order = PaintOrder(
        prompt="",
        folder="",
        template="",
        overrides=overrides,
        image_id=picture.id,
        payload=Merged("upscale", fields),
    )
    return order if source is None else replace(order, **{name: getattr(source, name) for name in _KEPT})


def asked_before(job: Job) -> Upscaling:
    """What a job of mode `upscale` was asked for."""
    return Upscaling(**job.overrides)


def picture_upscalers(abilities: Abilities) -> tuple[str, ...]:
    """Those of a hires pass without the ones that work in latent space, on no finished picture."""
    return tuple(name for name in abilities.upscalers if name != "None" and not name.startswith("Latent"))


_NAMES = {"scale": "upscaling_resize", "upscaler": "upscaler_1"}
"""What the extras call these; the others have the same name."""
_KEPT = ("prompt", "negative_prompt", "folder", "template", "conversation_id", "reply_id")


def _target(picture: StoredPicture, scale: float, abilities: Abilities) -> tuple[int, int]:
    """Width and height in pixels, as A1111 rounds them. Raises BadRequest when that is too large or nothing."""
    width, height = (int(side * scale // GRAIN_PX * GRAIN_PX) for side in (picture.width, picture.height))
    if min(width, height) == 0:
        raise BadRequest("This picture is too small for that.", field="image_id", allowed={"min_side": GRAIN_PX})
    if max(width, height) > abilities.max_side or width * height > abilities.max_pixels:
        most = min(
            MAX_SCALE,
            abilities.max_side / max(picture.width, picture.height),
            (abilities.max_pixels / (picture.width * picture.height)) ** 0.5,
        )
        message = (
            f"A picture of {width} x {height} pixels is too large: up to {abilities.max_side} on a side"
            f" and {abilities.max_pixels} in all."
        )
        raise BadRequest(message, field="scale", allowed={"min": 1, "max": int(most * 100) / 100})
    return width, height


def _checked(asked: Upscaling, abilities: Abilities) -> Upscaling:
    """The same with names as the backend writes them."""
    rules: dict[str, Rule] = {
        "scale": Number(1, MAX_SCALE),
        "upscaler": Choice(picture_upscalers(abilities)),
        "codeformer_visibility": Number(0, 1),
        "gfpgan_visibility": Number(0, 1),
    }
    given = {name: value for name in rules if (value := getattr(asked, name)) is not None}
    return Upscaling(**{name: checked(name, value, rules[name]) for name, value in given.items()})
