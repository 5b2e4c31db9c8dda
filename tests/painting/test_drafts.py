"""From a picture's text, or from a job, to a template that paints it again; and what is told as unread."""

from __future__ import annotations

import json
from typing import Any

import pytest

from artbot_server.painting.drafts import Draft, draft_of_job, draft_of_text, find_model, typed
from artbot_server.painting.infotext import parse
from artbot_server.painting.jobs import Job
from artbot_server.painting.merge import Order, merge
from artbot_server.painting.template_format import check_template, units_as_list
from artbot_server.painting.templates import Bilingual, Folder, InputPictures, Template
from artbot_server.sd.automatic1111.fields import KNOWN_FIELDS, PICTURE_SETTINGS
from artbot_server.sd.base import Abilities, Checkpoint
from artbot_server.sd.demo.backend import DemoBackend
from tests.painting import infotexts
from tests.painting.writing import article

CAN = Abilities(
    samplers=("Euler", "Euler a", "DPM++ 2M", "DPM++ 2M SDE", "DPM++ SDE"),
    schedulers=("Automatic", "Karras", "Exponential"),
    models=("tiny-random-a", "v1-5-pruned-emaonly", "sub_dream"),
    upscalers=("Latent", "R-ESRGAN 4x+"),
)
ANY = Abilities()


def drafted(text: str, can: Abilities = CAN) -> tuple[dict[str, Any], dict[str, str], str]:
    """Payload, unread and mode."""
    draft = draft_of_text(parse(text), can)
    assert list(draft.template) == ["template_name", "template_type", "options", "api_model"]
    return draft.template["api_model"], draft.unread, draft.template["template_type"]


def test_r18_a_text_of_today_with_all_it_can_hold() -> None:
    payload, unread, mode = drafted(infotexts.HIRES)
    assert mode == "txt2img"
    assert payload == {
        "prompt": "photo of a cozy cabin in snowy woods, golden hour",
        "negative_prompt": "(worst quality:1.4), cartoon",
        "sampler_name": "DPM++ 2M",
        "scheduler": "Karras",
        "steps": 25,
        "cfg_scale": 6.5,
        "seed": 777,
        "subseed": 7,
        "subseed_strength": 0.3,
        "tiling": True,
        "width": 512,
        "height": 768,
        "seed_resize_from_w": 512,
        "seed_resize_from_h": 640,
        "enable_hr": True,
        "hr_scale": 1.5,
        "hr_second_pass_steps": 10,
        "hr_sampler_name": "Euler a",
        "hr_scheduler": "Exponential",
        "hr_prompt": "a cabin, closer:\n(snow:1.2)",
        "hr_negative_prompt": "cartoon, flat",
        "hr_upscaler": "R-ESRGAN 4x+",
        "denoising_strength": 0.45,
        "override_settings": {
            "CLIP_stop_at_last_layers": 2,
            "eta_noise_seed_delta": 31337,
            "sd_vae": "vae-ft-mse-840000-ema-pruned.safetensors",
            "randn_source": "CPU",
            "sd_model_checkpoint": "v1-5-pruned-emaonly",
        },
    }
    assert unread == {}


def test_r18_a_fractional_cfg_no_size_and_a_last_field_without_comma() -> None:
    payload, unread, _ = drafted(infotexts.NO_SIZE)
    assert payload == {
        "prompt": "a cat",
        "negative_prompt": "",
        "sampler_name": "Euler a",
        "steps": 20,
        "cfg_scale": 7.5,
        "seed": 1,
        "override_settings": {"CLIP_stop_at_last_layers": 2},
    }
    assert unread == {}


def test_a_masked_picture_is_img2img() -> None:
    payload, unread, mode = drafted(infotexts.MASKED)
    assert mode == "img2img"
    masked = ("denoising_strength", "mask_blur", "inpaint_full_res_padding", "inpainting_mask_invert")
    assert [payload[name] for name in masked] == [0.6, 2, 8, 1]
    assert (payload["inpaint_full_res"], payload["inpainting_fill"]) == (True, 0)
    assert unread == {}


def test_what_a1111_leaves_out_of_a_masked_text_is_its_pages_default() -> None:
    payload, _, _ = drafted("a\nSteps: 4, Sampler: Euler, Seed: 1, Denoising strength: 0.6, Mask blur: 4")
    assert (payload["inpaint_full_res"], payload["inpainting_fill"], payload["inpainting_mask_invert"]) == (False, 1, 0)


def test_controlnet_units_come_along_and_their_pictures_are_missed() -> None:
    payload, unread, mode = drafted(infotexts.CONTROLNET)
    first, second = payload["alwayson_scripts"]["ControlNet"]["args"]
    assert mode == "txt2img"
    assert first == {
        "enabled": True,
        "module": "canny",
        "model": "control_v11p_sd15_canny [d14c016b]",
        "weight": 0.8,
        "resize_mode": "Crop and Resize",
        "processor_res": 512,
        "threshold_a": 100.0,
        "threshold_b": 200.0,
        "guidance_start": 0.0,
        "guidance_end": 0.9,
        "pixel_perfect": True,
        "control_mode": "ControlNet is more important",
    }
    assert (second["low_vram"], second["hr_option"]) == (False, "Both")
    assert unread == {"ControlNet 0: picture": "", "ControlNet 1: picture": ""}


