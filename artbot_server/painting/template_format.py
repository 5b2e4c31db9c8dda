"""Checks one template and one `folder.toml`: parsed data in, typed data or one sentence out. No I/O in here.

The format is the article's (and its template tool's): A1111's request body under `api_model`. Fields that are not
named here are kept as they are, because A1111 and its extensions have hundreds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Model = TypeVar("Model", bound=BaseModel)
Positive = Annotated[int, Field(ge=1)]
Side = Annotated[int, Field(ge=64)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Picture = str | None
"""A path inside the folder, a data URL or bare base64; "" and null mean none."""


class FormatError(Exception):
    """A file is not what it should be. The text is one sentence that names the field; `place` is the field's path."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


class ControlNetUnit(BaseModel):
    """One unit; `input_image` is the old name of `image`."""

    model_config = ConfigDict(strict=True, extra="allow")
    enabled: bool = True
    image: Picture = None
    input_image: Picture = None
    mask: Picture = None
    module: str | None = None
    model: str | None = None
    weight: float = 1.0
    processor_res: int | None = None
    threshold_a: float | None = None
    threshold_b: float | None = None
    guidance_start: Fraction = 0.0
    guidance_end: Fraction = 1.0


class Script(BaseModel):
    """An always-on script. Its arguments are a list; the article's tool wrote ControlNet's one unit as an object."""

    model_config = ConfigDict(strict=True, extra="allow")
    args: list[Any] | dict[str, Any] = []


class ApiModel(BaseModel):
    """A1111's request body, as far as it is checked."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)
    prompt: str = ""
    negative_prompt: str = ""
    styles: list[str] | None = None
    seed: Annotated[int, Field(ge=-1)] = -1
    subseed: int = -1
    subseed_strength: Fraction = 0.0
    sampler_name: str | None = None
    sampler_index: str | None = None
    scheduler: str | None = None
    batch_size: Positive = 1
    n_iter: Positive = 1
    steps: Positive = 20
    cfg_scale: Annotated[float, Field(ge=0)] = 7.0
    width: Side = 512
    height: Side = 512
    restore_faces: bool | None = None
    tiling: bool | None = None
    eta: float | None = None
    denoising_strength: Fraction | None = None
    override_settings: dict[str, Any] | None = None
    script_args: list[Any] | None = None
    enable_hr: bool = False
    hr_scale: Annotated[float, Field(ge=1)] = 2.0
    hr_resize_x: Annotated[int, Field(ge=0)] = 0
    hr_resize_y: Annotated[int, Field(ge=0)] = 0
    hr_upscaler: str | None = None
    init_images: list[str] | None = None
    mask: Picture = None
    resize_mode: Annotated[int, Field(ge=0, le=3)] = 0
    mask_blur: Annotated[int, Field(ge=0)] | None = None
    inpainting_fill: Annotated[int, Field(ge=0, le=3)] = 0
    inpaint_full_res: bool | int = True
    inpaint_full_res_padding: Annotated[int, Field(ge=0)] = 0
    inpainting_mask_invert: Annotated[int, Field(ge=0, le=1)] = 0
    alwayson_scripts: dict[str, Script] | None = None


class TemplateFile(BaseModel):
    """One template. `template_name` is only a label: the file's own name counts."""

    model_config = ConfigDict(strict=True, extra="allow")
    template_name: str = ""
    template_type: Literal["txt2img", "img2img"] = "txt2img"
    options: str = "default"
    api_model: ApiModel


class TitlePair(BaseModel):
    """A template's title in both languages."""

    model_config = ConfigDict(strict=True, extra="forbid")
    en: str = ""
    zh: str = ""


class FolderFile(BaseModel):
    """`folder.toml`. A misspelt key is refused: a silently lost `for_children` would be worse than a broken folder."""

    model_config = ConfigDict(strict=True, extra="forbid")
    title_en: str = ""
    title_zh: str = ""
    about_en: str = ""
    about_zh: str = ""
    for_children: bool = False
    negative_prompt: str = ""
    order: int = 1000
    titles: dict[str, TitlePair] = {}


def check_template(data: object) -> TemplateFile:
    """The template, typed. Raises `FormatError`."""
    return _checked(TemplateFile, data)


def check_folder(data: object) -> FolderFile:
    """The folder's settings, typed. Raises `FormatError`."""
    return _checked(FolderFile, data)


def controlnet_units(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The units of a checked payload whose `args` is a list already; the very dicts, so a caller may fill them in."""
    return [unit for script in _controlnet_scripts(fields) for unit in script["args"] if isinstance(unit, dict)]


def units_as_list(fields: dict[str, Any]) -> None:
    """Make every ControlNet `args` a list and check its units, in place. Raises `FormatError`.

    ControlNet wants a list (Mikubill/sd-webui-controlnet #2672); the article's tool wrote one object.
    """
    for script in _controlnet_scripts(fields):
        args = script.get("args", [])
        script["args"] = args if isinstance(args, list) else [args]
    for number, unit in enumerate(controlnet_units(fields)):
        _checked(ControlNetUnit, unit, f"alwayson_scripts.ControlNet.args.{number}.")
        old_name = unit.pop("input_image", None)
        if old_name and not unit.get("image"):
            unit["image"] = old_name


def _controlnet_scripts(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    scripts = fields.get("alwayson_scripts") or {}
    return [script for name, script in scripts.items() if name.lower() == "controlnet"]


def _checked(model: type[Model], data: object, inside: str = "") -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = inside + ".".join(str(part) for part in first["loc"]) or "The file"
        shown = "" if first["type"] == "missing" else f" (found {_short(first['input'])})"
        raise FormatError(f"{place}: {first['msg']}{shown}.", place) from error


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
