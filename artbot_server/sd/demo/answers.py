"""What the demo painter answers beside painting, in A1111's shapes. It says what it is and has, and no more."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from artbot_server.sd.base import ControlNetPart, Detection, Interrogator, ListName, Progress, Refreshable, Row
from artbot_server.sd.demo import detecting
from artbot_server.sd.demo.infotext import MODEL
from artbot_server.sd.demo.looking import words_for
from artbot_server.sd.demo.order import SAMPLERS, SCHEDULERS, refused

OPTIONS = {"sd_model_checkpoint": MODEL, "samples_format": "png"}


class DemoAnswers:
    """`sd.base.Answering` for the demo painter."""

    def __init__(self) -> None:
        self._at: Progress | None = None
        """Of the job that is painted; its last preview stays in it."""

    def rows(self, name: ListName) -> list[Row]:
        """See `sd.base.Answering`: one model, the samplers that every template may name, and none of the rest."""
        match name:
            case "models":
                return [
                    {"title": MODEL, "model_name": MODEL, "hash": None, "sha256": None, "filename": "", "config": None}
                ]
            case "samplers":
                return [{"name": each, "aliases": [], "options": {}} for each in SAMPLERS]
            case "schedulers":
                more = {"aliases": None, "default_rho": -1.0, "need_inner_model": False}
                return [{"name": each.lower().replace(" ", "_"), "label": each} | more for each in SCHEDULERS]
            case _:
                return []

    def refresh(self, name: Refreshable) -> None:
        """Nothing of it lies on a disk, so its lists are always new."""

    def options(self) -> dict[str, Any]:
        """See `sd.base.Answering`."""
        return dict(OPTIONS)

    def set_options(self, values: Mapping[str, Any]) -> None:
        """None can be changed; saying again what holds is no error."""
        for name, value in values.items():
            if name not in OPTIONS:
                raise refused(name, f"The demo painter has no setting {name[:60]!r}.", allowed=list(OPTIONS))
            if value != OPTIONS[name]:
                message = f"The demo painter's setting {name} cannot be changed: it is {OPTIONS[name]!r}."
                raise refused(name, message, allowed=[OPTIONS[name]])

    def progress(self, *, picture: bool = False) -> dict[str, Any]:
        """See `sd.base.Answering`."""
        at = self._at or Progress(0.0)
        preview = base64.b64encode(at.preview).decode("ascii") if picture and at.preview else None
        state = {
            "skipped": False,
            "interrupted": False,
            "stopping_generation": False,
            "job": "paint" if self._at else "",
            "job_count": 1 if self._at else 0,
            "job_timestamp": "0",
            "job_no": 0,
            "sampling_step": at.step or 0,
            "sampling_steps": at.steps or 0,
        }
        return {
            "progress": at.fraction,
            "eta_relative": at.eta_s or 0.0,
            "state": state,
            "current_image": preview,
            "textinfo": None,
        }

    def controlnet(self, part: ControlNetPart) -> dict[str, Any]:
        """See `sd.base.Answering`: modules to look at, but no models and no units, since none would guide it."""
        match part:
            case "models":
                return {"model_list": []}
            case "modules":
                detail = {name: {"model_free": False, "sliders": each} for name, each in detecting.SLIDERS.items()}
                return {"module_list": list(detail), "module_detail": detail}
            case "types":
                kind = {"module_list": list(detecting.SLIDERS), "model_list": ["None"]}
                return {"control_types": {"All": kind | {"default_option": "none", "default_model": "None"}}}
            case "version":
                return {"version": 0}
            case "settings":
                return {"control_net_unit_count": 0}

    def detect(self, order: Detection) -> list[bytes]:
        """See `sd.base.Answering`."""
        return detecting.detect(order)

    def interrogate(self, picture: bytes, model: Interrogator = "clip") -> str:
        """The prompt in the file where it carries one, else the main colours."""
        if model != "clip":
            raise refused("model", f"The demo painter has no {model[:60]!r}.", allowed=["clip"])
        return words_for(picture)
