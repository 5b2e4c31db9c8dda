"""What an answer's texts say about LoRAs, refiners, second passes and the rest; and what their silence says."""

from typing import Any

import pytest

from artbot_server.sd.automatic1111.effects import effects, hashed_names
from artbot_server.sd.automatic1111.units import checked_scripts
from tests.sd.automatic1111.samples import IMAGE, offers, unit
from tests.sd.fake_automatic1111.lists import OPTIONS

HASHED = {"Lora hashes": ("ink", "film"), "TI hashes": ("easynegative",)}
HIRES = {"Hires upscale": 2.0, "Hires upscaler": "Latent"}


def told(
    body: dict[str, Any], *, text: str = "", hashed: Any = None, params: Any = None, **info: Any
) -> dict[str, Any]:
    said = effects(body, {"extra_generation_params": params or {}} | info, text, hashed or {})
    return {change.field: (change.asked, change.got) for change in said}


@pytest.mark.parametrize(
    ("body", "info", "expected"),
    [
        ({"steps": 20, "cfg_scale": 7}, {"steps": 20, "cfg_scale": 7.0}, {}),
        ({"steps": 20}, {"steps": 30}, {"steps": (20, 30)}),
        ({"steps": 20}, {}, {}),
        ({"restore_faces": True}, {"restore_faces": False}, {"restore_faces": (True, False)}),
        ({"denoising_strength": 0.5}, {"denoising_strength": None}, {}),
        ({"seed_resize_from_w": 512}, {"seed_resize_from_w": -1}, {"seed_resize_from_w": (512, -1)}),
        ({"subseed_strength": 0.15}, {"subseed_strength": 0}, {"subseed_strength": (0.15, 0)}),
        ({"subseed": 7, "subseed_strength": 0.3}, {"all_subseeds": [7, 8]}, {}),
        ({"subseed": 7, "subseed_strength": 0.3}, {"all_subseeds": [9]}, {"subseed": (7, 9)}),
        ({"subseed": 7}, {"all_subseeds": [9]}, {}),
        ({"subseed": -1, "subseed_strength": 0.3}, {"all_subseeds": [9]}, {}),
        ({"override_settings": {"CLIP_stop_at_last_layers": 2}}, {"clip_skip": 2}, {}),
        ({"override_settings": {"CLIP_stop_at_last_layers": 2}}, {"clip_skip": 1}, {"clip_skip": (2, 1)}),
    ],
)
def test_what_info_repeats(body, info, expected):
    assert told(body, **info) == expected


@pytest.mark.parametrize(
    ("body", "params", "expected"),
    [
        ({"refiner_checkpoint": "b"}, {"Refiner": "b [0d37aea87c]"}, {}),
        ({"refiner_checkpoint": "b"}, {"Refiner": "b"}, {}),
        ({"refiner_checkpoint": "b"}, {}, {"refiner_checkpoint": ("b", None)}),
        ({"enable_hr": True, "hr_upscaler": "Latent"}, HIRES, {}),
        ({"enable_hr": True, "hr_upscaler": "Lanczos"}, HIRES, {"hr_upscaler": ("Lanczos", "Latent")}),
        ({"enable_hr": True}, {"Hires resize": "128x0"}, {}),
        ({"enable_hr": True}, {}, {"enable_hr": (True, None)}),
        ({"enable_hr": True, "init_images": [IMAGE]}, {}, {}),
        ({"mask": IMAGE}, {"Mask blur": 4}, {}),
        ({"mask": IMAGE}, {"Inpaint area": "Only masked"}, {}),
        ({"mask": IMAGE}, {}, {"mask": (True, None)}),
        ({"mask": IMAGE, "mask_blur": 0}, {}, {}),
    ],
)
def test_what_passes_say(body, params, expected):
    assert told(body, params=params) == expected


def test_networks_show_by_their_hashes():
    params = {"Lora hashes": "ink: a7dd9ec0fb24, film: 0000", "TI hashes": "EasyNegative: 5f364361f745"}
    assert told({}, params=params, hashed=HASHED) == {}
    assert told({}, params={"Lora hashes": "film: 0000"}, hashed=HASHED) == {
        "loras": ("ink", None),
        "embeddings": ("easynegative", None),
    }


def test_tiling_shows_in_the_text_alone():
    line = "a cat\nSteps: 4, Sampler: Euler, Seed: 5, Tiling: True, Version: v1.10.1"
    assert told({"tiling": True}, text=line) == {}
    assert told({"tiling": True}, text=line.replace("Tiling: True, ", "")) == {"tiling": (True, None)}
    assert told({"tiling": True}) == {}  # no text at all says nothing
    assert told({"tiling": False}, text="a cat\nSteps: 4") == {}


@pytest.mark.parametrize(
    ("units", "params", "expected"),
    [
        ([unit()], {"ControlNet 0": "Module: canny, Model: control_canny, Weight: 1.0"}, {}),
        ([unit()], {"ControlNet 0": "Module: none, Model: x"}, {"controlnet.0.module": ("canny", "none")}),
        ([unit()], {}, {}),  # its map tells, or tells not
        ([unit(), unit(save_detected_map=False)], {}, {"controlnet.1.module": ("canny", None)}),
    ],
)
def test_units_are_counted_as_the_server_does(units, params, expected):
    body = {"alwayson_scripts": {"controlnet": {"args": [unit(enabled=False), *units]}}}
    checked_scripts(body, "txt2img", offers())
    assert told(body, params=params) == expected


def test_only_a_server_that_tells_hashes_is_held_to_them():
    body = {"prompt": "a cat <lora:tiny-lora:0.8>, tiny-emb", "negative_prompt": "Wrong-Size-Emb, tiny-embers"}
    assert hashed_names(body, offers()) == {"Lora hashes": ("tiny-lora",), "TI hashes": ("tiny-emb", "wrong-size-emb")}
    silent = OPTIONS | {"lora_add_hashes_to_infotext": False, "textual_inversion_add_hashes_to_infotext": False}
    assert hashed_names(body, offers(options=silent)) == {}
    assert hashed_names(body, offers(options=None)) == {}


def test_an_embedding_is_a_word_of_its_own():
    for words, found in (("tiny-emb", True), ("(tiny-emb:1.2)", True), ("x-tiny-emb", False), ("tiny-emb2", False)):
        assert bool(hashed_names({"prompt": words}, offers())["TI hashes"]) is found
