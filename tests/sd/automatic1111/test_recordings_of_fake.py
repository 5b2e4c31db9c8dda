"""The fake web UI held against recorded calls. Collected only where these are."""

import itertools
import json

import pytest
import requests

from artbot_server.painting.infotext import parse
from artbot_server.sd.automatic1111.pictures import decode
from tests.sd.automatic1111.conftest import RECORDINGS
from tests.sd.automatic1111.recorded import recorded
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.sd.fake_automatic1111.painter import Painter

PLAIN, NETS, BARE = (RECORDINGS / name for name in ("a1111", "a1111-controlnet", "a1111-nowebui-auth"))


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
        file, recorded_file = decode(image), decode(recorded_image)
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
    "name",
    ["samplers", "schedulers", "sd-models", "sd-vae", "loras", "upscalers", "scripts", "prompt-styles", "embeddings"],
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


@pytest.mark.parametrize("part", ["model_list", "module_list", "control_types", "version", "settings"])
def test_the_fakes_controlnet_lists_have_the_recorded_shape(fake, part):
    expected = recorded(NETS, f"get_controlnet_{part}")["response"]
    assert _shape(requests.get(f"{fake.url}/controlnet/{part}", timeout=5).json()) == _shape(expected)


def _shape(value):
    """Keys and types three levels deep; names of modules and types are one and the same."""
    if isinstance(value, list):
        return {str(_shape(each)) for each in value if not isinstance(each, list)}
    if not isinstance(value, dict):
        return type(value)
    named = "none" in value or "Canny" in value
    return [_shape(value.get("canny", value.get("Canny")))] if named else {key: _shape(value[key]) for key in value}


ANSWERED = [
    (PLAIN, "post_refresh-checkpoints"),
    (PLAIN, "post_refresh-loras"),
    (PLAIN, "post_refresh-vae"),
    (PLAIN, "post_refresh-embeddings"),
    (PLAIN, "interrogate_clip"),
    (PLAIN, "interrogate_default_model"),
    (PLAIN, "interrogate_deepdanbooru"),
    (PLAIN, "interrogate_unknown"),
    (PLAIN, "interrogate_noimage"),
    (PLAIN, "options_empty"),
    (PLAIN, "options_unknown_key"),
    (PLAIN, "options_unknown_checkpoint"),
    (PLAIN, "options_not_object"),
    (NETS, "detect_unknown"),
    (NETS, "detect_noimage"),
    (NETS, "detect_empty"),
    (NETS, "detect_bad_image"),
    (NETS, "detect_inpaint_no_mask"),
    (NETS, "detect_ip_adapter"),
    (NETS, "detect_openpose"),
]


@pytest.mark.parametrize(("folder", "name"), ANSWERED, ids=lambda value: str(value)[-30:])
def test_the_fake_answers_questions_as_recorded(fake, folder, name):
    call = recorded(folder, name)
    answer = requests.post(fake.url + call["request"]["path"], json=call["request"]["body"], timeout=10)
    assert (answer.status_code, answer.json()) == (call["status"], call["response"])


@pytest.mark.parametrize(
    "name", ["detect_canny", "detect_canny_defaults", "detect_canny_dataurl", "detect_two", "detect_none"]
)
def test_the_fake_detects_as_recorded(fake, name):
    call = recorded(NETS, name)
    got = requests.post(fake.url + call["request"]["path"], json=call["request"]["body"], timeout=10).json()
    assert got["info"] == call["response"]["info"]
    sizes = [
        [(file.width, file.height) for file in map(decode, answer["images"])] for answer in (got, call["response"])
    ]
    assert sizes[0] == sizes[1]


def test_an_option_of_a_wrong_type_breaks_the_fake_as_recorded():
    with FakeAutomatic1111() as fake:
        for name in ("options_wrong_type", "options_after_wrong_type"):
            call = recorded(PLAIN, name)
            method, path = call["request"]["method"], call["request"]["path"]
            answer = requests.request(method, fake.url + path, json=call["request"]["body"], timeout=5)
            assert (answer.status_code, answer.json()) == (call["status"], call["response"])


def as_the_fakes(value):
    """A recording's names of models and the like, as the fake's are."""
    text = json.dumps(value).replace("tiny-random-", "tiny-").replace("tiny-vae.safetensors", "tiny.vae.pt")
    return json.loads(text)


SAID = [
    ("txt2img_subseed", ("Variation seed", "Variation seed strength")),
    ("refiner", ("Refiner", "Refiner switch at")),
    ("txt2img_hires", ("Denoising strength", "Hires upscale", "Hires steps", "Hires upscaler")),
    ("txt2img_lora", ("Lora hashes",)),
    ("txt2img_embedding", ("TI hashes",)),
    ("txt2img_override_vae", ("VAE",)),
    ("txt2img_override_clipskip", ("Clip skip",)),
    ("face_restore", ("Face restoration",)),
    ("img2img_mask", ("Denoising strength", "Mask blur")),
    ("img2img_mask_fullres", ("Mask blur", "Inpaint area", "Masked area padding")),
    ("img2img_mask_inverted", ("Mask mode", "Inpaint area", "Masked area padding", "Masked content")),
]


@pytest.mark.parametrize(("name", "keys"), SAID)
def test_the_fakes_texts_say_what_the_recorded_ones_say(fake, name, keys):
    call = as_the_fakes(recorded(PLAIN, name))
    answer = requests.post(fake.url + call["request"]["path"], json=call["request"]["body"], timeout=10).json()
    got, expected = (parse(json.loads(each["info"])["infotexts"][0]).fields for each in (answer, call["response"]))
    assert {key: got[key] for key in keys} == {key: expected[key] for key in keys}
    order = [key for key in expected if key in got and key not in ("VAE hash",)]
    assert [key for key in got if key in expected] == order


@pytest.mark.parametrize("name", ["extra-single-image", "extra-single-image_unknown", "extra-single-image_bad"])
def test_the_fakes_extras_answer_as_recorded(fake, name):
    call = recorded(PLAIN, name)
    answer = requests.post(fake.url + call["request"]["path"], json=call["request"]["body"], timeout=10)
    got, expected = answer.json(), call["response"]
    assert answer.status_code == call["status"]
    if call["status"] != 200:
        assert got == expected
        return
    assert got["html_info"] == expected["html_info"]
    file, recorded_file = decode(got["image"]), decode(expected["image"])
    assert (file.width, file.height, file.text) == (recorded_file.width, recorded_file.height, recorded_file.text)


def test_an_option_that_is_not_saved_stays_changed_as_recorded(fake):
    body = as_the_fakes(recorded(PLAIN, "txt2img_override_vae")["request"]["body"])
    requests.post(f"{fake.url}/sdapi/v1/txt2img", json=body, timeout=10)
    assert requests.get(f"{fake.url}/sdapi/v1/options", timeout=5).json()["sd_vae"] == "tiny.vae.pt"
    later = as_the_fakes(recorded(PLAIN, "txt2img_override_clipskip")["response"]["info"])
    assert "VAE: tiny.vae.pt" in later  # of a later recorded call that asked for no VAE
