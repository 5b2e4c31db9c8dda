"""The fake's txt2img and img2img: what it makes of a body, with everything the real one swallows without a word."""

import base64
import binascii
import io
import json
import random
from typing import Any

from PIL import Image

from tests.sd.fake_automatic1111.drawing import base64_png, encode
from tests.sd.fake_automatic1111.lists import (
    CHECKPOINTS,
    CONTROL_MODEL,
    CONTROL_MODES,
    MODULES,
    NEEDS_DOWNLOAD,
    SAMPLERS,
    SCHEDULERS,
)
from tests.sd.fake_automatic1111.painter import Painter
from tests.sd.fake_automatic1111.texts import Telling

DEFAULTS: dict[str, Any] = {
    "prompt": "",
    "negative_prompt": "",
    "seed": -1,
    "sampler_name": None,
    "sampler_index": "Euler",
    "scheduler": None,
    "batch_size": 1,
    "n_iter": 1,
    "steps": 50,
    "cfg_scale": 7.0,
    "width": 512,
    "height": 512,
    "enable_hr": False,
    "hr_scale": 2.0,
    "denoising_strength": None,
    "script_name": None,
    "alwayson_scripts": {},
    "override_settings": None,
    "send_images": True,
    "save_images": False,
}


class RefusedError(Exception):
    """An error answer: status, class, text; `http`: the text is in `detail` (an HTTPException)."""

    def __init__(self, status: int, kind: str, text: str) -> None:
        super().__init__(text)
        in_detail = kind == "HTTPException"
        self.status = status
        self.body = {
            "error": kind,
            "detail": text if in_detail else "",
            "body": "",
            "errors": "" if in_detail else text,
        }


