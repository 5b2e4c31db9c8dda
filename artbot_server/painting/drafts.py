"""A template out of a picture that was painted: from its parameter text, or from the job. Pure; nothing is saved.

What has no place in a template, or is not offered here, is told as `unread` and never dropped in silence.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from artbot_server.painting import infotext_fields as table
from artbot_server.painting.infotext import Infotext, parse_unit, read_size
from artbot_server.painting.infotext_fields import Kind
from artbot_server.painting.jobs import Job
from artbot_server.painting.merge import PLACE
from artbot_server.painting.template_format import FormatError, check_template
from artbot_server.painting.template_inputs import drop_empty, slots
from artbot_server.sd.base import Abilities, Mode

NO_CHOICE = frozenset({"", "Use same sampler", "Use same scheduler", "Use same checkpoint"})
_TITLE = re.compile(r"(.+?)(?:\.safetensors|\.ckpt)?(?: \[[0-9a-f]{8,64}\])?")


@dataclass(frozen=True, slots=True)
class Draft:
    """A template as its file would hold it.

    Attributes:
        unread: fields of the text that could not be used, by name and as they stood.
        inputs: stored pictures the job worked on, by the input they would be (`init_image`, `mask`, …).
    """

    template: dict[str, Any]
    unread: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)


def draft_of_text(text: Infotext, can: Abilities) -> Draft:
    """The template that paints this picture again, with the names that are offered here."""
    return _TextReader(dict(text.fields), can).read(text)


def as_template(mode: Mode, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The file around a payload."""
    return {"template_name": "", "template_type": mode, "options": "default", "api_model": dict(fields)}


class _TextReader:
    """Takes fields out of `left` as it uses them; what is left at the end is unread."""

    def __init__(self, fields: dict[str, str], can: Abilities) -> None:
        self._left = fields
        self._can = can
        self._payload: dict[str, Any] = {}
        self._settings: dict[str, Any] = {}

    def read(self, text: Infotext) -> Draft:
        self._payload |= {"prompt": text.prompt, "negative_prompt": text.negative_prompt}
        self._sampling()
        self._take(table.FIELDS)
        self._pair("Size", "width", "height")
        if self._left.get("Seed resize from") == "-1x-1":  # older versions wrote that there was none
            del self._left["Seed resize from"]
        self._pair("Seed resize from", "seed_resize_from_w", "seed_resize_from_h")
        hires = self._hires()
        mode = self._img2img(hires)
        self._take(table.SETTINGS, self._settings)
        self._model()
        self._faces()
        self._units()
        if self._settings:
            self._payload["override_settings"] = self._settings
        unread = {name: value for name, value in self._left.items() if name not in table.SAYS_NOTHING}
        return Draft(as_template(mode, self._payload), unread)

    def _take(self, names: Mapping[str, tuple[str, Kind]], into: dict[str, Any] | None = None) -> None:
        for name, (own_name, kind) in names.items():
            if name in self._left:
                value = typed(self._left[name], kind)
                if value is None:
                    continue
                if into is not None:
                    into[own_name] = value
                elif not self._fits({own_name: value}):
                    continue
                del self._left[name]

    def _fits(self, fields: dict[str, Any]) -> bool:
        """Put them into the payload, if a template may hold them."""
        try:
            check_template({"api_model": fields})
        except FormatError:
            return False
        self._payload |= fields
        return True

    def _pair(self, name: str, first: str, second: str) -> bool:
        size = read_size(self._left.get(name, ""))
        if size is None or not self._fits({first: size[0], second: size[1]}):
            return False
        del self._left[name]
        return True

    def _sampling(self) -> None:
        name = self._left.get("Sampler", "")
        scheduler = self._left.get("Schedule type", "")
        if self._can.samplers and name not in self._can.samplers:
            for each in self._can.schedulers:  # as it was written before A1111 1.9: "DPM++ 2M Karras"
                sampler = name.removesuffix(f" {each}")
                if sampler != name and sampler in self._can.samplers:
                    name, scheduler = sampler, scheduler or each
        if name and _offered(name, self._can.samplers):
            self._payload["sampler_name"] = name
            self._left.pop("Sampler")
        if scheduler and _offered(scheduler, self._can.schedulers):
            self._payload["scheduler"] = scheduler
            self._left.pop("Schedule type", None)

    def _hires(self) -> bool:
        if not table.HIRES_SIGNS & self._left.keys():
            return False
        self._payload["enable_hr"] = True
        for name, (_, kind) in table.HIRES.items():
            if kind == "text" and self._left.get(name) in NO_CHOICE:
                del self._left[name]
        self._take(table.HIRES)
        self._pair("Hires resize", "hr_resize_x", "hr_resize_y")
        upscaler = self._left.get("Hires upscaler", "")
        if upscaler and _offered(upscaler, self._can.upscalers):
            self._payload["hr_upscaler"] = self._left.pop("Hires upscaler")
        self._take({"Denoising strength": ("denoising_strength", "number")})
        return True

    def _img2img(self, hires: bool) -> Mode:
        strength = typed(self._left.get("Denoising strength", ""), "number")
        masked = bool(table.IMG2IMG_SIGNS & self._left.keys())
        if hires or not (strength or masked):
            if strength == 0:  # older versions wrote it where there was none
                del self._left["Denoising strength"]
            return "txt2img"
        self._take({"Denoising strength": ("denoising_strength", "number")})
        self._take(table.MASKED)
        if masked:
            self._payload["inpainting_mask_invert"] = int(self._left.pop("Mask mode", "") == "Inpaint not masked")
            self._payload["inpaint_full_res"] = self._left.pop("Inpaint area", "") == "Only masked"
            content = self._left.get("Masked content", "original")
            if content in table.MASKED_CONTENT:
                self._payload["inpainting_fill"] = table.MASKED_CONTENT.index(content)
                self._left.pop("Masked content", None)
        return "img2img"

    def _model(self) -> None:
        name = find_model(self._left.get("Model", ""), self._left.get("Model hash", ""), self._can)
        if name is not None:
            self._settings["sd_model_checkpoint"] = name
            self._left.pop("Model", None)
            self._left.pop("Model hash", None)

    def _faces(self) -> None:
        restorer = self._left.pop("Face restoration", None)
        if restorer is not None:
            self._payload["restore_faces"] = True
            if restorer != "True":
                self._settings["face_restoration_model"] = restorer

    def _units(self) -> None:
        """ControlNet's units. Their pictures are not in the text, and somebody has to be told."""
        units = []
        for name in [name for name in self._left if re.fullmatch(r"ControlNet \d+", name)]:
            inside = parse_unit(self._left[name])
            if "Module" not in inside:
                continue
            del self._left[name]
            unit: dict[str, Any] = {"enabled": True}
            for key, value in inside.items():
                own_name, kind = table.UNIT.get(key, ("", "text"))
                read = typed(value, kind)
                if own_name and read is not None:
                    unit[own_name] = read
                else:
                    self._left[f"{name}: {key}"] = value
            units.append(unit)
            self._left[f"{name}: picture"] = ""
        if units:
            self._payload["alwayson_scripts"] = {"ControlNet": {"args": units}}


