"""Every override is typed, in range and of a name that may be changed."""

from __future__ import annotations

from typing import Any

import pytest

from artbot_server import errors
from artbot_server.painting.overrides import OVERRIDDEN_SETTINGS, RULES, UNIT, check_overrides
from artbot_server.painting.rules import SHOWN_NAMES
from artbot_server.sd.base import Abilities

ANYTHING = Abilities()
LISTED = Abilities(
    samplers=("Euler a", "DPM++ 2M"),
    schedulers=("Automatic", "Karras"),
    models=("dreamshaper_8", "国风3"),
    styles=("film", "ink"),
    loras=("ink-lora", "cat"),
    vaes=("soft.vae.pt",),
    upscalers=("Latent", "R-ESRGAN 4x+"),
    controlnet_models=("control_canny [a5ab0164]",),
    controlnet_modules=("none", "canny"),
    max_side=1024,
    max_batch=4,
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("width", 64),
        ("height", 1024),
        ("seed", -1),
        ("seed", 2**32 - 1),
        ("cfg_scale", 7),
        ("cfg_scale", 7.5),
        ("tiling", True),
        ("sampler_name", "Euler a"),
        ("sampler_name", "DPM++ 2M Karras"),
        ("scheduler", "Karras"),
        ("model", "国风3"),
        ("styles", []),
        ("styles", ["ink", "film"]),
        ("denoising_strength", 0),
        ("vae", "soft.vae.pt"),
        ("vae", "Automatic"),
        ("clip_skip", 2),
        ("refiner_checkpoint", "国风3"),
        ("refiner_switch_at", 0.8),
        ("seed_resize_from_w", 512),
        ("s_noise", 1.003),
        ("hr_upscaler", "R-ESRGAN 4x+"),
        ("hr_sampler_name", "Use same sampler"),
        ("hr_checkpoint_name", "国风3"),
        ("hr_prompt", ""),
        ("override_settings", {"randn_source": "CPU", "sd_vae": "None"}),
        ("loras", [{"name": "cat"}, {"name": "ink-lora", "weight": -0.5}]),
        ("controlnet", []),
        ("controlnet", [{"module": "canny", "model": "control_canny", "weight": 0.8, "image_id": "i1"}]),
        ("controlnet", [{"module": "none", "model": "None", "enabled": False}]),
    ],
)
def test_what_is_allowed_comes_back(name: str, value: Any) -> None:
    assert check_overrides({name: value}, LISTED) == {name: value}


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("width", 63, {"min": 64, "max": 1024}),
        ("height", 1025, {"min": 64, "max": 1024}),
        ("width", 512.0, {"min": 64, "max": 1024}),
        ("width", "512", {"min": 64, "max": 1024}),
        ("width", True, {"min": 64, "max": 1024}),
        ("width", None, {"min": 64, "max": 1024}),
        ("seed", -2, {"min": -1, "max": 2**32 - 1}),
        ("seed", 2**32, {"min": -1, "max": 2**32 - 1}),
        ("steps", 0, {"min": 1, "max": 150}),
        ("cfg_scale", float("nan"), {"min": 1, "max": 30}),
        ("cfg_scale", float("inf"), {"min": 1, "max": 30}),
        ("cfg_scale", False, {"min": 1, "max": 30}),
        ("batch_size", 5, {"min": 1, "max": 4}),
        ("tiling", 1, [True, False]),
        ("styles", "film", ["film", "ink"]),
        ("styles", ["film", 1], ["film", "ink"]),
        ("model", 1, ["dreamshaper_8", "国风3"]),
        ("model", " ", ["dreamshaper_8", "国风3"]),
        ("clip_skip", 13, {"min": 1, "max": 12}),
        ("hr_prompt", 5, {"max": 10_000}),
        ("hr_prompt", "x" * 10_001, {"max": 10_000}),
        ("controlnet", {"module": "canny"}, {"max": 10}),
        ("controlnet", [{}] * 11, {"max": 10}),
        ("loras", "cat", {"max": 20}),
    ],
)
def test_a_wrong_type_or_range_is_named(name: str, value: Any, allowed: Any) -> None:
    with pytest.raises(errors.BadRequest) as caught:
        check_overrides({"steps": 20, name: value}, LISTED)
    assert caught.value.detail == {"field": f"overrides.{name}", "allowed": allowed}


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("sampler_name", "Euler", "Euler a"),
        ("sampler_name", "DPM++ 2M Karas", "DPM++ 2M Karras"),
        ("scheduler", "karass", "Karras"),
        ("model", "dreamshaper", "dreamshaper_8"),
        ("styles", ["inc"], "ink"),
        ("widht", 512, "width"),
        ("sampler", "Euler a", "sampler_name"),
    ],
)
def test_a_misspelt_name_is_asked_back(name: str, value: Any, meant: str) -> None:
    with pytest.raises(errors.BadRequest, match="did you mean") as caught:
        check_overrides({name: value}, LISTED)
    assert caught.value.detail["did_you_mean"] == meant


