"""What each field of a parameter text is called in A1111's request: tables only, from its 1.10 source and recordings."""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal["text", "whole", "number", "switch"]

FIELDS: Final[dict[str, tuple[str, Kind]]] = {
    "Steps": ("steps", "whole"),
    "CFG scale": ("cfg_scale", "number"),
    "Image CFG scale": ("image_cfg_scale", "number"),
    "Seed": ("seed", "whole"),
    "Variation seed": ("subseed", "whole"),
    "Variation seed strength": ("subseed_strength", "number"),
    "Tiling": ("tiling", "switch"),
    "Eta": ("eta", "number"),
    "Sigma churn": ("s_churn", "number"),
    "Sigma tmin": ("s_tmin", "number"),
    "Sigma tmax": ("s_tmax", "number"),
    "Sigma noise": ("s_noise", "number"),
    "NGMS": ("s_min_uncond", "number"),
    "Refiner": ("refiner_checkpoint", "text"),
    "Refiner switch at": ("refiner_switch_at", "number"),
}
"""Those that mean the same whatever else there is."""

HIRES: Final[dict[str, tuple[str, Kind]]] = {
    "Hires upscale": ("hr_scale", "number"),
    "Hires steps": ("hr_second_pass_steps", "whole"),
    "Hires sampler": ("hr_sampler_name", "text"),
    "Hires schedule type": ("hr_scheduler", "text"),
    "Hires checkpoint": ("hr_checkpoint_name", "text"),
    "Hires prompt": ("hr_prompt", "text"),
    "Hires negative prompt": ("hr_negative_prompt", "text"),
}
HIRES_SIGNS: Final = frozenset({"Hires upscale", "Hires resize", "Hires upscaler"})
"""Any of these says that there was a second pass."""

MASKED: Final[dict[str, tuple[str, Kind]]] = {
    "Mask blur": ("mask_blur", "whole"),
    "Masked area padding": ("inpaint_full_res_padding", "whole"),
    "Noise multiplier": ("initial_noise_multiplier", "number"),
}
IMG2IMG_SIGNS: Final = frozenset({"Mask blur", "Mask mode", "Inpaint area", "Masked content", "Masked area padding"})

MASKED_CONTENT: Final = ("fill", "original", "latent noise", "latent nothing")
"""In the order of `inpainting_fill`."""

SETTINGS: Final[dict[str, tuple[str, Kind]]] = {
    "Clip skip": ("CLIP_stop_at_last_layers", "whole"),
    "ENSD": ("eta_noise_seed_delta", "whole"),
    "VAE": ("sd_vae", "text"),
    "RNG": ("randn_source", "text"),
    "Eta DDIM": ("eta_ddim", "number"),
    "Emphasis": ("emphasis", "text"),
    "Token merging ratio": ("token_merging_ratio", "number"),
    "Token merging ratio hr": ("token_merging_ratio_hr", "number"),
    "Conditional mask weight": ("inpainting_mask_weight", "number"),
    "Discard penultimate sigma": ("always_discard_next_to_last_sigma", "switch"),
}
"""Names of `override_settings`; the values have the types that A1111 wants, which a wrong one would break for ever."""

UNIT: Final[dict[str, tuple[str, Kind]]] = {
    "Module": ("module", "text"),
    "Model": ("model", "text"),
    "Weight": ("weight", "number"),
    "Resize Mode": ("resize_mode", "text"),
    "Low Vram": ("low_vram", "switch"),
    "Processor Res": ("processor_res", "whole"),
    "Threshold A": ("threshold_a", "number"),
    "Threshold B": ("threshold_b", "number"),
    "Guidance Start": ("guidance_start", "number"),
    "Guidance End": ("guidance_end", "number"),
    "Pixel Perfect": ("pixel_perfect", "switch"),
    "Control Mode": ("control_mode", "text"),
    "Hr Option": ("hr_option", "text"),
    "Save Detected Map": ("save_detected_map", "switch"),
}
"""Inside `ControlNet 0`, as version 1.1.4 of the extension writes it."""

SAYS_NOTHING: Final = frozenset({"Version", "Lora hashes", "TI hashes", "VAE hash", "Hashes"})
"""Which program and which files it was; LoRAs and embeddings stand in the prompt."""
