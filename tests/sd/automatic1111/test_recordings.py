"""The backend's judgement, and the fake's behaviour, held against recorded calls. Collected only where these are."""

import itertools
import json

import pytest
import requests

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111 import failures, results
from artbot_server.sd.automatic1111.order import prepare
from artbot_server.sd.automatic1111.progress import Course, read_internal, read_sdapi
from artbot_server.sd.base import Payload
from tests.sd.automatic1111.conftest import RECORDINGS
from tests.sd.automatic1111.recorded import paintings, recorded, recorded_offers
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.sd.fake_automatic1111.painter import Painter

PLAIN, NETS, BARE = (RECORDINGS / name for name in ("a1111", "a1111-controlnet", "a1111-nowebui-auth"))
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


# the fake behaves as recorded


@pytest.fixture(scope="module")
def fake():
    with FakeAutomatic1111(step_s=0.0) as fake:
        fake.painter.options["CLIP_stop_at_last_layers"] = 1
        yield fake


SAME = [
    "err_unknown_sampler",
    "err_unknown_sampler_index",
    "err_unknown_scheduler",
    "err_empty_sampler",
    "err_steps_0",
    "err_steps_string",
    "err_batch_0",
    "err_n_iter_0",
    "err_prompt_null",
    "err_width_100",
    "err_width_65_height_70",
    "err_width_string",
    "err_hr_no_denoise",
    "err_seed_2pow64",
    "img2img",
    "img2img_no_init",
    "img2img_bad_init",
    "txt2img_batch2_iter2",
    "txt2img_batch2_save_images",
    "txt2img_n_iter3",
    "txt2img_seed_template",
    "txt2img_old_sampler_name",
    "txt2img_scheduler_default",
    "txt2img_scheduler_field",
    "txt2img_sampler_alias",
    "txt2img_sampler_lowercase",
    "txt2img_no_send",
    "txt2img_override_unknown_key",
    "txt2img_override_unknown_checkpoint",
    "txt2img_script_unknown",
    "txt2img_hires",
    "txt2img_unicode_prompt",
]
KEYS_OF_INFO = (
    "sampler_name",
    "width",
    "height",
    "steps",
    "batch_size",
    "index_of_first_image",
)


@pytest.mark.parametrize("name", SAME)
def test_the_fake_answers_as_recorded(fake, name):
    call = recorded(PLAIN, name)
    answer = requests.post(fake.url + call["request"]["path"], json=call["request"]["body"], timeout=10)
    expected, got = call["response"], answer.json()
    assert answer.status_code == call["status"]
    if call["status"] != 200:
        assert got == expected
        return
    assert set(got) == set(expected)
    assert len(got["images"]) == len(expected["images"])
    info, recorded_info = json.loads(got["info"]), json.loads(expected["info"])
    assert set(info) <= set(recorded_info)
    assert {key: info[key] for key in KEYS_OF_INFO} == {key: recorded_info[key] for key in KEYS_OF_INFO}
    schedules = [each["extra_generation_params"].get("Schedule type") for each in (info, recorded_info)]
    assert schedules[0] == schedules[1]
    assert len(info["infotexts"]) == len(recorded_info["infotexts"])
    assert len(info["all_seeds"]) == len(recorded_info["all_seeds"])
    for image, recorded_image in zip(got["images"], expected["images"], strict=True):
        file, recorded_file = results.decode(image), results.decode(recorded_image)
        assert (file.width, file.height, bool(file.text)) == (
            recorded_file.width,
            recorded_file.height,
            bool(recorded_file.text),
        )


@pytest.mark.parametrize(
    "name", ["cn_canny", "cn_batch2", "cn_bad_image", "cn_no_enabled_key", "cn_unknown_model", "cn_hires"]
)
def test_the_fakes_controlnet_is_as_silent_as_recorded(fake, name):
    call = recorded(NETS, name)
    body = json.loads(json.dumps(call["request"]["body"]).replace("control_tiny_canny", "control_canny"))
    answer = requests.post(fake.url + call["request"]["path"], json=body, timeout=10)
    assert answer.status_code == call["status"] == 200
    assert len(answer.json()["images"]) == len(call["response"]["images"])


