"""What a user may change about a template, with type and range. Pure: a table and one function over it.

Only names in the table are ever let through: prompts, pictures, scripts and what the server decides (saving, sending,
task ids, other settings of the backend) are not in it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from artbot_server import errors
from artbot_server.sd.base import Abilities

MIN_SIDE = 64
MAX_SEED = 2**32 - 1
SHOWN_NAMES = 50  # of a list in an error: some servers have thousands of models


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a range."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Number:
    """Any finite number in a range."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Switch:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One name of a list; an empty list means that nobody knows, and any name will do."""

    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Choices:
    """Several names of a list."""

    names: Sequence[str]


Rule = Whole | Number | Switch | Choice | Choices

RULES: Mapping[str, Callable[[Abilities], Rule]] = {
    "width": lambda can: Whole(MIN_SIDE, can.max_side),
    "height": lambda can: Whole(MIN_SIDE, can.max_side),
    "seed": lambda can: Whole(-1, MAX_SEED),
    "subseed": lambda can: Whole(-1, MAX_SEED),
    "subseed_strength": lambda can: Number(0, 1),
    "steps": lambda can: Whole(1, 150),  # A1111's own slider, as the ranges below
    "cfg_scale": lambda can: Number(1, 30),
    "batch_size": lambda can: Whole(1, can.max_batch),
    "n_iter": lambda can: Whole(1, can.max_batch),
    "sampler_name": lambda can: Choice(can.samplers),
    "scheduler": lambda can: Choice(can.schedulers),
    "model": lambda can: Choice(can.models),
    "styles": lambda can: Choices(can.styles),
    "denoising_strength": lambda can: Number(0, 1),
    "eta": lambda can: Number(0, 1),
    "restore_faces": lambda can: Switch(),
    "tiling": lambda can: Switch(),
    "enable_hr": lambda can: Switch(),
    "hr_scale": lambda can: Number(1, 4),
    "hr_upscaler": lambda can: Choice(can.upscalers),
    "hr_second_pass_steps": lambda can: Whole(0, 150),
    "hr_resize_x": lambda can: Whole(0, can.max_side),
    "hr_resize_y": lambda can: Whole(0, can.max_side),
    "resize_mode": lambda can: Whole(0, 3),
    "mask_blur": lambda can: Whole(0, 64),
    "inpainting_fill": lambda can: Whole(0, 3),
    "inpaint_full_res": lambda can: Switch(),
    "inpaint_full_res_padding": lambda can: Whole(0, 256),
    "inpainting_mask_invert": lambda can: Whole(0, 1),
}


def check_overrides(overrides: Mapping[str, Any], abilities: Abilities) -> dict[str, Any]:
    """The overrides, each of the right type and in range; names that differ only in case are written right.

    Raises:
        BadRequest: the first that is not allowed, `field` `overrides.<name>`, `allowed` and maybe `did_you_mean`.
    """
    allowed = [name for name in RULES if _works_here(name, abilities)]
    for name in overrides:
        if name not in allowed:
            raise _refused(name, f"{name} cannot be changed here", allowed, name)
    return {name: _checked(name, value, RULES[name](abilities), abilities) for name, value in overrides.items()}


def _works_here(name: str, abilities: Abilities) -> bool:
    if name == "model":  # our own name: A1111 takes it inside override_settings
        return not abilities.fields or bool({"model", "override_settings"} & set(abilities.fields))
    return not abilities.fields or name in abilities.fields


def _checked(name: str, value: object, rule: Rule, abilities: Abilities) -> object:
    match rule:
        case Whole(low, high):
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise _refused(name, f"{name} has to be a whole number from {low} to {high}", {"min": low, "max": high})
        case Number(low, high):
            if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
                raise _refused(name, f"{name} has to be a number from {low:g} to {high:g}", {"min": low, "max": high})
        case Switch():
            if not isinstance(value, bool):
                raise _refused(name, f"{name} has to be true or false", [True, False])
        case Choice(names):
            known = [*names, *_old_sampler_names(abilities)] if name == "sampler_name" else names
            return _named(name, value, known)
        case Choices(names):
            if not isinstance(value, list):
                raise _refused(name, f"{name} has to be a list of names", list(names)[:SHOWN_NAMES])
            return [_named(name, each, names) for each in value]
    return value


def _named(name: str, value: object, known: Sequence[str]) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _refused(name, f"{name} has to be a name", known)
    if not known or value in known:
        return value
    for each in known:
        if each.casefold() == value.strip().casefold():
            return each
    raise _refused(name, f"there is no {name} {value!r}", known, value)


def _old_sampler_names(abilities: Abilities) -> Iterable[str]:
    """Before A1111 1.9 the scheduler was a part of the sampler's name, and A1111 still takes it so."""
    return (f"{sampler} {scheduler}" for sampler in abilities.samplers for scheduler in abilities.schedulers)


def _refused(
    name: str, sentence: str, allowed: Sequence[object] | Mapping[str, float], near: str | None = None
) -> errors.BadRequest:
    shown = allowed if isinstance(allowed, Mapping) else list(allowed)[:SHOWN_NAMES]
    detail: dict[str, Any] = {"field": f"overrides.{name}", "allowed": shown}
    close = _closest(near, [each for each in allowed if isinstance(each, str)]) if near else None
    if close is not None:
        detail["did_you_mean"] = close
        sentence += f"; did you mean {close}?"
    return errors.BadRequest(sentence[:1].upper() + sentence[1:] + ("" if close else "."), **detail)


def _closest(word: str, names: Sequence[str]) -> str | None:
    by_folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    return by_folded[close[0]] if close else None
