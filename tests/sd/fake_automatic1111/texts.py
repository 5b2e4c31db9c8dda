"""What the fake says about its pictures: `info` and the parameter texts, in the recorded words and order."""

import random
import re
from dataclasses import dataclass
from typing import Any

from tests.sd.fake_automatic1111.lists import CHECKPOINTS, LORAS, embeddings_loaded

LORA_TAG = re.compile(r"<lora:([^:>]+)[^>]*>")
FILLS = ("fill", "original", "latent noise", "latent nothing")


@dataclass
class Telling:
    """One call: its body, the options it runs with, and what became of sampler, scheduler and seed."""

    mode: str
    body: dict[str, Any]
    settings: dict[str, Any]
    sampler: str
    scheduler: str
    seed: int

    def __post_init__(self) -> None:
        subseed = self.body.get("subseed", -1)
        self.subseed = random.randrange(2**32) if subseed in (-1, None) else subseed
        self.strength = self.body.get("subseed_strength") or 0
        count = self.body["batch_size"] * self.body["n_iter"]
        # With a variation every picture has the same seed, and only the second one counts up.
        self.seeds = [self.seed + (0 if self.strength else index) for index in range(count)]
        self.subseeds = [self.subseed + index for index in range(count)]
        self.params = self._params()

    def _params(self) -> dict[str, Any]:
        """`extra_generation_params`: what scripts, networks and passes say of themselves."""
        body, said = self.body, {}
        if self.scheduler != "Automatic":
            said["Schedule type"] = self.scheduler
        for number, unit in enumerate(_units(body)):
            said[f"ControlNet {number}"] = (  # also when the unit did nothing
                f"Module: {unit.get('module', 'none')}, Model: {unit.get('model', 'None')}, Weight: {unit.get('weight', 1.0)}"
            )
        said |= self._hires() if self.mode == "txt2img" and body["enable_hr"] else {}
        if self.mode == "img2img":
            said["Denoising strength"] = body.get("denoising_strength", 0.75)
            said |= self._mask() if body.get("mask") else {}
        refiner = body.get("refiner_checkpoint")
        if refiner and refiner != self.settings["model"]:
            said["Refiner"] = f"{refiner} [{CHECKPOINTS[refiner]}]"
            said["Refiner switch at"] = body.get("refiner_switch_at")
        if self.settings["lora_add_hashes_to_infotext"]:
            used = [name for name in dict.fromkeys(LORA_TAG.findall(body["prompt"])) if name in LORAS]
            said |= {"Lora hashes": ", ".join(f"{name}: a7dd9ec0fb24" for name in used)} if used else {}
        words = f"{body['prompt']} {body['negative_prompt']}"
        used = [name for name in embeddings_loaded() if name in words]
        return said | ({"TI hashes": ", ".join(f"{name}: 5f364361f745" for name in used)} if used else {})

    def _hires(self) -> dict[str, Any]:
        body = self.body
        said = {"Denoising strength": body["denoising_strength"], "Hires prompt": None, "Hires negative prompt": None}
        if body.get("hr_resize_x") or body.get("hr_resize_y"):
            said["Hires resize"] = f"{body.get('hr_resize_x', 0)}x{body.get('hr_resize_y', 0)}"
        else:
            said["Hires upscale"] = float(body["hr_scale"])
        said |= {"Hires steps": body["hr_second_pass_steps"]} if body.get("hr_second_pass_steps") else {}
        return said | ({"Hires upscaler": body["hr_upscaler"]} if body.get("hr_upscaler") else {})

    def _mask(self) -> dict[str, Any]:
        body, said = self.body, {}
        if blur := body.get("mask_blur", 4):
            said["Mask blur"] = blur
        if body.get("inpainting_mask_invert"):
            said["Mask mode"] = "Inpaint not masked"
        if body.get("inpaint_full_res", True):
            said |= {"Inpaint area": "Only masked", "Masked area padding": body.get("inpaint_full_res_padding", 0)}
        fill = body.get("inpainting_fill", 0)
        return said | ({} if fill == 1 else {"Masked content": FILLS[fill]})

    def infotext(self, index: int) -> str:
        """The text of one picture."""
        body, settings, model = self.body, self.settings, self.settings["model"]
        width, height = body.get("seed_resize_from_w") or -1, body.get("seed_resize_from_h") or -1
        vae = vae_name(settings)
        fields = {
            "Steps": body["steps"],
            "Sampler": self.sampler,
            "Schedule type": self.scheduler,
            "CFG scale": body["cfg_scale"],
            "Seed": self.seeds[index],
            "Face restoration": settings["face_restoration_model"] if body.get("restore_faces") else None,
            "Size": f"{body['width']}x{body['height']}",
            "Model hash": CHECKPOINTS[model],
            "Model": model,
            "VAE": vae,
            "Variation seed": self.subseeds[index] if self.strength else None,
            "Variation seed strength": self.strength or None,
            "Seed resize from": f"{width}x{height}" if min(width, height) > 0 else None,
            "Denoising strength": self.params.get("Denoising strength"),
            "Clip skip": settings["CLIP_stop_at_last_layers"] if settings["CLIP_stop_at_last_layers"] > 1 else None,
            "Tiling": "True" if body.get("tiling") else None,
            **{name: value for name, value in self.params.items() if name != "Schedule type"},
            "Version": "v1.10.1",
        }
        lines = [body["prompt"]]
        if body["negative_prompt"]:
            lines.append(f"Negative prompt: {body['negative_prompt']}")
        lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in fields.items() if value is not None))
        return "\n".join(lines)

    def info(self) -> dict[str, Any]:
        """All but what only the pictures tell."""
        body, settings, model = self.body, self.settings, self.settings["model"]
        return {
            "prompt": body["prompt"],
            "seed": self.seed,
            "all_seeds": self.seeds,
            "subseed": self.subseed,
            "all_subseeds": self.subseeds,
            "subseed_strength": self.strength,
            "width": body["width"],
            "height": body["height"],
            "sampler_name": self.sampler,
            "cfg_scale": body["cfg_scale"],
            "steps": body["steps"],
            "batch_size": body["batch_size"],
            "restore_faces": bool(body.get("restore_faces")),
            "sd_model_name": model,
            "sd_model_hash": CHECKPOINTS[model],
            "sd_vae_name": vae_name(settings),
            "seed_resize_from_w": body.get("seed_resize_from_w", -1),
            "seed_resize_from_h": body.get("seed_resize_from_h", -1),
            "denoising_strength": self.params.get("Denoising strength"),
            "styles": body.get("styles") or [],
            "clip_skip": settings["CLIP_stop_at_last_layers"],
            "extra_generation_params": self.params,
            "version": "v1.10.1",
        }


def vae_name(settings: dict[str, Any]) -> str | None:
    """The VAE in use; an unknown one is ignored."""
    return settings["sd_vae"] if settings["sd_vae"] == "tiny.vae.pt" else None


def _units(body: dict[str, Any]) -> list[dict[str, Any]]:
    scripts = [script for name, script in body["alwayson_scripts"].items() if name.casefold() == "controlnet"]
    return [unit for script in scripts for unit in script["args"][:3] if unit.get("enabled")]


def _quoted(value: Any) -> str:
    return f'"{value}"' if re.search(r"[,:]", str(value)) else str(value)
