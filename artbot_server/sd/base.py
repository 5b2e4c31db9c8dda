"""What a backend is: something that paints a payload, in steps, and answers questions about itself. No I/O in here.

Implementations: `automatic1111` and `demo`. The same contract suites run over all of them (tests/contracts/). One
thread at a time paints on a backend; questions may come from any other meanwhile.
"""

from __future__ import annotations

import ntpath  # cuts at both kinds of slash: the backend may run on Windows
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Mode = Literal["txt2img", "img2img", "upscale"]
Row = dict[str, Any]
"""One thing that can be chosen, as A1111's API describes it."""
ListName = Literal["models", "samplers", "schedulers", "loras", "embeddings", "styles", "upscalers", "vaes"]
Refreshable = Literal["models", "loras", "vaes", "embeddings"]
ControlNetPart = Literal["models", "modules", "types", "version", "settings"]
Interrogator = Literal["clip", "deepdanbooru"]

RESIZE_MODES = ("Just Resize", "Crop and Resize", "Resize and Fill")
CONTROL_MODES = ("Balanced", "My prompt is more important", "ControlNet is more important")
"""Of a ControlNet unit, in the order of the numbers that older versions took and that now give a 500."""

_HASH = re.compile(r"[0-9a-f]{8,64}")
_TITLE = re.compile(r"(.+) \[([0-9a-f]{8,64})\]")
"""A file name or path and the hash behind it."""


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
class Checkpoint:
    """A model file, by all the names it has.

    Attributes:
        name: A1111's `model_name`, which stays as it is; the title gains the short hash at the first load.
        title: "sub/dream.safetensors [0d37aea87c]", or without the hash.
        file: its name without folders.
        hash, sha256: lower-case hex, None until it was loaded for the first time.
    """

    name: str
    title: str
    file: str
    hash: str | None = None
    sha256: str | None = None

    def goes_by(self, asked: str) -> bool:
        """Whether a template's or a user's word for a checkpoint means this one: a name, a title (also one from
        before it was hashed), a file, a hash or at least 8 figures of its beginning."""
        own = {self.name, self.title, self.file, ntpath.splitext(self.file)[0]}
        if asked in own:
            return True
        if _HASH.fullmatch(digest := asked.lower()):
            return any(
                known.startswith(digest) or digest.startswith(known) for known in (self.hash, self.sha256) if known
            )
        titled = _TITLE.fullmatch(asked)
        return titled is not None and titled[1] in own and self.hash in (None, titled[2])


@dataclass(frozen=True, slots=True)
class Detection:
    """Pictures for a ControlNet module to make its maps of; None and -1 are the module's own choice.

    Attributes:
        pictures: encoded files.
        module: as listed by `controlnet("modules")`.
        processor_res: the map's short side in pixels.
        threshold_a, threshold_b: what the module's sliders say they mean.
    """

    pictures: tuple[bytes, ...]
    module: str
    processor_res: int = -1
    threshold_a: float = -1
    threshold_b: float = -1


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a backend offers. An empty tuple means: not known, do not check.

    Attributes:
        models: checkpoints by name, as a user may write them.
        checkpoints: the same with their titles and hashes, where the backend has such.
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
    checkpoints: tuple[Checkpoint, ...] = ()


class Answering(Protocol):
    """What a backend can be asked beside painting. All raise `BackendFailed`: in words, `backend_refused` with the
    field where the question is at fault or the backend cannot do this at all."""

    def rows(self, name: ListName) -> list[Row]:
        """One of its lists, each item in A1111's own shape; empty where it has none.

        models `{title, model_name, hash, sha256, filename, config}`, samplers `{name, aliases, options}`, schedulers
        `{name, label, aliases, default_rho, need_inner_model}`, loras `{name, alias, path, metadata}`, embeddings
        `{name, skipped, step, sd_checkpoint, sd_checkpoint_name, shape, vectors}`, styles `{name, prompt,
        negative_prompt}`, upscalers `{name, model_name, model_path, model_url, scale}`, vaes `{model_name, filename}`.
        """
        ...

    def refresh(self, name: Refreshable) -> None:
        """Look at its disk again; returns when the list is new, which may wait for a running job."""
        ...

    def options(self) -> dict[str, Any]:
        """Its settings by name."""
        ...

    def set_options(self, values: Mapping[str, Any]) -> None:
        """Change settings for everybody who uses it; names and types are checked first. Returns when a checkpoint
        among them is loaded."""
        ...

    def progress(self, *, picture: bool = False) -> dict[str, Any]:
        """What it is at, whoever asked for it: `{progress, eta_relative, state, current_image, textinfo}`; progress 0 to
        1, seconds, and with `picture` the live preview as base64 where there is one."""
        ...

    def controlnet(self, part: ControlNetPart) -> dict[str, Any]:
        """ControlNet's own words: `{model_list}`, `{module_list, module_detail}`, `{control_types}`, `{version}` or
        `{control_net_unit_count}`."""
        ...

    def detect(self, order: Detection) -> list[bytes]:
        """The module's map of each picture, as encoded files."""
        ...

    def interrogate(self, picture: bytes, model: Interrogator = "clip") -> str:
        """What is to be seen in an encoded picture, as words for a prompt."""
        ...


class Backend(Answering, Protocol):
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