@pytest.mark.parametrize(
    ("name", "value", "place", "allowed", "meant"),
    [
        ("controlnet", [{}, {"module": "cany"}], "controlnet.1.module", ["none", "canny"], "canny"),
        ("controlnet", [{"model": "x"}], "controlnet.0.model", ["control_canny [a5ab0164]"], None),
        (
            "controlnet",
            [{"model": "control_cany"}],
            "controlnet.0.model",
            ["control_canny [a5ab0164]"],
            "control_canny",
        ),
        ("controlnet", [{"wieght": 1}], "controlnet.0.wieght", list(UNIT), "weight"),
        ("controlnet", [{"weight": 3}], "controlnet.0.weight", {"min": 0, "max": 2}, None),
        ("controlnet", [{"image": "iVBORw0KGgo"}], "controlnet.0.image", list(UNIT), "image_id"),
        ("controlnet", ["canny"], "controlnet.0", list(UNIT), None),
        ("loras", [{"weight": 1}], "loras.0.name", ["a value"], None),
        ("loras", [{"name": "cta"}], "loras.0.name", ["ink-lora", "cat"], "cat"),
        ("vae", "soft.vae", "vae", ["soft.vae.pt", "Automatic", "None"], "soft.vae.pt"),
        ("override_settings", {"sd_vea": "None"}, "override_settings.sd_vea", list(OVERRIDDEN_SETTINGS), "sd_vae"),
        (
            "override_settings",
            {"samples_save": True},
            "override_settings.samples_save",
            list(OVERRIDDEN_SETTINGS),
            None,
        ),
    ],
)
def test_what_is_wrong_inside_is_named_by_its_place(name, value, place, allowed, meant) -> None:
    with pytest.raises(errors.BadRequest) as caught:
        check_overrides({name: value}, LISTED)
    assert caught.value.detail["field"] == f"overrides.{place}"
    assert caught.value.detail["allowed"] == allowed
    assert caught.value.detail.get("did_you_mean") == meant


def test_modes_of_a_unit_may_be_numbers_as_in_older_programs() -> None:
    [unit] = check_overrides({"controlnet": [{"control_mode": 2, "resize_mode": "just resize"}]}, LISTED)["controlnet"]
    assert unit == {"control_mode": "ControlNet is more important", "resize_mode": "Just Resize"}
    with pytest.raises(errors.BadRequest):
        check_overrides({"controlnet": [{"control_mode": 3}]}, LISTED)


@pytest.mark.parametrize(("name", "value"), [("sampler_name", "euler A"), ("sampler_name", " Euler a ")])
def test_case_and_spaces_are_put_right(name: str, value: str) -> None:
    assert check_overrides({name: value}, LISTED) == {name: "Euler a"}


@pytest.mark.parametrize(
    "name",
    [
        "prompt",
        "negative_prompt",
        "init_images",
        "mask",
        "save_images",
        "send_images",
        "script_name",
        "script_args",
        "force_task_id",
        "do_not_save_samples",
        "alwayson_scripts",
        "__class__",
    ],
)
@pytest.mark.parametrize("abilities", [ANYTHING, Abilities(fields=("prompt", "override_settings", "mask", "steps"))])
def test_what_the_server_decides_cannot_be_changed(name: str, abilities: Abilities) -> None:
    with pytest.raises(errors.BadRequest) as caught:
        check_overrides({name: "x"}, abilities)
    assert caught.value.detail["field"] == f"overrides.{name}"
    assert name not in caught.value.detail["allowed"]


def test_only_what_has_an_effect_here() -> None:
    small = Abilities(fields=("width", "height", "seed"))
    assert check_overrides({"seed": 1}, small) == {"seed": 1}
    with pytest.raises(errors.BadRequest) as caught:
        check_overrides({"tiling": True}, small)
    assert caught.value.detail["allowed"] == ["width", "height", "seed"]
    with pytest.raises(errors.BadRequest):
        check_overrides({"model": "x"}, small)
    assert check_overrides({"model": "x"}, Abilities(fields=("override_settings",))) == {"model": "x"}


def test_where_nothing_is_known_any_name_will_do() -> None:
    free = {"sampler_name": "Some Sampler", "model": "m", "styles": ["s"], "hr_upscaler": "u"}
    assert check_overrides(free, ANYTHING) == free


def test_a_long_list_is_cut_in_the_error() -> None:
    many = Abilities(models=tuple(f"model{number}" for number in range(1000)))
    with pytest.raises(errors.BadRequest) as caught:
        check_overrides({"model": "x"}, many)
    assert len(caught.value.detail["allowed"]) == SHOWN_NAMES


def test_every_rule_can_be_made() -> None:
    assert all(make(LISTED) for make in RULES.values())
