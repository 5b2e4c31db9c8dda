"""RobotChat's ArtBot as a Python class over any backend: no server, no database, no settings.

    from artbot_server import ArtBotClient, automatic1111, demo_painter

    client = ArtBotClient(automatic1111("http://127.0.0.1:7860"))
    result = client.text2image({"prompt": "a red fox in the snow", "steps": 20}, on_progress=print)
    Path("fox.png").write_bytes(result.pictures[0].data)

Each method of RobotChat's `ArtBotClientInterface` by its name here: Text2Image `text2image`, Image2Image `image2image`,
GetModels `models`, GetSamplers `samplers`, GetLoras `loras`, RefreshLoras `refresh_loras`, Progress `progress`,
GetOptions `options`, SetOptions `set_options`, GetControlNetModelList `controlnet_models`, GetControlNetModuleList
`controlnet_modules`, GetControlNetControlTypesList `controlnet_types`, GetControlNetVersion `controlnet_version`,
GetControlNetSettings `controlnet_settings`, DetectControlNet `detect`; GetConfig and SetConfig are the attribute `backend`.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, cast

from artbot_server.errors import BackendFailed
from artbot_server.painting.models import find_model
from artbot_server.sd.base import (
    Abilities,
    Backend,
    Detection,
    Interrogator,
    Mode,
    Payload,
    Progress,
    Refreshable,
    Result,
    Row,
)

OnProgress = Callable[[Progress], object]


class ArtBotClient:
    """Paints on one backend and asks it what it has.

    Every method raises `errors.ArtbotError` when it cannot do it: a sentence (`message`), a `code`, and in `detail` whose
    `fault` it is, the `field` at fault, what is `allowed` and whether a `retry` can help. `BackendFailed` unless said
    otherwise. One thread paints at a time; the questions may come from any other meanwhile.

    Attributes:
        backend: `automatic1111(url)`, `demo_painter()` or anything else that is a `sd.base.Backend`; another may be put
            in its place between two calls.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def check(self) -> Abilities:
        """Try whether the backend is there and answers as it should; what it offers, by name.

        Raises:
            BackendFailed: `backend_unreachable`, `backend_timeout`, or why else it is of no use (a wrong password, no web
                UI at this address, one that was started without --api).
        """
        return self.backend.abilities()

    def text2image(self, fields: Mapping[str, Any], on_progress: OnProgress | None = None) -> Result:
        """Paint from words; see `painting` for the fields and the errors.

        Args:
            on_progress: called at least twice a second until the pictures are there.

        Returns:
            `pictures`: each with `data` (the file as it came), its real `seed`, `infotext` and `kind` (`picture`, `grid`,
            ControlNet's `map`); `substituted`: what came out otherwise than asked; `model`.
        """
        return self._painted("txt2img", fields, on_progress)

    def image2image(self, fields: Mapping[str, Any], on_progress: OnProgress | None = None) -> Result:
        """Paint on pictures: as `text2image`, with `init_images` (a list) and perhaps a `mask` (white is repainted)."""
        return self._painted("img2img", fields, on_progress)

    def painting(self, mode: Mode, fields: Mapping[str, Any]) -> Iterator[Progress | Result]:
        """Paint step by step: `Progress` (fraction 0 to 1, `eta_s` seconds, `preview` an encoded picture) and at last one
        `Result`. Closing the iterator interrupts this picture and nobody else's.

        Args:
            fields: A1111's own request fields, checked before they are sent. Where a picture belongs, also inside a
                ControlNet unit, its file's bytes or bare base64. `sd_model_hash`, RobotChat's own, names the checkpoint
                for this call alone, by a hash, title, file or name. What is left out is A1111's default (50 steps).

        Raises:
            BackendFailed: `backend_refused` with the `field` where a field is at fault; otherwise how the backend failed.
            BadRequest: `sd_model_hash` means no model, or more than one.
        """
        sent = {name: _encoded(value) for name, value in fields.items() if name != "sd_model_hash"}
        if asked := fields.get("sd_model_hash"):
            name = find_model(str(asked), self.backend.abilities(), field="sd_model_hash")
            sent["override_settings"] = {**(sent.get("override_settings") or {}), "sd_model_checkpoint": name}
        yield from self.backend.paint(Payload(mode, sent), f"{uuid.uuid4()}-1")

    def find_model(self, asked: str) -> Row:
        """The checkpoint that goes by this name, title, file name or hash, as a row of `models`.

        Raises:
            BadRequest: none does, or more than one; `allowed`, maybe `did_you_mean`.
        """
        name = find_model(asked, self.backend.abilities(), field="model")
        return next(row for row in self.models() if row["model_name"] == name)

    def models(self) -> list[Row]:
        """Checkpoints: `{title, model_name, hash, sha256, filename, config}`. A title has its short hash, and both hashes
        are known, once the backend has loaded the file for the first time."""
        return self.backend.rows("models")

    def samplers(self) -> list[Row]:
        """`{name, aliases, options}`."""
        return self.backend.rows("samplers")

    def schedulers(self) -> list[Row]:
        """`{name, label, aliases, default_rho, need_inner_model}`."""
        return self.backend.rows("schedulers")

    def loras(self) -> list[Row]:
        """`{name, alias, path, metadata}`."""
        return self.backend.rows("loras")

    def embeddings(self) -> list[Row]:
        """`{name, skipped, step, sd_checkpoint, sd_checkpoint_name, shape, vectors}`; skipped: does not fit the model."""
        return self.backend.rows("embeddings")

    def styles(self) -> list[Row]:
        """`{name, prompt, negative_prompt}`."""
        return self.backend.rows("styles")

    def upscalers(self) -> list[Row]:
        """`{name, model_name, model_path, model_url, scale}`."""
        return self.backend.rows("upscalers")

    def vaes(self) -> list[Row]:
        """`{model_name, filename}`."""
        return self.backend.rows("vaes")

    def refresh(self, name: Refreshable) -> list[Row]:
        """Have the backend look at its disk again; the new list. May wait for a running job."""
        self.backend.refresh(name)
        return self.backend.rows(name)

    def refresh_models(self) -> list[Row]:
        """`refresh("models")`."""
        return self.refresh("models")

    def refresh_loras(self) -> list[Row]:
        """`refresh("loras")`."""
        return self.refresh("loras")

    def progress(self, *, picture: bool = False) -> dict[str, Any]:
        """What the backend is at, whoever asked for it: `{progress, eta_relative, state, current_image, textinfo}`.

        Of one's own picture `on_progress` tells more.

        Args:
            picture: with the live preview in `current_image`, as base64.
        """
        return self.backend.progress(picture=picture)

    def options(self) -> dict[str, Any]:
        """The backend's settings by name."""
        return self.backend.options()

    def set_options(self, values: Mapping[str, Any]) -> None:
        """Change settings for everybody who uses this backend. A name or type it does not take is refused before it is
        sent; returns when a checkpoint among them is loaded."""
        self.backend.set_options(values)

    def controlnet_models(self) -> list[str]:
        """ControlNet's models by name. Refused (`field` `controlnet`) where the extension is not installed, as all below."""
        return cast(list[str], self.backend.controlnet("models")["model_list"])

    def controlnet_modules(self) -> dict[str, Any]:
        """`{name: {model_free, sliders: [{name, value, min, max, step}]}}`."""
        return cast(dict[str, Any], self.backend.controlnet("modules")["module_detail"])

    def controlnet_types(self) -> dict[str, Any]:
        """`{type: {module_list, model_list, default_option, default_model}}`."""
        return cast(dict[str, Any], self.backend.controlnet("types")["control_types"])

    def controlnet_version(self) -> int:
        """The version of the extension's API."""
        return cast(int, self.backend.controlnet("version")["version"])

    def controlnet_settings(self) -> dict[str, Any]:
        """`{control_net_unit_count}`: how many units a picture may have."""
        return self.backend.controlnet("settings")

    def detect(
        self,
        pictures: Sequence[bytes],
        module: str,
        *,
        processor_res: int = -1,
        threshold_a: float = -1,
        threshold_b: float = -1,
    ) -> list[bytes]:
        """The maps a ControlNet module makes of these files, one each, as encoded pictures.

        Args:
            processor_res: the map's short side in pixels; -1, as for the thresholds: the module's own choice.
            threshold_a, threshold_b: the values of its second and third slider, see `controlnet_modules`.
        """
        return self.backend.detect(Detection(tuple(pictures), module, processor_res, threshold_a, threshold_b))

    def interrogate(self, picture: bytes, model: Interrogator = "clip") -> str:
        """What is to be seen in an encoded picture, as words for a prompt. May wait for a running job."""
        return self.backend.interrogate(picture, model)

    def _painted(self, mode: Mode, fields: Mapping[str, Any], on_progress: OnProgress | None) -> Result:
        with closing(cast(Any, self.painting(mode, fields))) as painting:
            for said in painting:
                if isinstance(said, Result):
                    return said
                if on_progress is not None:
                    on_progress(said)
        raise BackendFailed("The backend ended without a picture.", retry=True)


def _encoded(value: Any) -> Any:
    """Bytes as bare base64, also inside lists and objects."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        return {name: _encoded(each) for name, each in value.items()}
    return [_encoded(each) for each in value] if isinstance(value, list | tuple) else value
