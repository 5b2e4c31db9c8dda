"""What one web UI offers, out of its lists. Pure: the lists come in as the JSON they are.

None in a field means that the server has no such list, so names of that kind are not checked; an empty tuple means
that it has none of these. Paths on the server's disk stop here (trap 15).
"""

from __future__ import annotations

import ntpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from artbot_server.sd.automatic1111.fields import CLIENT_FIELDS
from artbot_server.sd.base import Abilities, Checkpoint

REQUIRED_LISTS = {"samplers": "/sdapi/v1/samplers", "checkpoints": "/sdapi/v1/sd-models"}
OPTIONAL_LISTS = {
    "schedulers": "/sdapi/v1/schedulers",
    "vaes": "/sdapi/v1/sd-vae",
    "modules": "/sdapi/v1/sd-modules",
    "loras": "/sdapi/v1/loras",
    "embeddings": "/sdapi/v1/embeddings",
    "styles": "/sdapi/v1/prompt-styles",
    "upscalers": "/sdapi/v1/upscalers",
    "latent": "/sdapi/v1/latent-upscale-modes",
    "scripts": "/sdapi/v1/scripts",
    "options": "/sdapi/v1/options",
    "controlnet_models": "/controlnet/model_list",
    "controlnet_modules": "/controlnet/module_list",
    "controlnet_aliases": "/controlnet/module_list?alias_names=true",
    "controlnet_settings": "/controlnet/settings",
}
"""404: an older version, Forge, or the extension is not installed."""


@dataclass(frozen=True, slots=True)
class Scheduler:
    """A noise schedule; `label` is what the web UI writes into its texts."""

    name: str
    label: str
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All it goes by at the end of a sampler's name, as in "DPM++ SDE Karras"."""
        return (self.label, self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class ControlNet:
    """The extension's lists; `model_free` modules work without a model."""

    models: tuple[str, ...]
    modules: tuple[str, ...]
    model_free: frozenset[str]
    units: int


@dataclass(frozen=True, slots=True)
class Offers:
    """Everything a payload is held against before it is sent.

    Attributes:
        embeddings: also those that do not fit the loaded checkpoint, which then have no effect.
        upscalers: of the hires pass; some work in latent space.
        picture_upscalers: those that can be used on a finished picture.
        ready_upscalers: those of them with a model on the server's disk. Others would be downloaded when first used, and where that
            fails the picture is resized by other means without a word.
    """

    samplers: tuple[str, ...]
    checkpoints: tuple[Checkpoint, ...]
    schedulers: tuple[Scheduler, ...] = ()
    vaes: tuple[str, ...] | None = None
    loras: tuple[str, ...] | None = None
    embeddings: tuple[str, ...] = ()
    styles: tuple[str, ...] | None = None
    upscalers: tuple[str, ...] | None = None
    picture_upscalers: tuple[str, ...] | None = None
    ready_upscalers: tuple[str, ...] = ()
    scripts: Mapping[str, tuple[str, ...]] | None = None
    options: Mapping[str, Any] | None = None
    controlnet: ControlNet | None = None

    def abilities(self) -> Abilities:
        """The part other layers may know."""
        net = self.controlnet
        return Abilities(
            samplers=self.samplers,
            schedulers=tuple(scheduler.label for scheduler in self.schedulers),
            models=tuple(checkpoint.name for checkpoint in self.checkpoints),
            loras=self.loras or (),
            styles=self.styles or (),
            upscalers=self.upscalers or (),
            vaes=self.vaes or (),
            controlnet_models=net.models if net else (),
            controlnet_modules=net.modules if net else (),
            modes=("txt2img", "img2img", "upscale"),
            fields=(*CLIENT_FIELDS, "loras", *(("controlnet",) if net else ())),
            loaded_model=self.loaded_model(),
            checkpoints=self.checkpoints,
        )

    def loaded_model(self) -> str | None:
        """The checkpoint's name that the next call without a wish of its own gets."""
        title = (self.options or {}).get("sd_model_checkpoint")
        if not isinstance(title, str):
            return None
        return next((each.name for each in self.checkpoints if each.goes_by(title)), None)


def read_offers(lists: Mapping[str, Any]) -> Offers:
    """Lists by the names above, None where the server had none.

    Raises:
        TypeError, KeyError, AttributeError: a list is not of the recorded shape.
    """
    loras, scripts, settings = lists["loras"], lists["scripts"], lists["options"]
    return Offers(
        samplers=_names(lists["samplers"], "name") or (),
        checkpoints=tuple(_checkpoint(each) for each in lists["checkpoints"]),
        schedulers=tuple(
            Scheduler(each["name"], each["label"], tuple(each.get("aliases") or ()))
            for each in lists["schedulers"] or ()
        ),
        vaes=_names(lists["vaes"] or lists["modules"], "model_name"),
        loras=None
        if loras is None
        else tuple(dict.fromkeys((_names(loras, "name") or ()) + (_names(loras, "alias") or ()))),
        embeddings=tuple(name for part in ("loaded", "skipped") for name in (lists["embeddings"] or {}).get(part, ())),
        styles=_names(lists["styles"], "name"),
        upscalers=None
        if lists["upscalers"] is None
        else (_names(lists["latent"], "name") or ()) + (_names(lists["upscalers"], "name") or ()),
        picture_upscalers=_names([row for row in lists["upscalers"] if row["name"] != "None"], "name")
        if lists["upscalers"] is not None
        else None,
        ready_upscalers=_names([row for row in lists["upscalers"] or () if _is_file(row.get("model_path"))], "name")
        or (),
        scripts=None if scripts is None else {mode: tuple(scripts[mode]) for mode in ("txt2img", "img2img")},
        options=dict(settings) if settings else None,
        controlnet=_controlnet(lists),
    )


def _is_file(path: Any) -> bool:
    """A model that is not there yet has its address on the web in the place of its path."""
    return isinstance(path, str) and bool(path) and "://" not in path


def _names(rows: Any, key: str) -> tuple[str, ...] | None:
    return None if rows is None else tuple(str(row[key]) for row in rows if row.get(key))


def _checkpoint(row: Mapping[str, Any]) -> Checkpoint:
    # The server may run on Windows: ntpath cuts at both kinds of slash.
    file = ntpath.basename(row.get("filename") or row["model_name"])
    return Checkpoint(row["model_name"], row["title"], file, row.get("hash"), row.get("sha256"))


def _controlnet(lists: Mapping[str, Any]) -> ControlNet | None:
    models, modules = lists["controlnet_models"], lists["controlnet_modules"]
    if models is None or modules is None:
        return None
    # The names of the web UI's own page ("depth_midas" for "depth") are taken as well.
    aliases = lists["controlnet_aliases"] or {}
    details = (aliases.get("module_detail") or {}) | (modules.get("module_detail") or {})
    return ControlNet(
        models=tuple(models["model_list"]),
        modules=tuple(dict.fromkeys((*modules["module_list"], *aliases.get("module_list", ())))),
        model_free=frozenset(name for name, detail in details.items() if detail.get("model_free")),
        units=int((lists["controlnet_settings"] or {}).get("control_net_unit_count", 3)),
    )
