"""Bodies without a template, as RobotChat's clients send them."""

from dataclasses import replace

import pytest

from artbot_server.errors import BadRequest
from artbot_server.painting.jobs import Job
from artbot_server.painting.raw_orders import merge_again, merge_raw, other_scripts, with_placeholders
from artbot_server.sd.base import Abilities, Substitution

ANY = Abilities()
HERE = Abilities(
    samplers=("Euler a", "DPM++ 2M"),
    schedulers=("Karras",),
    models=("painter", "sketcher"),
    fields=("seed", "steps", "sampler_name", "scheduler", "width", "override_settings", "denoising_strength"),
)


def kept(body):
    """The body with placeholders, and what was kept under which field."""
    seen = []

    def keep(field, data):
        seen.append((field, data))
        return f"id-{data}"

    return with_placeholders(body, keep), seen


@pytest.mark.parametrize("seed", [0, -1, 7])
def test_any_seed_is_a_seed(seed):
    assert merge_raw("txt2img", {"prompt": "a cat", "seed": seed}, ANY).fields["seed"] == seed


def test_words_and_numbers_are_the_bodys_own():
    body = {"prompt": "a cat", "negative_prompt": "dog", "steps": 7, "cfg_scale": 4.5, "width": 640, "batch_size": 2}
    fields = merge_raw("txt2img", body, ANY).fields
    assert {name: fields[name] for name in body} == body
    assert (fields["height"], fields["n_iter"]) == (512, 1)


@pytest.mark.parametrize(
    "name", ["send_images", "save_images", "do_not_save_grid", "override_settings_restore_afterwards"]
)
@pytest.mark.parametrize("value", [True, False])
def test_saving_and_sending_are_the_servers_own(name, value):
    merged = merge_raw("txt2img", {"prompt": "a cat", name: value}, ANY)
    assert merged.fields == merge_raw("txt2img", {"prompt": "a cat"}, ANY).fields
    assert (merged.fields["send_images"], merged.fields["save_images"]) == (True, False)


@pytest.mark.parametrize("nothing", [None, ""])
def test_empty_fields_count_as_left_out(nothing):
    body = {"prompt": "a cat", "sampler_name": nothing, "hr_upscaler": nothing, "script_name": nothing}
    assert merge_raw("txt2img", body, HERE).fields == merge_raw("txt2img", {"prompt": "a cat"}, HERE).fields


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"steps": 0}, "overrides.steps"),
        ({"steps": "many"}, "overrides.steps"),
        ({"seed": 1.5}, "overrides.seed"),
        ({"width": 9000}, "overrides.width"),
        ({"sampler_name": "Oiler"}, "overrides.sampler_name"),
        ({"sampler_index": "Oiler"}, "overrides.sampler_name"),
        ({"override_settings": {"sd_model_checkpoint": "dauber"}}, "overrides.model"),
    ],
)
def test_what_is_out_of_range_is_named(body, field):
    with pytest.raises(BadRequest) as raised:
        merge_raw("txt2img", {"prompt": "a cat", **body}, HERE)
    assert raised.value.detail["field"] == field


def test_the_old_name_of_the_sampler_is_read_where_the_new_one_is_missing():
    assert merge_raw("txt2img", {"sampler_index": "Euler a"}, HERE).fields["sampler_name"] == "Euler a"
    both = {"sampler_index": "Euler a", "sampler_name": "DPM++ 2M"}
    assert merge_raw("txt2img", both, HERE).fields["sampler_name"] == "DPM++ 2M"


def test_what_does_nothing_here_is_left_out_and_told():
    merged = merge_raw("txt2img", {"prompt": "a cat", "tiling": True, "restore_faces": False, "steps": 3}, HERE)
    assert merged.substituted == (Substitution("tiling", True, None),)
    assert "tiling" not in merged.fields
    assert "restore_faces" not in merged.fields


@pytest.mark.parametrize(
    ("body", "model", "settings"),
    [
        ({"override_settings": {"sd_model_checkpoint": "painter"}}, None, {"sd_model_checkpoint": "painter"}),
        ({"override_settings": {"sd_model_checkpoint": "painter"}}, "sketcher", {"sd_model_checkpoint": "sketcher"}),
        ({"override_settings": {"sd_vae": "soft"}}, "PAINTER", {"sd_vae": "soft", "sd_model_checkpoint": "painter"}),
        ({"override_settings": {"sd_vae": "soft"}}, None, {"sd_vae": "soft"}),
        ({"override_settings": {}}, None, None),
    ],
)
def test_the_model_is_one_jobs_choice(body, model, settings):
    assert merge_raw("txt2img", {"prompt": "a cat", **body}, HERE, model).fields.get("override_settings") == settings