class Generator:
    """One server's model, options and scripts."""

    def __init__(self, painter: Painter, scripts: dict[str, list[str]]) -> None:
        self.painter = painter
        self.scripts = scripts
        self.loaded = {"tiny-a"}

    def run(self, mode: str, given: dict) -> dict:
        """Raises `RefusedError`."""
        painter, body = self.painter, DEFAULTS | given
        task = body.get("force_task_id") or f"task({mode}-{random.randrange(10**6)})"
        painter.pending.append(task)
        self._check_before(mode, body)
        with painter.turn(task, f"scripts_{mode}"):
            settings = painter.options | self._override(body)
            self._check_running(body)
            return self._paint(mode, body, settings)

    def _check_before(self, mode: str, body: dict) -> None:
        names = {name.casefold() for name in self.scripts[mode]}
        for name in [body["script_name"], *body["alwayson_scripts"]]:
            if name and name.casefold() not in names:
                raise RefusedError(422, "HTTPException", f"Script '{name}' not found")
        if mode == "img2img":
            if body.get("init_images") is None:
                raise RefusedError(404, "HTTPException", "Init image not found")
            for image in body["init_images"]:
                open_picture(image)

    def _check_running(self, body: dict) -> None:
        if body["prompt"] is None:
            raise RefusedError(500, "AssertionError", "")
        if body["steps"] == 0:
            raise RefusedError(500, "ZeroDivisionError", "integer division or modulo by zero")
        if body["batch_size"] < 1 or body["n_iter"] < 1:
            raise RefusedError(500, "IndexError", "list index out of range")
        if min(body["width"], body["height"]) < 8:
            raise RefusedError(500, "RuntimeError", "Trying to create tensor with negative dimension -8: [4, 8, -8]")
        if body["enable_hr"] and body["denoising_strength"] is None:
            raise RefusedError(500, "TypeError", "'>' not supported between instances of 'NoneType' and 'int'")
        if (refiner := body.get("refiner_checkpoint")) and refiner not in CHECKPOINTS:
            raise RefusedError(500, "Exception", f"Could not find checkpoint with name {refiner}")
        if body["seed"] >= 2**64:
            raise RefusedError(500, "ValueError", "Overflow when unpacking long long")

    def _override(self, body: dict) -> dict:
        override = dict(body["override_settings"] or {})
        for name in override:
            if name not in self.painter.options:
                raise RefusedError(500, "KeyError", f"'{name}'")
        wanted = override.pop("sd_model_checkpoint", "")
        model = next((name for name in CHECKPOINTS if wanted and wanted in (name, f"{name}.safetensors")), None)
        if model is None:  # an unknown one: the current model, silently
            model = self.painter.options["sd_model_checkpoint"].partition(".")[0]
        self.loaded.add(model)
        # What is not in its config.json is not put back afterwards (trap 6).
        self.painter.options |= {name: value for name, value in override.items() if name not in self.painter.saved}
        return override | {"model": model}

    def _paint(self, mode: str, body: dict, settings: dict) -> dict:
        sampler, scheduler = _sampler(body)
        size = (body["width"] // 8 * 8, body["height"] // 8 * 8)
        maps = self._maps(mode, body, size)
        passes = 2 if body["enable_hr"] and mode == "txt2img" else 1
        seed = body["seed"] if body["seed"] not in (-1, None) else random.randrange(2**32)
        telling = Telling(mode, body, settings, sampler, scheduler, seed)
        state = self.painter.state
        state.job_count, final = body["n_iter"] * passes, size
        images, texts = [], []
        for batch in range(body["n_iter"]):
            if state.interrupted:
                break
            state.skipped = False
            if body["n_iter"] > 1:
                state.job = f"Batch {batch + 1} out of {body['n_iter']}"
            for index in range(passes):
                self.painter.sample(body["steps"], size)
                final = tuple(int(side * body["hr_scale"]) // 8 * 8 for side in size) if index else size
            for one in range(len(images), len(images) + body["batch_size"]):
                texts.append(telling.infotext(one))
                shade = telling.seeds[one] + (telling.subseeds[one] if telling.strength else 0)
                images.append(encode(final, shade, texts[-1], settings["samples_format"]))
        first = 0
        if body["save_images"] and len(images) > 1:
            images.insert(0, base64_png((final[0] * len(images), final[1]), seed, texts[0]))
            texts.insert(0, texts[0])
            first = 1
        info = telling.info() | {
            "index_of_first_image": first,
            "infotexts": texts,
            "job_timestamp": state.job_timestamp,
        }
        sent = [*images, *maps * passes] if body["send_images"] else []
        return {"images": sent, "parameters": {**body, "init_images": None, "mask": None}, "info": json.dumps(info)}

    def _maps(self, mode: str, body: dict, size: tuple[int, int]) -> list[str]:
        """One for each unit that really worked; nothing else tells."""
        maps = []
        for name, script in body["alwayson_scripts"].items():
            if name.casefold() != "controlnet":
                continue
            for unit in script["args"][:3]:
                if not unit.get("enabled"):
                    continue
                if unit.get("module", "none") not in MODULES:
                    raise RefusedError(
                        500,
                        "ValidationError",
                        f"1 validation error for ControlNetUnit\nmodule({unit['module']}) not found",
                    )
                if unit.get("control_mode", "Balanced") not in CONTROL_MODES:
                    raise RefusedError(500, "ValidationError", "1 validation error for ControlNetUnit\ncontrol_mode")
                model = unit.get("model", "None")
                usable = unit["module"] == "reference_only" or model in (CONTROL_MODEL, CONTROL_MODEL.split(" ")[0])
                usable = usable and unit["module"] != NEEDS_DOWNLOAD
                if usable and _is_picture(unit.get("image"), mode) and unit.get("save_detected_map", True):
                    maps.append(base64_png(size, 255, ""))
        return maps


def _sampler(body: dict) -> tuple[str, str]:
    """Sampler and schedule label: an unknown sampler becomes the first one, an unknown scheduler "Automatic"."""
    name = body["sampler_name"] or body["sampler_index"] or "Euler"
    names = {**SCHEDULERS, **{label: label for label in SCHEDULERS.values()}}
    scheduler = names.get(body["scheduler"], "Automatic")
    for word, label in names.items():
        if name.endswith(f" {word}"):
            name, scheduler = name.removesuffix(f" {word}"), label
            break
    if name not in SAMPLERS:
        name = "DPM++ 2M"
    default = SAMPLERS[name][1].get("scheduler")
    return name, SCHEDULERS[default] if scheduler == "Automatic" and default else scheduler


def open_picture(text: str) -> tuple[int, int]:
    """Its size. Raises `RefusedError`."""
    try:
        with Image.open(io.BytesIO(base64.b64decode(text.rpartition(",")[2], validate=True))) as image:
            return image.size
    except (binascii.Error, OSError, AttributeError):
        raise RefusedError(500, "HTTPException", "Invalid encoded image") from None


def _is_picture(image: object, mode: str) -> bool:
    if image is None:
        return mode == "img2img"
    try:
        open_picture(str(image))
    except RefusedError:
        return False
    return True
