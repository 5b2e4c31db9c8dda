"""Names are held to the lists, exactly and by case."""

from contextlib import nullcontext

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111.names import sampling, settings
from tests.sd.automatic1111.samples import offers, order
from tests.sd.fake_automatic1111.lists import OPTIONS


def refusal(**fields) -> BackendFailed:
    with pytest.raises(BackendFailed) as caught:
        order(**fields)
    return caught.value


@pytest.mark.parametrize(
    ("fields", "sampler", "scheduler"),
    [
        ({}, None, None),
        ({"sampler_name": "", "sampler_index": ""}, None, None),
        ({"sampler_name": "Euler a"}, "Euler a", None),
        ({"sampler_index": "DPM++ SDE Karras"}, "DPM++ SDE", "karras"),
        ({"sampler_name": "DPM++ SDE karras"}, "DPM++ SDE", "karras"),
        ({"sampler_name": "Euler SGM Uniform"}, "Euler", "sgm_uniform"),
        ({"sampler_name": "Euler", "sampler_index": "nonsense"}, "Euler", None),
        ({"sampler_name": "Euler", "scheduler": "Karras"}, "Euler", "karras"),
        ({"sampler_name": "Euler", "scheduler": "exponential"}, "Euler", "exponential"),
        ({"sampler_name": "Euler Karras", "scheduler": "Exponential"}, "Euler", "karras"),
        ({"scheduler": "Automatic"}, None, "automatic"),
    ],
)
def test_samplers_and_schedulers_as_the_server_will_name_them(fields, sampler, scheduler):
    made = order(**fields)
    assert made.sampler == sampler
    assert (made.scheduler and made.scheduler.name) == scheduler
    assert {name: made.body[name] for name in fields} == fields


@pytest.mark.parametrize(
    ("fields", "field", "hint"),
    [
        ({"sampler_name": "euler A"}, "sampler_name", "Euler a"),
        ({"sampler_name": "k_euler_a"}, "sampler_name", "Euler a"),
        ({"sampler_index": "DPM++ SDE Karas"}, "sampler_index", "DPM++ SDE Karras"),
        ({"sampler_name": "DPM++ SDE Nope"}, "sampler_name", "DPM++ SDE"),
        ({"scheduler": "KARRAS"}, "scheduler", "Karras"),
        ({"prompt": "a cat <lora:Tiny-Lora:0.5>"}, "prompt", "tiny-lora"),
        ({"prompt": "ok", "hr_prompt": "<lora:cat-lor>"}, "hr_prompt", "cat-lora"),
        ({"styles": ["studio"]}, "styles", "Studio"),
        ({"refiner_checkpoint": "tiny-B"}, "refiner_checkpoint", "tiny-b"),
    ],
)
def test_a_name_nobody_lists_is_refused_with_the_nearest(fields, field, hint):
    error = refusal(**fields)
    assert error.detail["field"] == field
    assert f"did you mean '{hint}" in error.message


def test_the_allowed_samplers_are_the_plain_ones():
    assert "DPM++ SDE Karras" not in refusal(sampler_name="x").detail["allowed"]


def test_a_web_ui_from_before_schedulers():
    old = offers(samplers=[{"name": "DPM++ SDE Karras"}], schedulers=None)
    assert sampling({"sampler_index": "DPM++ SDE Karras"}, old) == ("DPM++ SDE Karras", None)
    assert sampling({"scheduler": "Karras"}, old) == (None, None)


def test_loras_and_styles_that_are_there():
    made = order(prompt="a cat <lora:tiny-lora:0.5>, <lora:cat-lora:1>", styles=["Studio"])
    assert made.body["styles"] == ["Studio"]


def test_a_list_the_server_has_not_is_not_held_against_a_payload():
    assert offers(loras=None).loras is None
    order(prompt="<hypernet:any:1> {a|b} (unclosed")


def test_styles_have_to_be_a_list():
    assert refusal(styles="Studio").detail["field"] == "styles"