def test_a_unit_of_a_version_nobody_knows_is_unread() -> None:
    text = 'a\nSteps: 1, ControlNet 0: "preprocessor: canny, weight: 1", ControlNet 1: "Module: x, Weight: big"'
    payload, unread, _ = drafted(text)
    assert payload["alwayson_scripts"]["ControlNet"]["args"] == [{"enabled": True, "module": "x"}]
    assert unread == {
        "ControlNet 0": "preprocessor: canny, weight: 1",
        "ControlNet 1: Weight": "big",
        "ControlNet 1: picture": "",
    }


def test_refiner_and_faces() -> None:
    payload, unread, _ = drafted(infotexts.REFINER)
    assert payload["refiner_checkpoint"] == "tiny-random-b [0d37aea87c]"
    assert payload["refiner_switch_at"] == 0.5
    assert payload["restore_faces"] is True
    assert payload["override_settings"] == {
        "face_restoration_model": "CodeFormer",
        "sd_model_checkpoint": "tiny-random-a",
    }
    assert unread == {}


def test_an_old_text_says_none_in_its_own_way() -> None:
    payload, unread, mode = drafted(infotexts.OLD)
    assert mode == "txt2img"
    assert "denoising_strength" not in payload
    assert "seed_resize_from_w" not in payload
    assert unread == {"Model hash": "44f90a0972", "Model": "protogenX34Photorealism_1"}


@pytest.mark.parametrize(
    ("can", "sampler", "scheduler"),
    [(CAN, "DPM++ 2M SDE", "Karras"), (ANY, "DPM++ 2M SDE Karras", None)],
)
def test_a_scheduler_inside_the_samplers_name(can: Abilities, sampler: str, scheduler: str | None) -> None:
    payload, _, _ = drafted(infotexts.TILED, can)
    assert (payload["sampler_name"], payload.get("scheduler")) == (sampler, scheduler)


def test_what_is_not_offered_or_has_no_place_is_unread() -> None:
    payload, unread, _ = drafted(
        "a\nSteps: many, Sampler: Restart, Schedule type: Beta, CFG scale: 7, Seed: -5, Size: 8x8, Model: other, "
        "Hires upscale: 2, Hires upscaler: 4x-UltraSharp, Hires CFG Scale: 3, Script: X/Y/Z plot, Denoising strength: 3"
    )
    assert payload == {"prompt": "a", "negative_prompt": "", "cfg_scale": 7, "enable_hr": True, "hr_scale": 2}
    assert list(unread) == [
        *("Steps", "Sampler", "Schedule type", "Seed", "Size", "Model", "Hires upscaler", "Hires CFG Scale", "Script"),
        "Denoising strength",
    ]


@pytest.mark.parametrize("name", infotexts.ALL)
@pytest.mark.parametrize("can", [CAN, ANY])
def test_every_field_of_a_real_text_is_used_or_told(name: str, can: Abilities) -> None:
    text = parse(infotexts.ALL[name])
    draft = draft_of_text(text, can)
    payload = draft.template["api_model"]
    check_template(draft.template)
    units_as_list(payload)
    assert payload.keys() <= KNOWN_FIELDS
    assert payload.get("override_settings", {}).keys() <= PICTURE_SETTINGS
    assert (payload["prompt"], payload["negative_prompt"]) == (text.prompt, text.negative_prompt)
    written = json.dumps(payload)
    for field, value in text.fields.items():
        told = any(each.startswith(field) for each in draft.unread)
        number = value.removesuffix(".0")
        assert told or field in _UNDERSTOOD or number in written or json.dumps(value)[1:-1] in written, (field, value)


_UNDERSTOOD = {
    *("Size", "Seed resize from", "Tiling", "Mask mode", "Inpaint area", "Masked content", "Model hash", "Version"),
    *("Lora hashes", "TI hashes", "VAE hash", "Hashes", "Sampler", "Face restoration", "Denoising strength"),
    *("ControlNet 0", "ControlNet 1", "Model"),
}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("tiny-random-a", "tiny-random-a"),
        ("tiny-random-a.safetensors", "tiny-random-a"),
        ("tiny-random-a.safetensors [3558b431d3]", "tiny-random-a"),
        ("tiny-random-a [3558b431d3]", "tiny-random-a"),
        ("tiny-random", None),
        ("", None),
    ],
)
def test_models_by_name_file_and_title(name: str, found: str | None) -> None:
    assert find_model(name, "", CAN) == found


