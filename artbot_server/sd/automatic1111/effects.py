"""What an answer says about everything beside sampler, checkpoint and size, held against what was asked. Pure.

The server takes a LoRA, a refiner or a unit that it cannot use without a word; only its texts, or their silence, tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from artbot_server.sd.automatic1111.names import loras_in
from artbot_server.sd.automatic1111.offers import Offers
from artbot_server.sd.automatic1111.pictures import read_value
from artbot_server.sd.automatic1111.units import units_in
from artbot_server.sd.base import Substitution

# fmt: off
REPEATED = (
    "steps", "cfg_scale", "denoising_strength", "restore_faces", "subseed_strength", "seed_resize_from_w",
    "seed_resize_from_h",
)
# fmt: on
"""Fields that `info` repeats under the same name."""
MASK_BLUR = 4
"""What the server takes when nobody says."""

Info = Mapping[str, Any]


def effects(
    body: Mapping[str, Any], info: Info, text: str, hashed: Mapping[str, tuple[str, ...]]
) -> list[Substitution]:
    """What came otherwise than asked, or not at all (`got` None).

    Args:
        body: as it was sent.
        text: of the first picture.
        hashed: from `hashed_names`.
    """
    params = info.get("extra_generation_params")
    params = params if isinstance(params, Mapping) else {}
    told = [*_repeated(body, info), *_seeds(body, info), *_second_model(body, params), *_hires(body, params)]
    told += [*_hashes(params, hashed), *_units(body, params), *_mask(body, params)]
    if body.get("tiling") is True and text and read_value(text, "Tiling") is None:
        told.append(Substitution("tiling", True, None))
    return told


def hashed_names(body: Mapping[str, Any], offers: Offers) -> dict[str, tuple[str, ...]]:
    """The LoRAs and embeddings in the prompts, by the key under which the server tells the hashes of those it used.

    Empty for a server that tells none.
    """
    options = offers.options or {}
    words = f"{body.get('prompt', '')}\n{body.get('negative_prompt', '')}"
    found = {}
    if options.get("lora_add_hashes_to_infotext") is True:
        found["Lora hashes"] = loras_in(body.get("prompt", ""))
    if options.get("textual_inversion_add_hashes_to_infotext") is True:
        found["TI hashes"] = tuple(name for name in offers.embeddings if _is_word(name, words))
    return found


def _repeated(body: Mapping[str, Any], info: Info) -> Iterator[Substitution]:
    for name in REPEATED:
        asked, got = body.get(name), info.get(name)
        if asked is not None and got is not None and got != asked:
            yield Substitution(name, asked, got)
    asked = (body.get("override_settings") or {}).get("CLIP_stop_at_last_layers")
    got = info.get("clip_skip")
    if asked is not None and got is not None and got != asked:
        yield Substitution("clip_skip", asked, got)


def _seeds(body: Mapping[str, Any], info: Info) -> Iterator[Substitution]:
    asked, came = body.get("subseed", -1), info.get("all_subseeds")
    if asked >= 0 and body.get("subseed_strength") and isinstance(came, list) and came and came[0] != asked:
        yield Substitution("subseed", asked, came[0])


def _second_model(body: Mapping[str, Any], params: Info) -> Iterator[Substitution]:
    """A refiner that is the checkpoint itself does nothing."""
    asked = body.get("refiner_checkpoint")
    got = params.get("Refiner")
    if asked and (got is None or str(got).rsplit(" [", 1)[0] != asked):
        yield Substitution("refiner_checkpoint", asked, got)


def _hires(body: Mapping[str, Any], params: Info) -> Iterator[Substitution]:
    if not body.get("enable_hr") or "init_images" in body:
        return
    if not {"Hires upscale", "Hires resize"} & set(params):
        yield Substitution("enable_hr", True, None)
        return
    asked, got = body.get("hr_upscaler"), params.get("Hires upscaler")
    if asked and got != asked:
        yield Substitution("hr_upscaler", asked, got)


def _hashes(params: Info, hashed: Mapping[str, Iterable[str]]) -> Iterator[Substitution]:
    for key, field in (("Lora hashes", "loras"), ("TI hashes", "embeddings")):
        used = {each.rpartition(":")[0].strip().casefold() for each in str(params.get(key) or "").split(",")}
        for name in hashed.get(key, ()):
            if name.casefold() not in used:
                yield Substitution(field, name, None)


def _units(body: Mapping[str, Any], params: Info) -> Iterator[Substitution]:
    """What a unit's line says, where there is one: a unit without effect shows by its missing map (`results`)."""
    for number, unit in enumerate(units_in(body)):
        said = params.get(f"ControlNet {number}")
        shows_no_map = unit.get("save_detected_map", True) is False
        asked = unit.get("module", "none")
        got = re.match(r"Module: ([^,]*)", str(said)) if said is not None else None
        if (said is None and shows_no_map) or (got and got[1] != asked):
            yield Substitution(f"controlnet.{number}.module", asked, got[1] if got else None)


def _mask(body: Mapping[str, Any], params: Info) -> Iterator[Substitution]:
    blur = body.get("mask_blur", MASK_BLUR)
    if body.get("mask") and blur and not any(key.startswith(("Mask", "Inpaint")) for key in params):
        yield Substitution("mask", True, None)


def _is_word(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE) is not None
