"""An answer held against its order: what came, and what came otherwise than asked. Pure.

A 200 proves nothing (trap 1): an interrupted job, an unknown sampler and an empty answer all come as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from artbot_server.sd.automatic1111.effects import effects
from artbot_server.sd.automatic1111.failures import failed
from artbot_server.sd.automatic1111.order import Order
from artbot_server.sd.automatic1111.pictures import Sorted, decode, read_value, sort
from artbot_server.sd.base import Result, Substitution

INTERRUPTED = "Somebody else interrupted this on the Stable Diffusion server"


def read_info(answer: Any) -> Mapping[str, Any]:
    """The `info` of an answer, a string of JSON inside the JSON (trap 3). Raises `BackendFailed`."""
    try:
        info = orjson.loads(answer["info"])
    except (KeyError, TypeError, orjson.JSONDecodeError):
        info = None
    if not isinstance(info, dict):
        raise failed("The Stable Diffusion server's answer cannot be understood.")
    return info


def stopped_by_others(progress: Any, info: Mapping[str, Any]) -> bool:
    """Whether the job that ended last, if it is this one, was interrupted or its last picture skipped.

    The flags stay until the next job begins, and both places carry the second in which this one began.

    Args:
        progress: GET /sdapi/v1/progress, asked after the answer came.
    """
    state = progress.get("state") if isinstance(progress, dict) else None
    if not isinstance(state, dict) or state.get("job_timestamp") != info.get("job_timestamp"):
        return False
    return bool(state.get("interrupted") or state.get("skipped"))


def read_result(answer: Any, info: Mapping[str, Any], order: Order) -> Result:
    """The pictures and what was substituted.

    Raises:
        BackendFailed: no pictures, broken ones, or fewer than asked; with `retry=True`.
    """
    try:
        files = [decode(text) for text in answer["images"]]
        found = sort(files, info)
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise failed("The Stable Diffusion server sent something that is no picture.") from err
    if not found.pictures and not found.grids:
        raise failed("The Stable Diffusion server sent no picture.")
    if order.count is not None and len(found.pictures) < order.count:
        # n_iter ends early after an interrupt; texts without their pictures are a broken answer.
        lost = len(info.get("infotexts") or []) >= order.count
        raise failed("The Stable Diffusion server kept pictures back." if lost else f"{INTERRUPTED}.")
    return Result(
        pictures=(*found.pictures, *found.grids, *found.maps),
        substituted=(*order.substituted, *_differences(order, info, found)),
        model=info.get("sd_model_name"),
    )


def _differences(order: Order, info: Mapping[str, Any], found: Sorted) -> list[Substitution]:
    told = [*_names(order, info, found), *_sizes(order, found), *_counts(order, found)]
    if order.count is None:  # a script does as it likes
        return told
    text = found.pictures[0].infotext if found.pictures else ""
    return [*told, *effects(order.body, info, text, order.hashed)]


def _names(order: Order, info: Mapping[str, Any], found: Sorted) -> list[Substitution]:
    changed = []
    got = info.get("sampler_name")
    if order.sampler is not None and got != order.sampler:
        changed.append(Substitution("sampler_name", order.sampler, got))
    got = _schedule(info, found)
    # Web UI before 1.9 has schedulers in its samplers' names and tells no schedule.
    if (
        order.scheduler is not None
        and order.scheduler.name != "automatic"
        and got not in (None, *order.scheduler.names)
    ):
        changed.append(Substitution("scheduler", order.scheduler.label, got))
    model, model_hash = info.get("sd_model_name"), info.get("sd_model_hash")
    wanted = order.checkpoint
    if wanted is not None and not wanted.goes_by(str(model)) and not wanted.goes_by(str(model_hash)):
        changed.append(Substitution("sd_model_checkpoint", wanted.name, model))
    got = info.get("sd_vae_name")
    if order.vae is not None and got != order.vae:
        changed.append(Substitution("sd_vae", order.vae, got))
    return changed


def _schedule(info: Mapping[str, Any], found: Sorted) -> str | None:
    params = info.get("extra_generation_params")
    if isinstance(params, dict) and "Schedule type" in params:
        return str(params["Schedule type"])
    return read_value(found.pictures[0].infotext, "Schedule type") if found.pictures else None


def _sizes(order: Order, found: Sorted) -> list[Substitution]:
    """By the first picture that differs, out of its own header: the texts repeat what was asked."""
    if order.size is None:
        return []
    for file in found.files:
        if (file.width, file.height) != order.size:
            asked, got = order.size, (file.width, file.height)
            pairs = zip(("width", "height"), asked, got, strict=True)
            return [Substitution(name, wanted, came) for name, wanted, came in pairs if wanted != came]
    return []


def _counts(order: Order, found: Sorted) -> list[Substitution]:
    changed = []
    if order.count is not None:
        if len(found.pictures) > order.count:
            changed.append(Substitution("count", order.count, len(found.pictures)))
        if order.seed >= 0 and found.pictures[0].seed != order.seed:
            changed.append(Substitution("seed", order.seed, found.pictures[0].seed))
        if len(found.maps) < order.maps:
            # A unit that failed shows only by its missing map; its text claims that it worked.
            changed.append(Substitution("alwayson_scripts.controlnet", order.maps, len(found.maps)))
    return changed
