"""What the web UI says about itself and about pictures, read and judged. Pure: the calls are in `web_ui`.

It takes settings of a wrong type (trap 7) and answers a picture that it could not look at with a 200; both stop here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from artbot_server.sd.automatic1111.failures import failed, refused, unknown_name
from artbot_server.sd.automatic1111.names import find_checkpoint, same_type
from artbot_server.sd.automatic1111.offers import Offers
from artbot_server.sd.automatic1111.pictures import decode
from artbot_server.sd.base import ControlNetPart, ListName, Refreshable, Row

LISTS: Final[Mapping[ListName, str]] = {
    "models": "/sdapi/v1/sd-models",
    "samplers": "/sdapi/v1/samplers",
    "schedulers": "/sdapi/v1/schedulers",
    "loras": "/sdapi/v1/loras",
    "embeddings": "/sdapi/v1/embeddings",
    "styles": "/sdapi/v1/prompt-styles",
    "upscalers": "/sdapi/v1/upscalers",
    "vaes": "/sdapi/v1/sd-vae",
}
REFRESH: Final[Mapping[Refreshable, str]] = {
    "models": "/sdapi/v1/refresh-checkpoints",
    "loras": "/sdapi/v1/refresh-loras",
    "vaes": "/sdapi/v1/refresh-vae",
    "embeddings": "/sdapi/v1/refresh-embeddings",
}
CONTROLNET: Final[Mapping[ControlNetPart, str]] = {
    "models": "/controlnet/model_list",
    "modules": "/controlnet/module_list",
    "types": "/controlnet/control_types",
    "version": "/controlnet/version",
    "settings": "/controlnet/settings",
}
INTERROGATORS = ("clip", "deepdanbooru")
NO_CAPTION = "<error>"
"""What comes with a 200 in the place of CLIP's words when its weights are not there."""


def read_rows(name: ListName, answer: Any) -> list[Row]:
    """A list as rows; embeddings come as two objects by name, of which those in `skipped` do not fit the model.

    Raises:
        BackendFailed: it is of another shape.
    """
    try:
        if name == "embeddings":
            return [
                {"name": each, "skipped": which == "skipped", **about}
                for which in ("loaded", "skipped")
                for each, about in answer[which].items()
            ]
        return [dict(row) for row in answer]
    except (TypeError, KeyError, ValueError, AttributeError):
        raise failed(f"The Stable Diffusion server's list of {name} cannot be understood.") from None


def read_fields(what: str, answer: Any) -> dict[str, Any]:
    """An answer that is an object. Raises `BackendFailed`."""
    if not isinstance(answer, dict):
        raise failed(f"The Stable Diffusion server's {what} cannot be understood.")
    return answer


def check_options(values: Mapping[str, Any], current: Mapping[str, Any], offers: Offers) -> dict[str, Any]:
    """The settings as they may be sent; a checkpoint under the name the server takes at any time.

    Raises:
        BackendFailed: `backend_refused`, `field` is the setting that does not exist or has another type here.
    """
    checked = dict(values)
    for name, value in values.items():
        if name not in current:
            raise unknown_name(name, "setting", name, current)
        if value is None or not same_type(value, current[name]):
            raise refused(f"The setting '{name}' has a value of another type on this server.", field=name)
    if "sd_model_checkpoint" in checked:
        asked = checked["sd_model_checkpoint"]
        checked["sd_model_checkpoint"] = find_checkpoint("sd_model_checkpoint", asked, offers).name
    return checked


def read_maps(answer: Any, expected: int) -> list[bytes]:
    """The maps that ControlNet detected, one for each picture. Raises `BackendFailed`."""
    try:
        maps = [decode(text).data for text in answer["images"]]
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise failed("The Stable Diffusion server sent something that is no picture.") from err
    if len(maps) != expected:
        raise failed(f"The Stable Diffusion server sent {len(maps)} maps of {expected} pictures.")
    return maps


def read_caption(answer: Any) -> str:
    """The words for a picture. Raises `BackendFailed`."""
    caption = answer.get("caption") if isinstance(answer, dict) else None
    if not isinstance(caption, str) or not caption.strip() or caption == NO_CAPTION:
        raise failed("The Stable Diffusion server cannot say what is in a picture; its own log tells why.", retry=False)
    return caption.strip()
