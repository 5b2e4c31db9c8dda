"""What the fake answers beside painting: lists that are refreshed, options, ControlNet's maps, interrogation."""

from typing import Any

from tests.sd.fake_automatic1111.drawing import base64_png
from tests.sd.fake_automatic1111.jobs import Generator, RefusedError, open_picture
from tests.sd.fake_automatic1111.lists import CHECKPOINTS, MODULES, NEEDS_DOWNLOAD, OPTIONS, checkpoint_row

DEFAULT_RES = 512


class Desk:
    """One server's lists and what it says of pictures.

    Attributes:
        added: rows that lie on its disk, by address of their list, and are listed after a refresh.
        captions: what each interrogator says; at first as recorded: CLIP without its weights, no deepdanbooru.
    """

    def __init__(self, generator: Generator, lists: dict[str, Any]) -> None:
        self._generator = generator
        self._options = generator.painter.options
        self._lists = lists
        self.added: dict[str, list[dict]] = {}
        self.captions = {"clip": "<error>"}
        self._more_checkpoints: list[dict] = []

    def models(self) -> list[dict]:
        """GET sd-models."""
        return [checkpoint_row(name, self._generator.loaded) for name in CHECKPOINTS] + self._more_checkpoints

    def options(self) -> tuple[int, Any]:
        """GET options: after one of a wrong type was set, 500 for ever."""
        for name, value in self._options.items():
            if isinstance(OPTIONS.get(name), int) and isinstance(value, str):
                text = f"1 validation error for Options\nresponse -> {name}\n  value is not a valid float (type=type_error.float)"
                return 500, {"error": "ValidationError", "detail": "", "body": "", "errors": text}
        return 200, self._options

    def set_options(self, body: dict) -> None:
        """POST options: any type is taken, and a checkpoint is loaded. Raises `RefusedError`."""
        for name in body:
            if name not in self._options:
                raise RefusedError(500, "KeyError", f"'{name}'")
        if (asked := body.get("sd_model_checkpoint")) is not None:
            found = [row["model_name"] for row in self.models() if asked in (row["title"], row["model_name"])]
            found += [name for name in CHECKPOINTS if asked == f"{name}.safetensors"]
            if not found:
                raise RefusedError(500, "RuntimeError", f"model {asked!r} not found")
            self._generator.loaded.add(found[0])
        self._options |= body

    def refresh(self, what: str) -> None:
        """POST refresh-…: the disk is looked at again."""
        path = {"checkpoints": "sd-models", "vae": "sd-vae"}.get(what, what)
        new = self.added.pop(f"/sdapi/v1/{path}", [])
        if path == "sd-models":
            self._more_checkpoints += new
        elif path == "embeddings":
            self._lists[f"/sdapi/v1/{path}"]["loaded"] |= {row["name"]: row for row in new}
        else:
            self._lists[f"/sdapi/v1/{path}"] += new

    def interrogate(self, body: dict) -> dict:
        """POST interrogate. Raises `RefusedError`."""
        open_picture(body.get("image", ""))
        model = body.get("model", "clip")
        if model not in ("clip", "deepdanbooru"):
            raise RefusedError(404, "HTTPException", "Model not found")
        if model not in self.captions:
            raise RefusedError(500, "IndexError", "list index out of range")
        return {"caption": self.captions[model]}

    def detect(self, body: dict) -> dict:
        """POST /controlnet/detect: grey maps, the short side as asked. Raises `RefusedError`."""
        module, images = body.get("controlnet_module", "none"), body.get("controlnet_input_images", [])
        if module not in MODULES:
            raise RefusedError(422, "HTTPException", "Module not available")
        if module == "ip-adapter-auto":
            raise RefusedError(422, "HTTPException", "Module not supported")
        if not images:
            raise RefusedError(422, "HTTPException", "No image selected")
        if module == "inpaint_only" and not body.get("controlnet_masks"):
            text = f"Preprocessor {module} requires `controlnet_masks` param."
            raise RefusedError(422, "HTTPException", text)
        sizes = [open_picture(image) for image in images]
        if module == NEEDS_DOWNLOAD:
            raise RefusedError(500, "URLError", "<urlopen error [Errno -2] Name or service not known>")
        if module not in ("none", "invert"):
            asked = body.get("controlnet_processor_res", -1)
            short = asked if asked > 0 else DEFAULT_RES
            sizes = [
                (width * short // min(width, height), height * short // min(width, height)) for width, height in sizes
            ]
        return {"images": [base64_png(size, 128, "") for size in sizes], "info": "Success"}
