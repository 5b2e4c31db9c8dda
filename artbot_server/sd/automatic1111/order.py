"""A payload, checked against what the server offers and made ready to send. Pure.

The web UI swallows wrong names and numbers (trap 1) or answers them with a 500 and no reason (trap 11); here each is
refused in words, by field. What can be mended without guessing is mended, and told where it shows in the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from artbot_server.sd.automatic1111.effects import hashed_names
from artbot_server.sd.automatic1111.failures import refused
from artbot_server.sd.automatic1111.fields import KNOWN_FIELDS, NUMBERS, TEXTS, WHOLE_NUMBERS
from artbot_server.sd.automatic1111.names import check_names, sampling, settings
from artbot_server.sd.automatic1111.offers import Offers, Scheduler
from artbot_server.sd.automatic1111.units import check_base64, checked_scripts, maps_expected
from artbot_server.sd.base import Abilities, Checkpoint, Mode, Payload, Substitution

DEFAULT_SIDE = 512
"""The server's own, for both calls; it does not follow the picture given to img2img."""
SIDE_STEP = 8
"""A latent is an eighth of the picture; the server cuts the rest off."""
MIN_SIDE = 64

LIMITS = Abilities()
"""The web UI tells no limits of its own; these are the backend shape's."""
LARGEST = 1e300
"""Infinite, not a number, and whole numbers that no float holds lie outside."""

OURS = {
    "send_images": True,
    "save_images": False,
    "do_not_save_samples": True,
    "do_not_save_grid": True,
    "override_settings_restore_afterwards": True,
}
"""Set in every call, whatever a template says."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is sent, and what has to come back.

    Attributes:
        body: the request body.
        count: pictures expected; None when a script decides.
        size: width and height in pixels of each picture; None when a script or a hires target decides.
        sampler, scheduler: as `info` will name them; None: the server's choice.
        maps: least number of ControlNet maps that must come along.
        hashed: LoRAs and embeddings that have to show in its texts, see `effects.hashed_names`.
        substituted: what was changed before sending.
    """

    mode: Mode
    body: Mapping[str, Any]
    count: int | None = 1
    size: tuple[int, int] | None = None
    sampler: str | None = None
    scheduler: Scheduler | None = None
    checkpoint: Checkpoint | None = None
    vae: str | None = None
    seed: int = -1
    maps: int = 0
    hashed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    substituted: tuple[Substitution, ...] = field(default=())

    @property
    def path(self) -> str:
        """The address it is sent to."""
        return "/sdapi/v1/extra-single-image" if self.mode == "upscale" else f"/sdapi/v1/{self.mode}"


def prepare(payload: Payload, offers: Offers, task_id: str) -> Order:
    """Check and complete one payload.

    Fields that are null are left out: the server answers most of them with 500, and templates use null for "none".
    The pictures are asked for and not saved over there: this server keeps them itself, and saving would put a grid in
    front of them. Live previews come as often as the server's own `show_progress_every_n_steps` says (10 steps, when
    nobody changed it): as an override it would stay changed for everybody (trap 6).

    Raises:
        BackendFailed: `backend_refused`, with `field` and, for names, `allowed`.
    """
    body = {name: value for name, value in payload.fields.items() if value is not None}
    substituted = [Substitution(name, _shown(body.pop(name)), None) for name in sorted(set(body) - KNOWN_FIELDS)]
    _check_values(body)
    substituted += _round_size(body)
    count = body.get("batch_size", 1) * body.get("n_iter", 1)
    size = _final_size(body, payload.mode)
    _check_limits(count, size or (body["width"], body["height"]))
    if payload.mode == "img2img":
        _check_init_images(body)
    sampler, scheduler = sampling(body, offers)
    check_names(body, offers)
    checkpoint, vae = settings(body, offers)
    checked_scripts(body, payload.mode, offers)
    scripted = bool(body.get("script_name"))
    return Order(
        mode=payload.mode,
        body=body | OURS | {"force_task_id": task_id},
        count=None if scripted else count,
        size=None if scripted else size,
        sampler=sampler,
        scheduler=scheduler,
        checkpoint=checkpoint,
        vae=vae,
        seed=body.get("seed", -1),
        maps=maps_expected(body),
        hashed=hashed_names(body, offers),
        substituted=tuple(substituted),
    )


def _shown(value: Any) -> Any:
    """A value as a user may be told it; pictures and the like by their type's name."""
    return value if isinstance(value, int | float) or len(str(value)) <= 80 else type(value).__name__


def _check_values(body: dict[str, Any]) -> None:
    for name in TEXTS:
        if not isinstance(body.get(name, ""), str):
            raise refused(f"'{name}' has to be a text.", field=name)
    for name, (lowest, highest) in WHOLE_NUMBERS.items():
        if name in body:
            body[name] = _whole(name, body[name])
            _check_range(name, body[name], lowest, highest)
    for name, (low, high) in NUMBERS.items():
        if name in body:
            value = body[name]
            if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST < value < LARGEST:
                raise refused(f"'{name}' has to be a number.", field=name)
            _check_range(name, value, low, high)


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise refused(f"'{name}' has to be a whole number.", field=name)
    return int(value)


def _check_range(name: str, value: float, lowest: float | None, highest: float | None) -> None:
    if (lowest is not None and value < lowest) or (highest is not None and value > highest):
        bounds = f"at least {lowest}" if highest is None else f"between {lowest} and {highest}"
        raise refused(f"'{name}' has to be {bounds}, not {value}.", field=name)


def _round_size(body: dict[str, Any]) -> list[Substitution]:
    changed = []
    for name in ("width", "height"):
        asked = _whole(name, body.get(name, DEFAULT_SIDE))
        _check_range(name, asked, MIN_SIDE, LIMITS.max_side)
        body[name] = asked // SIDE_STEP * SIDE_STEP
        if body[name] != asked:
            changed.append(Substitution(name, asked, body[name]))
    return changed


def _final_size(body: Mapping[str, Any], mode: Mode) -> tuple[int, int] | None:
    """The picture's size after a hires pass; None where the pass aims at a size of its own.

    Inpainting only the masked part (the default) gives back the whole init image, in that one's size.
    """
    width, height = body["width"], body["height"]
    if mode == "img2img" and body.get("mask") and body.get("inpaint_full_res", True):
        return None
    if mode == "img2img" or not body.get("enable_hr"):
        return width, height
    if body.get("hr_resize_x") or body.get("hr_resize_y"):
        return None
    scale = body.get("hr_scale", 2.0)
    return int(width * scale) // SIDE_STEP * SIDE_STEP, int(height * scale) // SIDE_STEP * SIDE_STEP


def _check_limits(count: int, size: tuple[int, int]) -> None:
    width, height = size
    if count > LIMITS.max_batch:
        raise refused(
            f"'batch_size' times 'n_iter' may be {LIMITS.max_batch} at most, not {count}.", field="batch_size"
        )
    if width * height > LIMITS.max_pixels:
        raise refused(f"A picture of {width} x {height} pixels is too large.", field="width")


def _check_init_images(body: Mapping[str, Any]) -> None:
    images = body.get("init_images")
    if not isinstance(images, list) or not images:
        raise refused("img2img needs a picture in 'init_images'.", field="init_images")
    if len(images) > max(1, body.get("batch_size", 1)):
        raise refused(f"{len(images)} init images need a 'batch_size' of as many.", field="init_images")
    for image in images:
        check_base64("init_images", image)
    if mask := body.get("mask"):
        check_base64("mask", mask)
