"""The backend against the fake web UI: what it offers and paints, progress, faults, and what 200 hides."""

import base64
import json
import socket

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111 import Automatic1111
from artbot_server.sd.base import Progress, Result, Substitution
from tests.sd.automatic1111.painting import (
    INTERRUPT,
    LONG,
    PROGRESS,
    TXT2IMG,
    failure,
    paint,
    payload,
    somebody_else,
    wait_until,
)
from tests.sd.automatic1111.samples import IMAGE, unit
from tests.sd.fake_automatic1111 import FakeAutomatic1111

# who it is and what it offers


def test_is_named_by_host_and_port():
    backend = Automatic1111(url="http://me:secret@10.0.0.7:7860/")
    assert backend.name == "10.0.0.7:7860"
    assert (backend.kind, backend.demo) == ("automatic1111", False)
    assert Automatic1111(url="http://10.0.0.7:7860", name="attic").name == "attic"


@pytest.mark.parametrize("form", ["auth", "url"])
def test_credentials_come_as_a_setting_or_in_the_address(form):
    with FakeAutomatic1111(auth="me:se:cr@t") as fake:
        if form == "auth":
            backend = Automatic1111(url=fake.url, auth="me:se:cr@t", poll_s=0.03)
        else:
            backend = Automatic1111(url=fake.url.replace("//", "//me:se%3Acr%40t@"), poll_s=0.03)
        assert paint(backend).pictures
    assert "se" not in backend.name


def test_wrong_credentials():
    with FakeAutomatic1111(auth="me:secret") as fake:
        error = failure(Automatic1111(url=fake.url, auth="me:wrong"))
    assert "ARTBOT_SD_AUTH" in error.message
    assert error.whose_fault == "server"


def test_lists_are_asked_once_for_many_jobs(backend, fake):
    for attempt in ("a-1", "b-1"):
        paint(backend, attempt)
    assert fake.paths("GET").count("/sdapi/v1/samplers") == 1


def test_a_name_that_is_not_in_the_lists_is_looked_up_again(backend, fake):
    paint(backend)
    fake.lists["/sdapi/v1/loras"] = [{"name": "new", "alias": "new"}]
    assert paint(backend, "job-2", prompt="<lora:new:1>").pictures
    assert "did you mean 'new'" in failure(backend, "job-3", prompt="<lora:New:1>").message


def test_the_loaded_model_is_told(backend, fake):
    assert backend.abilities().loaded_model == "tiny-a"
    fake.painter.options["sd_model_checkpoint"] = "tiny-b.safetensors"
    assert backend.abilities().loaded_model == "tiny-b"


def test_a_server_without_controlnet():
    with FakeAutomatic1111(controlnet=False) as fake:
        backend = Automatic1111(url=fake.url)
        assert backend.abilities().controlnet_models == ()
        assert "no ControlNet" in failure(backend, alwayson_scripts={"controlnet": unit()}).message


def test_options_that_cannot_be_read_do_not_stop_painting(backend, fake):
    fake.fault("/sdapi/v1/options", (500, b'{"error":"ValidationError","detail":"","errors":"x"}'))
    assert backend.abilities().loaded_model is None
    assert paint(backend).pictures


@pytest.mark.parametrize("broken", [b"[5]", b"{}", b'[{"title":"x"}]'])
def test_lists_that_cannot_be_understood(backend, fake, broken):
    fake.fault("/sdapi/v1/sd-models", (200, broken if broken != b"{}" else b"7"))
    with pytest.raises(BackendFailed, match="lists") as caught:
        backend.abilities()
    assert caught.value.detail["retry"] is True


def test_something_else_on_that_port(backend, fake):
    fake.fault("/sdapi/v1/samplers", (404, b'{"detail":"Not Found"}'))
    error = failure(backend)
    assert "--api" in error.message
    assert error.detail["retry"] is False


# what is painted


def test_the_article_s_template_is_painted_as_it_stands(backend, fake):
    fields = {
        "sampler_index": "DPM++ SDE Karras",
        "batch_size": 4,
        "n_iter": 1,
        "eta": 1,
        "script_args": [],
        "seed": -1,
    }
    result = paint(backend, **fields)
    assert result.substituted == ()
    assert len({picture.seed for picture in result.pictures}) == 4
    [sent] = fake.bodies(TXT2IMG)
    assert sent["force_task_id"] == "job-1"
    assert "sampler_name" not in sent
    assert "Sampler: DPM++ SDE, Schedule type: Karras" in result.pictures[0].infotext