def test_a_models_hash_counts_more_than_its_name() -> None:
    checkpoints = (
        Checkpoint("dream", "dream.safetensors [aaaaaaaaaa]", "dream.safetensors", "aaaaaaaaaa"),
        Checkpoint(
            "dream_renamed", "dream_renamed.safetensors [bbbbbbbbbb]", "dream_renamed.safetensors", "bbbbbbbbbb"
        ),
    )
    can = Abilities(models=("dream", "dream_renamed"), checkpoints=checkpoints)
    assert find_model("dream", "bbbbbbbbbb", can) == "dream_renamed"
    assert find_model("gone", "aaaaaaaaaa", can) == "dream"
    assert find_model("dream", "cccccccccc", can) == "dream", "another file by that name: its picture will differ"
    assert find_model("gone", "cccccccccc", can) is None


def test_no_model_is_chosen_where_a_payload_cannot_choose_one() -> None:
    demo = DemoBackend().abilities()
    assert find_model(demo.models[0], "", demo) is None
    assert find_model("anything", "", ANY) is None


@pytest.mark.parametrize(
    ("value", "kind", "read"),
    [
        ("7", "whole", 7),
        ("-1", "whole", -1),
        ("7.0", "whole", None),
        ("7", "number", 7),
        (".5", "number", 0.5),
        ("1e3", "number", None),
        ("nan", "number", None),
        ("True", "switch", True),
        ("yes", "switch", None),
        ("", "text", ""),
    ],
)
def test_values_in_the_type_that_is_wanted(value: str, kind: Any, read: object) -> None:
    assert typed(value, kind) == read


# From a job


def made(draft: Draft) -> Template:
    """As the reader would load it."""
    mode, fields = draft.template["template_type"], draft.template["api_model"]
    return Template("new", "animals", mode, fields, Bilingual())


def ordered(template: Template, folder: Folder, order: Order) -> Job:
    merged = merge(template, folder, order, ANY)
    return Job(
        id="j",
        session_id="s",
        folder="animals",
        template=template.name,
        mode=merged.mode,
        prompt=order.prompt,
        negative_prompt=order.negative_prompt,
        image_id=order.image_id,
        fields=merged.fields,
        width=1,
        height=1,
        count=1,
    )


PAINTED = [
    ({"prompt": "crayon, {prompt}, paper", "negative_prompt": "photo"}, {}),
    ({"prompt": "best quality", "cfg_scale": 7.5, "new_field": [1]}, {"steps": 9, "seed": 0, "width": 601}),
    ({"prompt": "", "negative_prompt": "{prompt}, lowres", "sampler_index": "DPM++ SDE Karras"}, {"model": "m"}),
    ({"prompt": "x", "enable_hr": True, "override_settings": {"CLIP_stop_at_last_layers": 2}}, {"scheduler": "Karras"}),
]


@pytest.mark.parametrize(("fields", "overrides"), PAINTED)
@pytest.mark.parametrize("negative", ["", "dog, "])
@pytest.mark.parametrize("forced", ["", "gore, blood"])
@pytest.mark.parametrize("image", [None, "p1"])
def test_r19_the_template_of_a_job_gives_the_same_payload(
    fields: dict[str, Any], overrides: dict[str, Any], negative: str, forced: str, image: str | None
) -> None:
    folder = Folder("animals", Bilingual(), negative_prompt=forced)
    order = Order("a cat, on a roof, ", negative, overrides, image_id=image)
    job = ordered(Template("old", "animals", "txt2img", fields, Bilingual()), folder, order)
    draft = draft_of_job(job, forced)
    check_template(draft.template)
    again = ordered(made(draft), folder, Order(order.prompt, negative, image_id=image))
    assert (again.mode, again.fields) == (job.mode, job.fields)
    assert draft.inputs == ({"init_image": "p1"} if image else {})
    assert draft.unread == {}


def test_other_words_take_the_place_of_the_first_ones() -> None:
    folder = Folder("animals", Bilingual())
    job = ordered(
        Template("old", "animals", "txt2img", {"prompt": "crayon, {prompt}, paper"}, Bilingual()),
        folder,
        Order("a cat"),
    )
    assert ordered(made(draft_of_job(job)), folder, Order("a dog")).fields["prompt"] == "crayon, a dog, paper"


def test_a_templates_own_pictures_stay_where_they_are() -> None:
    inputs = InputPictures(("animals/in/a.png",), "animals/old.json#mask", ("animals/pose.png", None), (None, None))
    units = {"ControlNet": {"args": [{"module": "canny"}, {"module": "depth"}]}}
    template = Template(
        "old", "animals", "img2img", {"prompt": "x", "alwayson_scripts": units}, Bilingual(), inputs=inputs
    )
    draft = draft_of_job(ordered(template, Folder("animals", Bilingual()), Order("a cat")))
    payload: dict[str, Any] = article(**draft.template["api_model"])["api_model"]
    assert payload["init_images"] == ["in/a.png"]
    assert payload["alwayson_scripts"]["ControlNet"]["args"] == [
        {"module": "canny", "image": "pose.png"},
        {"module": "depth"},
    ]
    assert "mask" not in payload
    assert draft.unread == {"mask": "animals/old.json#mask"}
    assert draft.inputs == {}