@pytest.mark.parametrize(
    ("name", "error"), [("cn_unknown_module", "ValidationError"), ("cn_bad_control_mode", "ValidationError")]
)
def test_the_fakes_controlnet_fails_as_recorded(fake, name, error):
    call = recorded(NETS, name)
    answer = requests.post(fake.url + call["request"]["path"], json=call["request"]["body"], timeout=10)
    assert answer.status_code == call["status"]
    assert answer.json()["error"] == call["response"]["error"] == error


@pytest.mark.parametrize(
    "name", ["samplers", "schedulers", "sd-models", "sd-vae", "loras", "upscalers", "scripts", "prompt-styles"]
)
def test_the_fakes_lists_have_the_recorded_shape(fake, name):
    expected = recorded(PLAIN, f"get_{name}")["response"]
    got = requests.get(f"{fake.url}/sdapi/v1/{name}", timeout=5).json()
    if isinstance(expected, dict):
        assert set(got) == set(expected)
    else:
        assert {frozenset(row) for row in got} == {frozenset(row) for row in expected}


def test_the_fakes_progress_has_the_recorded_keys(fake):
    expected = recorded(PLAIN, "get_progress")["response"]
    got = requests.get(f"{fake.url}/sdapi/v1/progress", timeout=5).json()
    assert set(got) == set(expected)
    assert set(got["state"]) == set(expected["state"])
    idle = recorded(PLAIN, "internal_progress_idle")["response"]
    by_task = {"id_task": "task(none)", "id_live_preview": -1}
    assert requests.post(f"{fake.url}/internal/progress", json=by_task, timeout=5).json() == idle


def test_the_fakes_failed_tasks_stay_as_recorded():
    with FakeAutomatic1111() as fake:
        for failing, after in (
            ("failing_forced_task", "internal_progress_of_failed_task"),
            ("failing_forced_before_start", "internal_progress_of_never_started"),
        ):
            call, look = recorded(PLAIN, failing), recorded(PLAIN, after)
            answer = requests.post(fake.url + call["request"]["path"], json=call["request"]["body"], timeout=5)
            assert (answer.status_code, answer.json()) == (call["status"], call["response"])
            got = requests.post(fake.url + look["request"]["path"], json=look["request"]["body"], timeout=5).json()
            flags = ("active", "queued", "completed", "progress")
            assert [got[flag] for flag in flags] == [look["response"][flag] for flag in flags]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("auth_progress_ok", "me:secret"),
        ("auth_progress_wrong", "me:wrong"),
        ("auth_progress_noauth", None),
    ],
)
def test_the_fakes_auth_answers_as_recorded(name, sent):
    call = recorded(BARE, name)
    with FakeAutomatic1111(webui=False, auth="me:secret") as fake:
        auth = tuple(sent.split(":")) if sent else None
        answer = requests.get(f"{fake.url}/sdapi/v1/progress", auth=auth, timeout=5)
        assert answer.status_code == call["status"]
        assert "WWW-Authenticate" not in answer.headers
        if answer.status_code == 401:
            assert answer.json() == call["response"]
        bare = recorded(BARE, "nowebui_internal_progress")
        probe = requests.post(f"{fake.url}/internal/progress", json={"id_task": "x"}, timeout=5)
        assert (probe.status_code, probe.json()) == (bare["status"], bare["response"])


def test_the_fakes_progress_runs_as_recorded():
    """From 0.01 with `job_count` 1 up by steps, to 0.0 at once when it ends."""
    polls = [poll["progress"]["progress"] for poll in recorded(PLAIN, "progress_timeline_internal")["polls"]]
    expected = [value for value, _ in itertools.groupby(polls) if value]
    painter, got = Painter(step_s=0), []
    state = painter.state
    state.job_count, state.sampling_steps = 1, 8
    for state.sampling_step in range(8):
        got.append(painter.progress(skip_image=True)["progress"])
    assert got == pytest.approx(expected)
    state.job_count = 0
    assert painter.progress(skip_image=True)["progress"] == polls[-1] == 0.0