def test_img2img_is_painted(backend, fake):
    result = paint(backend, mode="img2img", init_images=[IMAGE], denoising_strength=0.5)
    assert [picture.kind for picture in result.pictures] == ["picture"]
    assert fake.bodies("/sdapi/v1/img2img")[0]["init_images"] == [IMAGE]


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_every_file_format(backend, fake, kind):
    fake.painter.options["samples_format"] = kind
    [picture] = paint(backend, prompt="一只猫").pictures
    assert picture.seed == 5
    assert picture.infotext.startswith("一只猫")


def test_a_checkpoint_of_its_own(backend):
    result = paint(backend, override_settings={"sd_model_checkpoint": "tiny-b.safetensors"})
    assert result.model == "tiny-b"
    assert result.substituted == ()


def test_controlnets_maps_come_along(backend):
    result = paint(backend, batch_size=2, alwayson_scripts={"ControlNet": {"args": [unit()]}})
    assert [picture.kind for picture in result.pictures] == ["picture", "picture", "map"]


def test_a_unit_that_failed_without_a_sign_is_told(backend):
    broken = unit(image=base64.b64encode(b"no picture").decode())
    result = paint(backend, alwayson_scripts={"ControlNet": {"args": [broken]}})
    assert result.substituted == (Substitution("alwayson_scripts.controlnet", 1, 0),)


def test_a_grid_is_set_apart(backend, fake):
    def with_grid(answer):
        info = json.loads(answer["info"])
        info |= {"index_of_first_image": 1, "infotexts": [info["infotexts"][0], *info["infotexts"]]}
        return answer | {"images": [IMAGE, *answer["images"]], "info": json.dumps(info)}

    fake.change = with_grid
    result = paint(backend, batch_size=2)
    assert [(picture.kind, picture.seed) for picture in result.pictures] == [
        ("picture", 5),
        ("picture", 6),
        ("grid", None),
    ]


def test_a_sampler_that_went_away_after_the_check_is_told(backend, fake):
    paint(backend)
    fake.change = lambda answer: answer | {"info": answer["info"].replace('"Euler a"', '"DPM++ 2M"')}
    result = paint(backend, "job-2", sampler_name="Euler a")
    assert result.substituted == (Substitution("sampler_name", "Euler a", "DPM++ 2M"),)


def test_no_option_of_the_server_is_changed(backend, fake):
    before = dict(fake.painter.options)
    paint(backend)
    assert fake.painter.options == before
    assert "/sdapi/v1/options" not in fake.paths("POST")
    assert fake.bodies(TXT2IMG)[0]["override_settings"] == {}


# progress


@pytest.mark.parametrize("webui", [True, False])
def test_steps_and_previews_are_told_with_and_without_task_names(webui):
    with FakeAutomatic1111(webui=webui, step_s=0.02) as fake:
        fake.painter.options["show_progress_every_n_steps"] = 1
        told = list(Automatic1111(url=fake.url, poll_s=0.03).paint(payload(steps=25, n_iter=2), "job-1"))[:-1]
    assert {progress.steps for progress in told if progress.steps} == {50}
    assert [p.step for p in told if p.steps] == sorted(p.step for p in told if p.steps)
    previews = [progress.preview for progress in told if progress.preview]
    assert len(previews) >= 2
    assert len(set(previews)) == len(previews)
    assert len(previews) < len([progress for progress in told if progress.step])


@pytest.mark.alone
def test_while_others_are_at_work_there_is_no_progress_of_ours(fake):
    for webui in (True, False):
        fake.webui = webui
        backend = Automatic1111(url=fake.url, poll_s=0.02)
        with somebody_else(fake, f"theirs-{webui}", steps=20):
            painting = backend.paint(payload(steps=15), f"ours-{webui}-1")
            told = []
            for item in painting:
                told.append((item, fake.painter.current_task))
            waiting = [item for item, task in told if task == f"theirs-{webui}" and isinstance(item, Progress)]
            assert waiting
            assert all(progress == Progress(0.0) for progress in waiting)
            assert any(isinstance(item, Progress) and item.fraction > 0 for item, _ in told)


