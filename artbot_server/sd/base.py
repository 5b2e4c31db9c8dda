"""What a backend is: something that paints a payload, in steps. No I/O in here.

Implementations: `automatic1111` and `demo`. The same contract suite runs over all of them
(tests/contracts/backend_contract.py). A backend is used by one worker thread at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Mode = Literal["txt2img", "img2img", "upscale"]

RESIZE_MODES = ("Just Resize", "Crop and Resize", "Resize and Fill")
CONTROL_MODES = ("Balanced", "My prompt is more important", "ControlNet is more important")
"""Of a ControlNet unit, in the order of the numbers that older versions took and that now give a 500."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A finished order: template + prompt + overrides, in A1111's own field names.

    Attributes:
        mode: which of the calls.
        fields: A1111's request body; pictures in it (`init_images`, `mask`, ControlNet's `image`) are bare base64. For
            `upscale`: that of its extras, `image` and `upscaling_resize` and what may stand beside them.
    """

    mode: Mode
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far this payload (and nobody else's) is.

    Attributes:
        fraction: 0 to 1, never falling.
        step, steps: sampler steps, where the backend tells them.
        eta_s: seconds left, None while an estimate would be senseless.
        preview: an encoded picture (JPEG, PNG or WebP), only when there is a newer one than last time.
    """

    fraction: float
    step: int | None = None
    steps: int | None = None
    eta_s: float | None = None
    preview: bytes | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as the backend made it.

    Attributes:
        data: the encoded file, untouched.
        kind: `picture`, a `grid` of the others, or a ControlNet `map`.
        seed: the real one (never -1), None for grids and maps.
        infotext: A1111's parameter text, "" where there is none.
    """

    data: bytes
    kind: Literal["picture", "grid", "map"] = "picture"
    seed: int | None = None
    infotext: str = ""


@dataclass(frozen=True, slots=True)
class Substitution:
    """Something that was asked for and came out otherwise, to be told to the user."""

    field: str
    asked: Any
    got: Any


@dataclass(frozen=True, slots=True)
class Result:
    """The last thing `Backend.paint` yields."""

    pictures: tuple[Picture, ...]
    substituted: tuple[Substitution, ...] = ()
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a backend offers. An empty tuple means: not known, do not check.

    Attributes:
        models: checkpoints by name, as a user may write them.
        modes: the calls it takes.
        fields: A1111 field names that have an effect here; others are refused as overrides.
        max_side, max_pixels: largest side and area in pixels of one picture.
        max_batch: most pictures of one job (`batch_size * n_iter`).
    """

    samplers: tuple[str, ...] = ()
    schedulers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    loras: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    upscalers: tuple[str, ...] = ()
    vaes: tuple[str, ...] = ()
    controlnet_models: tuple[str, ...] = ()
    controlnet_modules: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()
    fields: tuple[str, ...] = ()
    max_side: int = 2048
    max_pixels: int = 2048 * 2048
    max_batch: int = 16
    loaded_model: str | None = field(default=None)


class Backend(Protocol):
    """Paints pictures."""

    name: str
    """For people and the database; unique among the configured ones; never holds a password."""
    kind: str
    demo: bool

    def abilities(self) -> Abilities:
        """Ask what it offers now. Raises `errors.BackendFailed` when it cannot be reached."""
        ...

    def paint(self, payload: Payload, task_id: str) -> Iterator[Progress | Result]:
        """Paint; yields `Progress` at least twice a second while it works, then exactly one `Result`.

        Closing the generator interrupts this payload, never anybody else's, and returns once the backend is free
        again or after a bound of 30 s. `task_id` is new for each attempt.

        Raises:
            BackendFailed: in words, with `retry=True` in the detail when another attempt can help
                (refused, cut, timed out, 5xx that is no user error) and False when the payload is at fault.
        """
        ...
