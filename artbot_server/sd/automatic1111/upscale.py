"""A finished picture made larger by the web UI's extras: checked, made ready to send, and its answer read. Pure.

The server resizes by other means where an upscaler's model cannot be had, and says nothing; it names no task, so
progress and interrupts go by turn.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from artbot_server.sd.automatic1111.failures import failed, refused, unknown_name
from artbot_server.sd.automatic1111.offers import Offers
from artbot_server.sd.automatic1111.order import LIMITS, SIDE_STEP, Order
from artbot_server.sd.automatic1111.pictures import decode, seed_in
from artbot_server.sd.automatic1111.units import check_base64
from artbot_server.sd.base import Payload, Picture, Result, Substitution

FACES = {"codeformer_visibility": "CodeFormer visibility", "gfpgan_visibility": "GFPGAN visibility"}
"""How much of a restored face is laid over: the request's names, and the text's."""
NO_MODEL = "Lanczos"
"""Needs none, so it works everywhere."""
_TAG = re.compile(r"<[^>]*>")


def prepare_upscale(payload: Payload, offers: Offers) -> Order:
    """Check and complete an `upscale` payload; without an upscaler, the first whose model is on the server's disk.

    Raises:
        BackendFailed: `backend_refused`, with `field` and, for names, `allowed`.
    """
    asked = {name: value for name, value in payload.fields.items() if value is not None}
    image, scale = asked.get("image", ""), asked.get("upscaling_resize", 2)
    check_base64("image", image)
    size = _target(image, scale)
    upscaler = asked.get("upscaler_1") or next(iter(offers.ready_upscalers), NO_MODEL)
    known = offers.picture_upscalers
    if known is not None and upscaler not in known:
        raise unknown_name("upscaler_1", "upscaler", str(upscaler), known)
    faces = {name: asked[name] for name in FACES if name in asked}
    for name, value in faces.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise refused(f"'{name}' has to be a number between 0 and 1.", field=name)
    body = {"image": image, "resize_mode": 0, "upscaling_resize": scale, "upscaler_1": upscaler} | faces
    return Order("upscale", body, size=size)


def read_upscaled(answer: Any, order: Order) -> Result:
    """The larger picture; its infotext is the small one's with what was done to it, as the server writes that.

    Raises:
        BackendFailed: no picture, or a broken one; with `retry=True`.
    """
    try:
        file = decode(answer["image"])
        done = html.unescape(_TAG.sub("", answer["html_info"])).strip()
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise failed("The Stable Diffusion server sent something that is no picture.") from err
    told = []
    if order.size is not None:
        pairs = zip(("width", "height"), order.size, (file.width, file.height), strict=True)
        told += [Substitution(name, asked, got) for name, asked, got in pairs if asked != got]
    told += _differences(order.body, done)
    text = ", ".join(part for part in (file.text, done) if part)
    return Result((Picture(file.data, seed=seed_in(file.text), infotext=text),), tuple(told))


def _differences(body: Mapping[str, Any], done: str) -> list[Substitution]:
    told = []
    if f"Postprocess upscaler: {body['upscaler_1']}" not in done:
        told.append(Substitution("upscaler_1", body["upscaler_1"], None))
    for name, words in FACES.items():
        if body.get(name) and words not in done:
            told.append(Substitution(name, body[name], None))
    return told


def _target(image: str, scale: Any) -> tuple[int, int]:
    """The size the server gives: both sides rounded down to its step."""
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 1 <= scale <= 8:
        raise refused("'upscaling_resize' has to be a number between 1 and 8.", field="upscaling_resize")
    try:
        file = decode(image)
    except ValueError:
        raise refused("'image' holds no picture that can be read.", field="image") from None
    width, height = (int(side * scale // SIDE_STEP * SIDE_STEP) for side in (file.width, file.height))
    if max(width, height) > LIMITS.max_side or width * height > LIMITS.max_pixels:
        raise refused(f"A picture of {width} x {height} pixels is too large.", field="upscaling_resize")
    return width, height