def test_progress_is_told_while_the_server_is_slow_to_tell_any(fake):
    fake.painter.step_s = 0.05
    fake.fault("/internal/progress", "pass", "hang")
    told = list(Automatic1111(url=fake.url, poll_s=0.03).paint(payload(steps=16), "job-1"))
    assert len(told) >= 3
    assert isinstance(told[-1], Result)


# faults


@pytest.mark.parametrize(
    ("fault", "code", "retry"),
    [
        ("close", "backend_unreachable", True),
        ("cut", "backend_unreachable", True),
        ((200, b"{"), "backend_failed", True),
        ((200, b"<html>login</html>"), "backend_failed", True),
        ((200, b'{"images":[],"info":"{}"}'), "backend_failed", True),
        ((200, b'{"images":["zzz"],"info":"{\\"infotexts\\":[\\"\\"]}"}'), "backend_failed", True),
        ((200, b"null"), "backend_failed", True),
        ((500, b"Internal Server Error"), "backend_failed", True),
        ((500, b'{"error":"OutOfMemoryError","detail":"","errors":"CUDA out of memory"}'), "backend_failed", False),
        ((500, b'{"error":"ZeroDivisionError","detail":"","errors":"by zero"}'), "backend_refused", False),
        ((502, b"<html></html>"), "backend_unreachable", True),
    ],
)
def test_faults_of_the_server(backend, fake, fault, code, retry):
    fake.fault(TXT2IMG, fault)
    error = failure(backend)
    assert (error.error_code, error.detail["retry"]) == (code, retry)
    assert len(error.message) <= 300
    assert INTERRUPT not in fake.paths("POST")
    fake.fault(TXT2IMG, "drip")
    assert paint(backend, "job-2").pictures


def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        backend = Automatic1111(url=f"http://127.0.0.1:{free.getsockname()[1]}")
    assert failure(backend).error_code == "backend_unreachable"


def test_progress_that_cannot_be_fetched_for_too_long(fake):
    backend = Automatic1111(url=fake.url, poll_s=0.02, silence_s=0.2)
    fake.fault("/internal/progress", "pass", (500, b"no"), (200, b"[]"))
    error = failure(backend, **LONG)
    assert error.error_code == "backend_timeout"
    assert error.detail["retry"] is True
    assert "0.2 s" in error.message


def test_a_job_that_takes_too_long_is_ended(fake):
    backend = Automatic1111(url=fake.url, poll_s=0.02, limit_s=0.2)
    assert failure(backend, **LONG).error_code == "backend_timeout"
    wait_until(lambda: not fake.painter.state.job)
    assert fake.painter.state.interrupted


@pytest.mark.parametrize("fault", ["hang", "stall", "trickle"])
def test_a_job_without_progress_is_given_up(fake, fault):
    backend = Automatic1111(url=fake.url, poll_s=0.02, stall_s=0.3)
    fake.fault(TXT2IMG, fault)
    error = failure(backend)
    assert (error.error_code, error.detail["retry"]) == ("backend_timeout", True)
    assert "no progress for 0.3 s" in error.message


def test_a_job_that_goes_on_slowly_is_not_given_up(fake):
    fake.painter.step_s = 0.15
    assert paint(Automatic1111(url=fake.url, poll_s=0.02, stall_s=0.5), steps=8).pictures  # 1.2 s in all


def test_a_wait_for_the_servers_other_jobs_is_no_stall(fake):
    fake.painter.step_s = 0.1
    with somebody_else(fake, steps=12):
        assert paint(Automatic1111(url=fake.url, poll_s=0.02, stall_s=0.5), steps=1).pictures


def test_a_server_that_never_answers(fake):
    backend = Automatic1111(url=fake.url, poll_s=0.02, limit_s=0.2)
    fake.fault(TXT2IMG, "hang")
    assert failure(backend).error_code == "backend_timeout"


def test_progress_that_is_none_before_the_start(backend, fake):
    fake.fault(PROGRESS, (200, b"[]"))
    assert "progress" in failure(backend).message
    assert TXT2IMG not in fake.paths("POST")
