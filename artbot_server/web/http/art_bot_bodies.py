"""What RobotChat's ArtBot routes take: A1111's own fields, and which model, session, conversation and job are meant.

Ranges and names are held against what the backend offers by `painting/raw_orders`, not here.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from artbot_server.web.fields import PROMPT_CHARS, Name, OptionalId, OptionalName, Query, Request, Text, Uuid
from artbot_server.web.services import UPLOAD_BYTES

Words = Annotated[Text, Field(max_length=PROMPT_CHARS)]
Base64 = Annotated[str, Field(min_length=1, max_length=UPLOAD_BYTES * 4 // 3 + 100)]
MOST_PICTURES = 16

OURS = ("sd_model_hash", "conversationId", "sessionId", "jobId", "callback_url")
"""Fields of RobotChat's and ours; all others are A1111's."""


class Painted(Request):
    """The fields that both calls have. An empty name counts as left out."""

    prompt: Words = ""
    negative_prompt: Words = ""
    styles: Annotated[list[Name], Field(max_length=32)] | None = None
    seed: int | None = None
    subseed: int | None = None
    subseed_strength: float | None = None
    seed_resize_from_h: int | None = None
    seed_resize_from_w: int | None = None
    sampler_name: OptionalName = None
    sampler_index: OptionalName = None
    scheduler: OptionalName = None
    batch_size: int | None = None
    n_iter: int | None = None
    steps: int | None = None
    cfg_scale: float | None = None
    width: int | None = None
    height: int | None = None
    restore_faces: bool | None = None
    tiling: bool | None = None
    do_not_save_samples: bool | None = None
    do_not_save_grid: bool | None = None
    denoising_strength: float | None = None
    eta: float | None = None
    s_churn: float | None = None
    s_tmax: float | None = None
    s_tmin: float | None = None
    s_noise: float | None = None
    override_settings: dict[str, Any] | None = None
    override_settings_restore_afterwards: bool | None = None
    script_name: OptionalName = None
    script_args: list[Any] | None = None
    send_images: bool = True
    save_images: bool | None = None
    alwayson_scripts: dict[str, Any] | None = None
    sd_model_hash: OptionalName = None
    conversationId: OptionalId = None  # noqa: N815  RobotChat's own spelling, as the next two
    sessionId: Annotated[str, Field(max_length=200)] | None = None  # noqa: N815
    jobId: Uuid | None = None  # noqa: N815
    callback_url: Annotated[Text, Field(max_length=2_000)] | None = None

    def body(self) -> dict[str, Any]:
        """A1111's fields that were sent, in the order they stand here."""
        sent = (name for name in type(self).model_fields if name in self.model_fields_set and name not in OURS)
        return {name: getattr(self, name) for name in sent}


class TextToImage(Painted):
    """`txt2img`."""

    enable_hr: bool | None = None
    firstphase_width: int | None = None
    firstphase_height: int | None = None
    hr_scale: float | None = None
    hr_upscaler: OptionalName = None
    hr_second_pass_steps: int | None = None
    hr_resize_x: int | None = None
    hr_resize_y: int | None = None
    refiner_checkpoint: OptionalName = None
    refiner_switch_at: float | None = None


class ImageToImage(Painted):
    """`img2img`."""

    init_images: Annotated[list[Base64], Field(min_length=1, max_length=MOST_PICTURES)]
    mask: Base64 | None = None
    resize_mode: int | None = None
    image_cfg_scale: float | None = None
    mask_blur: int | None = None
    inpainting_fill: int | None = None
    inpaint_full_res: bool | int | None = None
    inpaint_full_res_padding: int | None = None
    inpainting_mask_invert: int | None = None
    initial_noise_multiplier: float | None = None
    include_init_images: bool = False


class DetectInPictures(Request):
    """`controlnet/detect`."""

    controlnet_module: Name = "none"
    controlnet_input_images: Annotated[list[Base64], Field(min_length=1, max_length=MOST_PICTURES)]
    controlnet_processor_res: Annotated[int, Field(ge=-1, le=2048)] = -1
    controlnet_threshold_a: float = -1
    controlnet_threshold_b: float = -1


class NewOptions(Request):
    """Settings of the backend by name; they hold for everybody."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)


class OneBackend(Query):
    """Which backend is asked, where there are several; the first that is up otherwise."""

    backend: OptionalName = None


class OneProgress(Query):
    """Whose progress: a job of the caller's; without one that which runs or waits."""

    job_id: OptionalId = None