def test_pictures_stay_where_the_body_has_them():
    unit = {"module": "canny", "model": "edges", "image": "c", "mask": "d", "weight": 0.5}
    fields, seen = kept({
        "prompt": "a cat",
        "init_images": ["a", "b"],
        "mask": "m",
        "alwayson_scripts": {"ControlNet": {"args": [unit, {"module": "none", "enabled": False}]}},
    })  # fmt: skip
    merged = merge_raw("img2img", fields, ANY)
    assert merged.mode == "img2img"
    assert merged.fields["init_images"] == [{"artbot_image": "id-a"}, {"artbot_image": "id-b"}]
    assert merged.fields["mask"] == {"artbot_image": "id-m"}
    first = merged.fields["alwayson_scripts"]["ControlNet"]["args"][0]
    assert first == unit | {"image": {"artbot_image": "id-c"}, "mask": {"artbot_image": "id-d"}}
    assert [field for field, _ in seen] == [
        "init_images",
        "init_images",
        "mask",
        "alwayson_scripts.ControlNet.args.image",
        "alwayson_scripts.ControlNet.args.mask",
    ]


@pytest.mark.parametrize("shape", [[{"module": "canny"}], {"module": "canny"}, {"args": {"module": "canny"}}])
def test_every_form_of_units_is_read(shape):
    assert kept({"alwayson_scripts": {"controlnet": shape}})[0]["alwayson_scripts"] == {
        "controlnet": {"args": [{"module": "canny"}]}
    }


def test_the_body_itself_is_not_changed():
    body = {"init_images": ["a"], "alwayson_scripts": {"ControlNet": {"args": {"image": "c"}}}}
    kept(body)
    assert body == {"init_images": ["a"], "alwayson_scripts": {"ControlNet": {"args": {"image": "c"}}}}


@pytest.mark.parametrize("unit", [{"weight": "heavy"}, {"image": 3}, {"guidance_end": 7}, {"batch_images": "/etc"}])
def test_a_unit_of_another_form_is_refused(unit):
    with pytest.raises(BadRequest) as raised:
        kept({"alwayson_scripts": {"ControlNet": {"args": [unit]}}})
    assert raised.value.detail["field"] == "alwayson_scripts"


def test_img2img_has_a_strength_and_txt2img_none():
    assert merge_raw("img2img", {"prompt": "a cat"}, ANY).fields["denoising_strength"] == 0.6
    assert merge_raw("img2img", {"denoising_strength": 0.2}, ANY).fields["denoising_strength"] == 0.2
    assert "denoising_strength" not in merge_raw("txt2img", {"prompt": "a cat"}, ANY).fields


@pytest.mark.parametrize(
    ("body", "scripts"),
    [
        ({}, []),
        ({"script_name": None, "alwayson_scripts": None}, []),
        ({"alwayson_scripts": {"ControlNet": {}, "controlnet": {}}}, []),
        ({"script_name": "X/Y/Z plot", "alwayson_scripts": {"ADetailer": {}}}, ["ADetailer", "X/Y/Z plot"]),
    ],
)
def test_scripts_besides_controlnet_are_found(body, scripts):
    assert other_scripts(body) == scripts


def test_script_arguments_of_any_type_are_passed_on():
    args = [1, "two", None, True, {"three": 3}, [4.0]]
    assert merge_raw("txt2img", {"script_name": "x", "script_args": args}, ANY).fields["script_args"] == args


def test_a_job_is_made_again_with_changes():
    body = {"prompt": "a {prompt} cat", "negative_prompt": "dog", "steps": 9, "override_settings": {"sd_vae": "soft"}}
    first = merge_raw("img2img", body | {"init_images": [{"artbot_image": "i"}]}, ANY)
    job = Job(
        id="j", session_id="s", folder="", template="", mode="img2img", prompt="", fields=first.fields,
        width=512, height=512, count=1,
    )  # fmt: skip
    assert merge_again(job, {}, ANY) == replace(first, substituted=())
    changed = merge_again(job, {"seed": 5, "model": "painter"}, ANY).fields
    assert changed["seed"] == 5
    assert changed["override_settings"] == {"sd_vae": "soft", "sd_model_checkpoint": "painter"}
    assert changed["init_images"] == [{"artbot_image": "i"}]
    with pytest.raises(BadRequest):
        merge_again(job, {"script_name": "x"}, ANY)
