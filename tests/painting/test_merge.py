"""The payload an order gives: the article's letter by letter, then prompts, samplers, pictures and sizes."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from artbot_server import errors
from artbot_server.painting.merge import DENOISING_STRENGTH, Merged, Order, expected, fill, merge, placed
from artbot_server.painting.templates import Bilingual, Folder, InputPictures, Template
from artbot_server.sd.base import Abilities, Substitution
from tests.painting.files import ARTICLE

KITTEN = "an orange kitten, garden"
FOLDER = Folder("animals", Bilingual("Animals", "动物"))
CHILDREN = Folder("children", Bilingual("Children", "儿童"), for_children=True, negative_prompt="gore, weapons")
LISTED = Abilities(
    samplers=("Euler a", "DPM++ SDE"),
    schedulers=("Automatic", "Karras"),
    max_side=1024,
    max_pixels=1024 * 768,
    max_batch=8,
)
NO_PICTURES = InputPictures()
UNIT = {"module": "openpose", "weight": 1.0}


def make(mode: Any = "txt2img", inputs: InputPictures = NO_PICTURES, **fields: Any) -> Template:
    return Template("t", "animals", mode, fields, Bilingual("T", "模"), inputs=inputs)


def merged(template: Template, folder: Folder = FOLDER, abilities: Abilities = LISTED, **order: Any) -> Merged:
    return merge(template, folder, Order(**{"prompt": KITTEN, **order}), abilities)


def refused(template: Template, **order: Any) -> dict[str, Any]:
    with pytest.raises(errors.BadRequest) as caught:
        merged(template, **order)
    return caught.value.detail


# The article's payload.


def test_the_articles_template_gives_the_articles_payload() -> None:
    fields = json.loads(ARTICLE)["api_model"]
    found = merged(make(**fields))
    assert found.mode == "txt2img"
    assert found.fields == {
        **fields,
        "prompt": f"{KITTEN}, In the middle of the screen, close shot,best quality, highres, masterpiece, cute",
        "send_images": True,
        "save_images": False,
    }
    assert found.substituted == ()
    assert expected(found.fields) == (600, 600, 4)


def test_a_bare_template_is_completed_and_left_alone() -> None:
    template = make(override_settings={"a": 1}, alwayson_scripts={"ControlNet": {"args": [dict(UNIT)]}})
    template = Template(
        "t", "animals", "txt2img", template.fields, template.title, inputs=InputPictures((), None, (None,), (None,))
    )
    before = copy.deepcopy(template.fields)
    found = merged(template, image_id="i1", overrides={"model": "m", "steps": 30})
    assert template.fields == before
    assert found.fields["override_settings"] == {"a": 1, "sd_model_checkpoint": "m"}
    assert (found.fields["steps"], found.fields["width"], found.fields["cfg_scale"]) == (30, 512, 7.0)
    assert json.loads(json.dumps(found.fields)) == found.fields


# Prompts.


@pytest.mark.parametrize(
    ("text", "words", "result"),
    [
        ("best quality", "a cat", "a cat, best quality"),
        ("best quality", " a cat , ", "a cat, best quality"),
        ("best quality", "", "best quality"),
        ("", "a cat", "a cat"),
        ("", "", ""),
        ("drawing of {prompt}, crayon", "a cat", "drawing of a cat, crayon"),
        ("{prompt} and {prompt}", "a cat", "a cat and a cat"),
        ("blurry, {prompt}, text", "", "blurry, text"),
        ("blurry, {prompt}", "", "blurry"),
        ("x, {prompt}", "{prompt}", "x, {prompt}"),
        ("{red|blue} sky", "a cat", "a cat, {red|blue} sky"),
    ],
)
def test_words_come_first_or_at_their_place(text: str, words: str, result: str) -> None:
    assert placed(text, words) == result


def test_the_negative_prompt_is_composed_the_same_way() -> None:
    found = merged(make(negative_prompt="two heads, {prompt}"), negative_prompt="dog")
    assert found.fields["negative_prompt"] == "two heads, dog"
    assert (
        merged(make(negative_prompt="two heads"), negative_prompt="dog").fields["negative_prompt"] == "dog, two heads"
    )


@pytest.mark.parametrize("order", [{}, {"negative_prompt": "dog"}, {"image_id": "i1"}, {"overrides": {"cfg_scale": 2}}])
def test_a_forced_negative_prompt_is_always_in(order: dict[str, Any]) -> None:
    found = merged(make(negative_prompt="two heads"), CHILDREN, **order)
    assert found.fields["negative_prompt"].endswith("two heads, gore, weapons")


def test_a_forced_negative_prompt_cannot_be_made_idle() -> None:
    detail = refused(make(), folder=CHILDREN, overrides={"cfg_scale": 1})
    assert detail == {"field": "overrides.cfg_scale", "allowed": {"min": 2.0, "max": 30}}
    assert merged(make(), overrides={"cfg_scale": 1}).fields["cfg_scale"] == 1


@pytest.mark.parametrize("name", ["prompt", "negative_prompt", "init_images", "send_images", "alwayson_scripts"])
def test_overrides_are_checked(name: str) -> None:
    assert refused(make(), overrides={name: "x"})["field"] == f"overrides.{name}"


# Samplers.


@pytest.mark.parametrize(
    ("template", "overrides", "result"),
    [
        ({"sampler_index": "DPM++ SDE Karras"}, {}, {"sampler_index": "DPM++ SDE Karras"}),
        ({"sampler_index": "DPM++ SDE Karras"}, {"sampler_name": "Euler a"}, {"sampler_name": "Euler a"}),
        (
            {"sampler_index": "DPM++ SDE Karras"},
            {"scheduler": "Automatic"},
            {"sampler_name": "DPM++ SDE", "scheduler": "Automatic"},
        ),
        (
            {"sampler_name": "Euler a", "scheduler": "Karras"},
            {"scheduler": "Automatic"},
            {"sampler_name": "Euler a", "scheduler": "Automatic"},
        ),
        ({}, {"scheduler": "Karras"}, {"scheduler": "Karras"}),
    ],
)
def test_an_override_of_the_sampler_or_scheduler_takes_effect(
    template: dict[str, Any], overrides: dict[str, Any], result: dict[str, Any]
) -> None:
    found = merged(make(**template), overrides=overrides).fields
    names = ("sampler_name", "sampler_index", "scheduler")
    assert {name: found[name] for name in names if name in found} == result


# Pictures.


def test_an_upload_replaces_the_templates_pictures_as_in_the_article() -> None:
    inputs = InputPictures(("t/a.png",), "t/m.png", ("t/pose.png", None), ("t/unit_mask.png", None))
    scripts = {"ControlNet": {"args": [dict(UNIT), dict(UNIT)]}}
    found = merged(make("img2img", inputs, alwayson_scripts=scripts, denoising_strength=0.4), image_id="i1")
    assert found.mode == "img2img"
    assert found.fields["init_images"] == [{"artbot_image": "i1"}]
    assert found.fields["mask"] is None
    unit = {**UNIT, "image": {"artbot_image": "i1"}}
    assert found.fields["alwayson_scripts"]["ControlNet"]["args"] == [unit, unit]
    assert found.fields["denoising_strength"] == 0.4


def test_without_an_upload_the_templates_own_pictures_are_used() -> None:
    inputs = InputPictures(("t/a.png",), "t/m.png", ("t/pose.png", None), (None, "t/unit_mask.png"))
    scripts = {"controlnet": {"args": [dict(UNIT), dict(UNIT)]}}
    found = merged(make("img2img", inputs, alwayson_scripts=scripts))
    assert found.fields["init_images"] == [{"artbot_file": "t/a.png"}]
    assert found.fields["mask"] == {"artbot_file": "t/m.png"}
    assert found.fields["alwayson_scripts"]["controlnet"]["args"] == [
        {**UNIT, "image": {"artbot_file": "t/pose.png"}},
        {**UNIT, "mask": {"artbot_file": "t/unit_mask.png"}},
    ]
    assert found.fields["denoising_strength"] == DENOISING_STRENGTH


def test_controlnet_works_in_txt2img_too() -> None:
    inputs = InputPictures(unit_images=("t/pose.png",), unit_masks=(None,))
    found = merged(make("txt2img", inputs, alwayson_scripts={"ControlNet": {"args": [dict(UNIT)]}}))
    assert found.mode == "txt2img"
    assert "init_images" not in found.fields
    assert found.fields["alwayson_scripts"]["ControlNet"]["args"][0]["image"] == {"artbot_file": "t/pose.png"}


@pytest.mark.parametrize(("overrides", "strength"), [({}, DENOISING_STRENGTH), ({"denoising_strength": 0.2}, 0.2)])
def test_a_txt2img_template_with_a_picture_becomes_img2img(overrides: dict[str, Any], strength: float) -> None:
    found = merged(make(denoising_strength=0.3), image_id="i1", overrides=overrides)
    assert (found.mode, found.fields["denoising_strength"]) == ("img2img", strength)


def test_a_mask_keeps_what_it_leaves_free() -> None:
    found = merged(make(), image_id="i1", mask_id="m1").fields
    assert found["mask"] == {"artbot_image": "m1"}
    assert (found["inpainting_fill"], found["inpaint_full_res"]) == (1, False)
    own = merged(make("img2img", inpainting_fill=2), image_id="i1", mask_id="m1").fields
    assert own["inpainting_fill"] == 2
    assert "inpainting_fill" not in merged(make(), image_id="i1").fields


def test_a_picture_that_is_missing_is_asked_for() -> None:
    assert refused(make("img2img")) == {"field": "image_id"}
    assert refused(make(), mask_id="m1") == {"field": "mask_id"}


def test_fill_puts_base64_in_every_place_and_leaves_the_rest() -> None:
    inputs = InputPictures(("t/a.png",), None, ("t/pose.png",), (None,))
    found = merged(
        make("img2img", inputs, alwayson_scripts={"ControlNet": {"args": [dict(UNIT)]}}), mask_id="m1"
    ).fields
    before = copy.deepcopy(found)
    filled = fill(found, lambda placeholder: "|".join(*placeholder.items()))
    assert found == before
    assert filled["init_images"] == ["artbot_file|t/a.png"]
    assert filled["mask"] == "artbot_image|m1"
    assert filled["alwayson_scripts"]["ControlNet"]["args"] == [{**UNIT, "image": "artbot_file|t/pose.png"}]
    assert {**filled, **{name: found[name] for name in ("init_images", "mask", "alwayson_scripts")}} == found


# Size and count.


def test_a_size_off_the_grain_is_rounded_down_and_said() -> None:
    found = merged(make(width=601), overrides={"height": 100})
    assert expected(found.fields)[:2] == (600, 96)
    assert found.substituted == (Substitution("width", 601, 600), Substitution("height", 100, 96))


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"enable_hr": True}, (1024, 768)),
        ({"enable_hr": True, "hr_scale": 1.5}, (768, 576)),
        ({"enable_hr": True, "hr_resize_x": 768}, (768, 576)),
        ({"enable_hr": True, "hr_resize_y": 768}, (1024, 768)),
        ({"enable_hr": True, "hr_resize_x": 700, "hr_resize_y": 700}, (696, 696)),
        ({"enable_hr": False, "hr_scale": 2}, (512, 384)),
    ],
)
def test_the_hires_pass_counts(fields: dict[str, Any], size: tuple[int, int]) -> None:
    found = merged(make(width=512, height=384, **fields))
    assert expected(found.fields) == (*size, 1)
    assert ("denoising_strength" in found.fields) == fields["enable_hr"], "A1111 answers 500 without"
    assert expected(merged(make(width=512, height=384, **fields), image_id="i1").fields) == (512, 384, 1)


@pytest.mark.parametrize(
    ("fields", "overrides", "field"),
    [
        ({"width": 2048}, {}, "template"),
        ({"width": 1024}, {"height": 1024}, "overrides.height"),
        ({"width": 640}, {"enable_hr": True}, "overrides.enable_hr"),
        ({"batch_size": 4}, {"n_iter": 3}, "overrides.n_iter"),
        ({"batch_size": 3, "n_iter": 3}, {}, "template"),
        ({}, {"batch_size": 4, "n_iter": 4}, "overrides.batch_size"),
    ],
)
def test_too_large_or_too_many_names_who_asked(fields: dict[str, Any], overrides: dict[str, Any], field: str) -> None:
    assert refused(make(**fields), overrides=overrides)["field"] == field


# Settings, LoRAs and ControlNet of an order.


def test_our_names_for_settings_go_where_the_web_ui_takes_them() -> None:
    template = make(override_settings={"sd_vae": "old", "a": 1})
    found = merged(template, overrides={"vae": "soft", "clip_skip": 2, "override_settings": {"randn_source": "CPU"}})
    assert found.fields["override_settings"] == {
        "sd_vae": "soft",
        "a": 1,
        "CLIP_stop_at_last_layers": 2,
        "randn_source": "CPU",
    }
    assert not {"vae", "clip_skip", "model"} & set(found.fields)


def test_a_refiner_begins_late_unless_somebody_says_when() -> None:
    assert merged(make(), overrides={"refiner_checkpoint": "b"}).fields["refiner_switch_at"] == 0.8
    assert merged(make(refiner_switch_at=0.5), overrides={"refiner_checkpoint": "b"}).fields["refiner_switch_at"] == 0.5
    both = {"refiner_checkpoint": "b", "refiner_switch_at": 0.3}
    assert merged(make(), overrides=both).fields["refiner_switch_at"] == 0.3


def test_loras_stand_in_the_prompt_of_both_passes() -> None:
    template = make(prompt="best <lora:ink:0.2>", hr_prompt="sharp")
    found = merged(template, overrides={"loras": [{"name": "ink", "weight": 0.9}]})
    assert found.fields["prompt"] == f"{KITTEN}, best <lora:ink:0.9>"
    assert found.fields["hr_prompt"] == "sharp <lora:ink:0.9>"
    assert "loras" not in found.fields


@pytest.mark.parametrize(
    ("template", "order", "place"),
    [
        ({}, {"prompt": "a cat <lora:imk:1>"}, "prompt"),
        ({"prompt": "<lora:imk:1>"}, {}, "template"),
        ({}, {"overrides": {"hr_prompt": "<lora:imk:1>"}}, "overrides.hr_prompt"),
    ],
)
def test_an_unknown_lora_is_named_before_anything_is_queued(template: Any, order: Any, place: str) -> None:
    can = Abilities(loras=("ink", "film"))
    with pytest.raises(errors.BadRequest) as caught:
        merged(make(**template), abilities=can, **order)
    assert caught.value.detail == {"field": place, "allowed": ["ink", "film"], "did_you_mean": "ink"}


def test_a_forced_negative_prompt_holds_in_the_second_pass_too() -> None:
    found = merged(make(), CHILDREN, overrides={"enable_hr": True, "hr_scale": 1, "hr_negative_prompt": "dog"})
    assert found.fields["hr_negative_prompt"] == "dog, gore, weapons"
    assert "hr_negative_prompt" not in merged(make(), CHILDREN).fields


def test_units_of_an_order_for_both_calls() -> None:
    unit = {"module": "canny", "model": "m", "image_id": "c1", "control_mode": 1}
    found = merged(make(), overrides={"controlnet": [unit, unit]})
    assert found.mode == "txt2img"
    [first, second] = found.fields["alwayson_scripts"]["controlnet"]["args"]
    assert first == second
    assert (first["image"], first["control_mode"]) == ({"artbot_image": "c1"}, "My prompt is more important")
    found = merged(make("img2img"), image_id="start", overrides={"controlnet": [unit]})
    assert found.fields["alwayson_scripts"]["controlnet"]["args"][0]["image"] == {"artbot_image": "c1"}
    assert found.fields["init_images"] == [{"artbot_image": "start"}]


def test_what_has_no_effect_in_a_mode_is_told() -> None:
    found = merged(make(), overrides={"mask_blur": 4, "inpainting_fill": 1})
    assert found.substituted == (Substitution("inpainting_fill", 1, None), Substitution("mask_blur", 4, None))
    assert "mask_blur" not in found.fields
    found = merged(make(), image_id="i1", overrides={"enable_hr": True, "mask_blur": 4})
    assert found.substituted == (Substitution("enable_hr", True, None),)
    assert found.fields["mask_blur"] == 4
