"""The web UI's request fields: which exist, what values they take. Tables only, from the recorded openapi.json.

The web UI ignores a field it does not know without a word, so a table is needed to be able to say so.
"""

from __future__ import annotations

from typing import Final

SEED_MAX: Final = 2**63 - 1
"""Larger ones overflow inside the server (2**64 is a 500); 4294967296123 was accepted as it is."""

WHOLE_NUMBERS: Final[dict[str, tuple[int, int | None]]] = {
    "steps": (1, None),
    "batch_size": (1, None),
    "n_iter": (1, None),
    "seed": (-1, SEED_MAX),
    "subseed": (-1, SEED_MAX),
    "seed_resize_from_w": (-1, None),
    "seed_resize_from_h": (-1, None),
    "hr_second_pass_steps": (0, None),
    "hr_resize_x": (0, 2048),
    "hr_resize_y": (0, 2048),
    "resize_mode": (0, 3),
    "inpainting_fill": (0, 3),
    "inpaint_full_res_padding": (0, None),
    "mask_blur": (0, None),
    "mask_blur_x": (0, None),
    "mask_blur_y": (0, None),
}
"""Lowest and highest value. Outside of these the server answers 500 or paints something else."""

NUMBERS: Final[dict[str, tuple[float | None, float | None]]] = {
    "cfg_scale": (None, None),
    "denoising_strength": (0, 1),
    "subseed_strength": (0, 1),
    "refiner_switch_at": (0, 1),
    "hr_scale": (1, None),
    "eta": (None, None),
    "s_churn": (None, None),
    "s_tmin": (None, None),
    "s_tmax": (None, None),
    "s_noise": (None, None),
    "s_min_uncond": (None, None),
    "image_cfg_scale": (None, None),
    "initial_noise_multiplier": (None, None),
}

# fmt: off
TEXTS: Final = (
    "prompt", "negative_prompt", "hr_prompt", "hr_negative_prompt", "sampler_name", "sampler_index", "scheduler",
)

CLIENT_FIELDS: Final = (
    *TEXTS, "styles", "seed", "subseed", "subseed_strength", "seed_resize_from_w", "seed_resize_from_h",
    "batch_size", "n_iter", "steps", "cfg_scale", "width", "height", "denoising_strength", "eta", "restore_faces",
    "tiling", "enable_hr", "hr_scale", "hr_upscaler", "hr_second_pass_steps", "hr_resize_x", "hr_resize_y", "hr_sampler_name",
    "hr_scheduler", "hr_checkpoint_name", "refiner_checkpoint", "refiner_switch_at",
    "s_churn", "s_tmin", "s_tmax", "s_noise", "s_min_uncond",
    "resize_mode", "mask_blur", "inpainting_fill", "inpaint_full_res", "inpaint_full_res_padding",
    "inpainting_mask_invert", "override_settings",
)
"""What a user may set. Not: scripts (they run with arguments of their own), saving, task ids, pictures."""

KNOWN_FIELDS: Final = frozenset({
    *CLIENT_FIELDS, *WHOLE_NUMBERS, *NUMBERS,
    "do_not_save_samples", "do_not_save_grid", "save_images", "send_images", "include_init_images", "force_task_id",
    "override_settings_restore_afterwards", "disable_extra_networks", "comments", "firstpass_image", "firstphase_width",
    "firstphase_height", "script_name", "script_args", "alwayson_scripts", "init_images", "mask",
    "mask_round", "latent_mask",
})
"""Without `infotext`, which would bring settings in past every check."""

PICTURE_SETTINGS: Final = frozenset({
    "sd_model_checkpoint", "sd_vae", "sd_unet", "CLIP_stop_at_last_layers", "eta_noise_seed_delta", "eta_ddim",
    "eta_ancestral", "randn_source", "s_churn", "s_tmin", "s_tmax", "s_noise", "s_min_uncond", "sd_noise_schedule",
    "always_discard_next_to_last_sigma", "use_old_karras_scheduler_sigmas", "emphasis", "token_merging_ratio",
    "token_merging_ratio_hr", "token_merging_ratio_img2img", "img2img_color_correction", "img2img_background_color",
    "initial_noise_multiplier", "inpainting_mask_weight", "face_restoration_model", "code_former_weight",
    "forge_additional_modules",
})
"""Options a payload may override for one call. Any other would outlive it: the server does not put back what is not
in its config.json (trap 6), and a path or a switch of the server's own is nobody's to change from here."""
# fmt: on