@pytest.mark.parametrize("asked", ["tiny-b", "tiny-b.safetensors", "tiny-b.safetensors [0d37aea87c]"])
def test_a_checkpoint_is_sent_by_its_lasting_name(asked):
    made = order(override_settings={"sd_model_checkpoint": asked})
    assert made.body["override_settings"] == {"sd_model_checkpoint": "tiny-b"}
    assert made.checkpoint.name == "tiny-b"


def test_a_template_without_a_checkpoint_of_its_own():
    made = order(override_settings={"sd_model_checkpoint": None})
    assert made.checkpoint is None
    assert made.body["override_settings"] == {}


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"sd_model_checkpoint": "tiny-c"}, "override_settings.sd_model_checkpoint"),
        ({"sd_vae": "tiny"}, "override_settings.sd_vae"),
        ({"outdir_samples": "/etc"}, "override_settings.outdir_samples"),
        ({"show_progress_every_n_steps": 1}, "override_settings.show_progress_every_n_steps"),
        ({"randn_source": "CPU"}, "override_settings.randn_source"),  # allowed, but this server does not have it
        ({"CLIP_stop_at_last_layers": "2"}, "override_settings.CLIP_stop_at_last_layers"),
        ({"CLIP_stop_at_last_layers": True}, "override_settings.CLIP_stop_at_last_layers"),
        ({"CLIP_stop_at_last_layers": 2.5}, "override_settings.CLIP_stop_at_last_layers"),
        ("tiny-b", "override_settings"),
    ],
)
def test_settings_that_would_do_harm_or_nothing_are_refused(settings, field):
    assert refusal(override_settings=settings).detail["field"] == field


@pytest.mark.parametrize(("value", "fits"), [(True, True), (1, False), ("yes", False)])
def test_a_switch_takes_nothing_but_true_and_false(value, fits):
    known = offers(options=OPTIONS | {"img2img_color_correction": False, "eta_ancestral": 1.0, "sd_unet": None})
    body = {"override_settings": {"img2img_color_correction": value, "eta_ancestral": 1, "sd_unet": "None"}}
    with nullcontext() if fits else pytest.raises(BackendFailed, match="another type"):
        assert settings(body, known) == (None, None)


@pytest.mark.parametrize(("vae", "expected"), [("tiny.vae.pt", "tiny.vae.pt"), ("Automatic", None), ("None", None)])
def test_vaes(vae, expected):
    made = order(override_settings={"sd_vae": vae, "CLIP_stop_at_last_layers": 2})
    assert made.vae == expected
    assert made.body["override_settings"] == {"sd_vae": vae, "CLIP_stop_at_last_layers": 2}


HIRES = {"enable_hr": True, "denoising_strength": 0.5}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"enable_hr": True}, "denoising_strength"),
        (HIRES | {"hr_upscaler": "latent"}, "hr_upscaler"),
        (HIRES | {"hr_sampler_name": "nope"}, "hr_sampler_name"),
        (HIRES | {"hr_scheduler": "nope"}, "hr_scheduler"),
        (HIRES | {"hr_checkpoint_name": "nope"}, "hr_checkpoint_name"),
    ],
)
def test_a_hires_pass_is_checked(fields, field):
    assert refusal(**fields).detail["field"] == field


def test_a_hires_pass_as_it_should_be():
    choices = {"hr_upscaler": "Latent", "hr_sampler_name": "Use same sampler", "hr_scheduler": "Karras"}
    made = order(**HIRES, **choices, hr_checkpoint_name="tiny-b.safetensors", refiner_checkpoint="tiny-a.safetensors")
    assert made.body["hr_checkpoint_name"] == "tiny-b"
    assert made.body["refiner_checkpoint"] == "tiny-a"


def test_hires_names_do_not_matter_while_it_is_off():
    assert order(hr_upscaler="nope").body["hr_upscaler"] == "nope"
