"""What the fake web UI lists: a small choice of what the recorded one had."""

SAMPLERS = {
    "DPM++ 2M": ("k_dpmpp_2m", {"scheduler": "karras"}),
    "DPM++ SDE": ("k_dpmpp_sde", {"scheduler": "karras", "second_order": "True", "brownian_noise": "True"}),
    "Euler a": ("k_euler_a", {"uses_ensd": "True"}),
    "Euler": ("k_euler", {}),
    "DDIM": ("ddim", {}),
}
SCHEDULERS = {"automatic": "Automatic", "karras": "Karras", "exponential": "Exponential", "sgm_uniform": "SGM Uniform"}
CHECKPOINTS = {"tiny-a": "3558b431d3", "tiny-b": "0d37aea87c"}
MODULES = ("none", "canny", "invert", "reference_only", "inpaint_only", "ip-adapter-auto", "openpose")
NEEDS_DOWNLOAD = "openpose"
"""Its weights are not there and cannot be had."""
CONTROL_MODEL = "control_canny [a5ab0164]"
CONTROL_MODES = ("Balanced", "My prompt is more important", "ControlNet is more important")
EMBEDDING = ("step", "sd_checkpoint", "sd_checkpoint_name", "shape", "vectors")
LORAS = ("tiny-lora", "cat-lora")
"""One LoRA, by its name and by its alias."""
SCRIPTS = ["prompt matrix", "x/y/z plot", "refiner", "sampler", "seed"]

UPSCALERS = {
    "None": None,
    "Lanczos": None,
    "R-ESRGAN 4x+": "https://github.com/xinntao/Real-ESRGAN/releases/download/v0.1.0/RealESRGAN_x4plus.pth",
    "4x-Tiny": "/srv/webui/models/ESRGAN/4x-Tiny.pth",
}
"""Each with its model's path, or the address of one that is not there."""

OPTIONS = {
    "samples_format": "png",
    "sd_model_checkpoint": "tiny-a.safetensors [3558b431d3]",
    "sd_vae": "Automatic",
    "CLIP_stop_at_last_layers": 1,
    "eta_noise_seed_delta": 0,
    "face_restoration_model": "CodeFormer",
    "lora_add_hashes_to_infotext": True,
    "textual_inversion_add_hashes_to_infotext": True,
    "live_previews_enable": True,
    "show_progress_every_n_steps": 10,
}


SAVED = frozenset({"samples_format", "sd_model_checkpoint", "live_previews_enable"})
"""Options in a fresh config.json; the others have their defaults."""


def embeddings_loaded() -> list[str]:
    """Those that fit the loaded checkpoint."""
    return ["tiny-emb"]


def checkpoint_row(name: str, loaded: set[str]) -> dict:
    """A checkpoint has its hash, in the title too, only once it has been loaded."""
    digest = CHECKPOINTS[name] if name in loaded else None
    return {
        "title": f"{name}.safetensors [{digest}]" if digest else f"{name}.safetensors",
        "model_name": name,
        "hash": digest,
        "sha256": digest and digest * 6,
        "filename": f"/srv/webui/models/Stable-diffusion/{name}.safetensors",
        "config": None,
    }


def lora_row(name: str, alias: str) -> dict:
    """A LoRA as it is listed; training tools write much more into its metadata."""
    metadata = {"ss_sd_model_name": "tiny-a.safetensors", "ss_tag_frequency": {"1_cat": {"cat": 3}}}
    return {"name": name, "alias": alias, "path": f"/srv/webui/models/Lora/{name}.safetensors", "metadata": metadata}


def fixed_lists(controlnet: bool) -> dict[str, object]:
    """GET addresses whose answer never changes."""
    scripts = [*SCRIPTS, "controlnet"] if controlnet else SCRIPTS
    lists: dict[str, object] = {
        "/sdapi/v1/samplers": [
            {"name": name, "aliases": [alias], "options": options} for name, (alias, options) in SAMPLERS.items()
        ],
        "/sdapi/v1/schedulers": [
            {"name": name, "label": label, "aliases": None, "default_rho": -1.0, "need_inner_model": False}
            for name, label in SCHEDULERS.items()
        ],
        "/sdapi/v1/upscalers": [
            {"name": name, "model_name": None, "model_path": path, "model_url": None, "scale": 4.0}
            for name, path in UPSCALERS.items()
        ],
        "/sdapi/v1/latent-upscale-modes": [{"name": "Latent"}],
        "/sdapi/v1/sd-vae": [{"model_name": "tiny.vae.pt", "filename": "/srv/webui/models/VAE/tiny.vae.pt"}],
        "/sdapi/v1/loras": [lora_row("tiny-lora", "cat-lora")],
        "/sdapi/v1/embeddings": {
            "loaded": {"tiny-emb": dict.fromkeys(EMBEDDING) | {"shape": 64, "vectors": 2}},
            "skipped": {"wrong-size-emb": dict.fromkeys(EMBEDDING) | {"shape": 768, "vectors": 2}},
        },
        "/sdapi/v1/prompt-styles": [
            {"name": "Studio", "prompt": "{prompt}, studio photo", "negative_prompt": "blurry"}
        ],
        "/sdapi/v1/scripts": {"txt2img": scripts, "img2img": [*scripts, "loopback"]},
    }
    if controlnet:
        size = {"name": "Resolution", "value": 512, "min": 64, "max": 2048, "step": 8}
        detail = {name: {"model_free": name == "reference_only", "sliders": [size]} for name in MODULES}
        detail["invert"]["sliders"] = []
        edges = {"module_list": ["none", "canny"], "model_list": ["None", CONTROL_MODEL]}
        lists["/controlnet/model_list"] = {"model_list": [CONTROL_MODEL]}
        lists["/controlnet/module_list"] = {"module_list": list(MODULES), "module_detail": detail}
        lists["/controlnet/control_types"] = {
            "control_types": {"Canny": {**edges, "default_option": "canny", "default_model": CONTROL_MODEL}}
        }
        lists["/controlnet/version"] = {"version": 3}
        lists["/controlnet/settings"] = {"control_net_unit_count": 3}
    return lists
