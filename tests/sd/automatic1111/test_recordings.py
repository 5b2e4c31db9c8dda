"""The backend's judgement held against recorded calls. Collected only where these are."""

import json

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111 import failures, results
from artbot_server.sd.automatic1111.order import prepare
from artbot_server.sd.automatic1111.progress import Course, read_internal, read_sdapi
from artbot_server.sd.base import Payload
from tests.sd.automatic1111.conftest import RECORDINGS
from tests.sd.automatic1111.recorded import paintings, recorded, recorded_offers

PLAIN, NETS = RECORDINGS / "a1111", RECORDINGS / "a1111-controlnet"
OFFERS = recorded_offers(RECORDINGS)


def order_of(call):
    return prepare(Payload(call["request"]["path"].rpartition("/")[2], call["request"]["body"]), OFFERS, "job-1")


def order_or_refusal(call):
    try:
        return order_of(call)
    except BackendFailed as refused:
        return refused


def test_offers_of_the_recorded_server():
    abilities = OFFERS.abilities()
    assert len(abilities.samplers) == 20
    assert len(abilities.schedulers) == 12
    assert abilities.models == ("tiny-random-a", "tiny-random-b")
    assert abilities.loaded_model == "tiny-random-a"
    assert abilities.loras == ("tiny-lora",)
    assert "Latent" in abilities.upscalers
    assert "depth_midas" in abilities.controlnet_modules


SWALLOWED = {
    "err_unknown_sampler": "sampler_name",
    "err_unknown_sampler_index": "sampler_index",
    "err_unknown_scheduler": "scheduler",
    "txt2img_sampler_alias": "sampler_name",
    "txt2img_sampler_lowercase": "sampler_name",
    "txt2img_lora_missing": "prompt",
    "txt2img_styles_unknown": "styles",
    "txt2img_override_unknown_checkpoint": "override_settings.sd_model_checkpoint",
    "err_override_sampler_null_values": "override_settings.sd_vae",
    "img2img_denoise_2": "denoising_strength",
    "err_seed_minus2": "seed",
}


@pytest.mark.parametrize(("name", "field"), SWALLOWED.items())
def test_what_the_server_swallowed_is_refused_before_it_is_sent(name, field):
    call = recorded(PLAIN, name)
    assert call["status"] == 200
    with pytest.raises(BackendFailed) as caught:
        order_of(call)
    assert caught.value.detail["field"] == field


@pytest.mark.parametrize("name", ["cn_unknown_model", "cn_model_none", "cn_no_image", "cn_four_units"])
def test_what_controlnet_swallowed_is_refused_before_it_is_sent(name):
    call = recorded(NETS, name)
    assert call["status"] == 200
    with pytest.raises(BackendFailed) as caught:
        order_of(call)
    assert caught.value.detail["field"].startswith("alwayson_scripts.controlnet.args")


TOLD = {
    "err_width_100": {"width"},
    "err_width_65_height_70": {"width", "height"},
    "txt2img_extra_field": {"no_such_field"},
    "txt2img_infotext": {"infotext"},
    "cn_bad_image": {"alwayson_scripts.controlnet"},
    "cn_no_enabled_key": {"alwayson_scripts.controlnet"},  # sent as it was then: without `enabled`
    "cn_needs_download": {"alwayson_scripts.controlnet"},
}
WITHOUT_PICTURES = {"err_send_images_string", "txt2img_no_send", "txt2img_save_no_send"}


@pytest.mark.parametrize(
    ("folder", "name"),
    [(folder, name) for folder in (PLAIN, NETS) for name in paintings(folder)],
    ids=lambda value: str(value)[-40:],
)
def test_every_recorded_painting_is_judged_rightly(folder, name):
    call = recorded(folder, name)
    order = order_or_refusal(call)
    if isinstance(order, BackendFailed):
        assert order.whose_fault == "client"
        assert order.detail["field"]
        return
    answer = call["response"]
    if call["status"] != 200:
        error = failures.from_answer("sd-1", "/sdapi/v1/txt2img", call["status"], json.dumps(answer).encode())
        assert (error.error_code, error.detail["retry"]) == ("backend_refused", False)
        return
    info = results.read_info(answer)
    if name in WITHOUT_PICTURES:
        with pytest.raises(BackendFailed, match="no picture"):
            results.read_result(answer, info, order)
        return
    result = results.read_result(answer, info, order)
    assert {change.field for change in result.substituted} == TOLD.get(name, set())
    assert len(result.pictures) == len(answer["images"])
    pictures = [picture for picture in result.pictures if picture.kind == "picture"]
    assert len(pictures) == (order.count if order.count is not None else len(pictures))
    assert all(picture.seed is not None for picture in pictures)


@pytest.mark.parametrize(
    ("folder", "name", "kinds"),
    [
        (PLAIN, "txt2img_batch2_save_images", "ppg"),
        (PLAIN, "txt2img_script_xyz", "g"),
        (PLAIN, "prompts_from_file", "ppp"),
        (NETS, "cn_batch2", "ppm"),
        (NETS, "cn_hires", "pmm"),
    ],
)
def test_recorded_pictures_are_told_apart(folder, name, kinds):
    call = recorded(folder, name)
    result = results.read_result(call["response"], results.read_info(call["response"]), order_of(call))
    assert "".join(picture.kind[0] for picture in result.pictures) == kinds


@pytest.mark.parametrize("name", ["interrupt_niter3", "interrupt_running", "skip_running"])
def test_a_recorded_interrupt_is_seen(name):
    timeline = recorded(PLAIN, name)
    info = results.read_info(timeline["jobs"][0]["response"])
    assert results.stopped_by_others(timeline["polls"][-1]["progress"], info)


def test_a_recorded_job_that_nobody_stopped():
    timeline = recorded(PLAIN, "progress_timeline_n_iter3")
    info = results.read_info(timeline["jobs"][0]["response"])
    assert not results.stopped_by_others(timeline["polls"][-1]["progress"], info)


TIMELINES = [
    "progress_timeline_hires",
    "progress_timeline_internal",
    "progress_timeline_n_iter3",
    "progress_timeline_preview_every_step",
]


@pytest.mark.parametrize("name", TIMELINES)
def test_recorded_progress_never_falls(name):
    course, told = Course(), []
    for poll in recorded(PLAIN, name)["polls"]:
        course.see(read_sdapi(poll["progress"]))
        told.append(course.tell())
    assert [p.fraction for p in told] == sorted(p.fraction for p in told)
    assert told[0].fraction == 0.0
    assert 0.5 < told[-1].fraction < 1
    assert all(p.step <= p.steps for p in told if p.steps)


def test_recorded_progress_by_task_never_falls():
    course, told = Course(), []
    for poll in recorded(PLAIN, "progress_timeline_internal")["polls"]:
        course.see(read_internal(poll["internal"]["task(mine-1)"]))
        told.append(course.tell().fraction)
    assert told == sorted(told)
    assert told[-1] == 0.875