def typed(value: str, kind: Kind) -> str | int | float | bool | None:
    """A value of a text in the type a request wants; None when it is none of that type."""
    if kind == "text":
        return value
    if kind == "switch":
        return {"True": True, "False": False}.get(value)
    if re.fullmatch(r"[+-]?\d{1,20}", value):
        return int(value)
    if kind == "number" and re.fullmatch(r"[+-]?\d{0,15}\.\d{1,20}", value):
        return float(value)
    return None


def find_model(name: str, digest: str, can: Abilities) -> str | None:
    """The checkpoint's name as some backend lists it; None where none does, or where a payload cannot choose one."""
    if can.fields and "override_settings" not in can.fields:
        return None
    for known in can.checkpoints:
        if digest and (known.goes_by(digest) or known.goes_by(f"{name} [{digest}]")):
            return known.name
    stem = _TITLE.fullmatch(name)
    for listed in can.models:
        if listed == name or (stem is not None and listed == stem[1]):
            return listed
    return None


def _offered(name: str, known: tuple[str, ...]) -> bool:
    return not known or name in known


def draft_of_job(job: Job, forced_negative: str = "") -> Draft:
    """The template behind a job: painted with the same words it gives the same payload, with others the same look.

    Args:
        forced_negative: what the job's folder adds by itself; it does again.
    """
    fields = copy.deepcopy(dict(job.fields))
    for name in ("send_images", "save_images"):
        fields.pop(name, None)
    fields["prompt"] = _with_place(fields.get("prompt", ""), job.prompt)
    own = fields.get("negative_prompt", "")
    if forced_negative:
        own = own.removesuffix(forced_negative).removesuffix(", ")
    fields["negative_prompt"] = _with_place(own, job.negative_prompt)
    unread: dict[str, str] = {}
    inputs: dict[str, str] = {}
    for slot in slots(fields):
        value = slot.value
        slot.clear()
        if "artbot_image" in value:
            if value["artbot_image"] not in inputs.values():  # a user's picture goes to every unit by itself
                inputs[slot.name] = value["artbot_image"]
        elif "#" in value["artbot_file"]:
            unread[slot.name] = value["artbot_file"]  # it is written into the template itself
        else:
            slot.put(value["artbot_file"].removeprefix(f"{job.folder}/"))
    drop_empty(fields)
    return Draft(as_template(job.mode, fields), unread, inputs)


def _with_place(text: str, words: str) -> str:
    words = words.strip().rstrip(",").rstrip()
    return text.replace(words, PLACE, 1) if words else text
