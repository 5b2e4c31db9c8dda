import threading

import pytest

from artbot_server.errors import BackendFailed, BadRequest, NotFound, Unavailable
from artbot_server.painting.jobs import JobState
from artbot_server.sd.automatic1111 import Automatic1111
from artbot_server.sd.demo.backend import DemoBackend
from tests.contracts.answering_contract import picture
from tests.painting.house import until
from tests.painting.scripted_backend import ScriptedBackend
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.sd.fake_automatic1111.lists import lora_row


@pytest.fixture
def fake():
    with FakeAutomatic1111(step_s=0.002) as fake:
        yield fake


@pytest.fixture
def questions(house, fake):
    """Of a worker with a web UI `studio` and one with the demo painter."""
    house.work(Automatic1111(url=fake.url, name="studio", poll_s=0.05))
    house.work(DemoBackend(seconds=0.05))
    until(lambda: sum(known.up for known in house.backends.all()) == 2)
    return house.questions


def test_the_backend_that_is_named_answers_whichever_workers_it_is(questions):
    for _ in range(3):
        assert questions.models("studio")[0]["model_name"] == "tiny-a"
        assert questions.models("demo")[0]["model_name"] == "demo painter"


def test_every_list(questions):
    assert "Euler a" in [row["name"] for row in questions.samplers("studio")]
    assert "Karras" in [row["label"] for row in questions.schedulers("studio")]
    assert questions.loras("studio")[0]["path"] == "tiny-lora.safetensors"
    assert questions.embeddings("studio")[0]["name"] == "tiny-emb"
    assert questions.styles("studio")[0]["name"] == "Studio"
    assert questions.upscalers("studio")[0]["name"] == "None"
    assert questions.vaes("studio") == [{"model_name": "tiny.vae.pt", "filename": "tiny.vae.pt"}]


def test_lists_are_refreshed(questions, fake):
    before = questions.offers()
    fake.desk.added["/sdapi/v1/loras"] = [lora_row("new", "new")]
    assert "new" in [row["name"] for row in questions.refresh_loras("studio")]
    assert "new" in [row["name"] for row in questions.offers()["loras"]]
    assert "new" not in [row["name"] for row in before["loras"]]
    assert questions.refresh_models("studio") == questions.models("studio")


def test_what_can_be_chosen_over_all(questions):
    found = questions.offers()
    assert [(each["name"], each["model"]) for each in found["backends"]] == [
        ("demo", "demo painter"), ("studio", "tiny-a"),
    ]  # fmt: skip
    assert [row["model_name"] for row in found["models"]] == ["demo painter", "tiny-a", "tiny-b"]
    assert "DPM fast" not in [row["name"] for row in found["samplers"]]
    assert found["controlnet_models"] == ["control_canny [a5ab0164]"]


def test_one_that_went_away_does_not_hide_the_others(house, questions, fake):
    fake.fault("/sdapi/v1/samplers", (500, b"{}"))
    found = questions.offers()
    assert [row["model_name"] for row in found["models"]] == ["demo painter"]
    assert {each["name"] for each in found["backends"]} == {"demo", "studio"}


def test_settings_and_progress(questions):
    questions.set_options({"show_progress_every_n_steps": 1}, "studio")
    assert questions.options("studio")["show_progress_every_n_steps"] == 1
    assert questions.progress("studio")["state"]["job"] == ""
    with pytest.raises(BadRequest) as caught:
        questions.set_options({"nope": 1}, "studio")
    assert (caught.value.error_code, caught.value.detail["field"], caught.value.status) == (
        "backend_refused",
        "nope",
        400,
    )


def test_controlnets_parts(questions):
    assert questions.controlnet_models("studio") == {"model_list": ["control_canny [a5ab0164]"]}
    assert "canny" in questions.controlnet_modules("studio")["module_detail"]
    assert "Canny" in questions.controlnet_types("studio")["control_types"]
    assert questions.controlnet_version("studio") == {"version": 3}
    assert questions.controlnet_settings("studio") == {"control_net_unit_count": 3}


def test_maps_and_words_of_an_upload(house, questions):
    image_id = house.upload(picture()).id
    [found] = questions.detect("anna", [image_id], "invert", backend="demo")
    assert (found.kind, found.width, found.height) == ("map", 96, 64)
    assert questions.interrogate("anna", image_id, backend="demo") == "a picture in dark blue and white"
    with pytest.raises(NotFound):
        questions.interrogate("ben", image_id, backend="demo")
    with pytest.raises(BackendFailed) as caught:
        questions.interrogate("anna", image_id, backend="studio")
    assert caught.value.status == 502


def test_a_name_nobody_has(questions):
    with pytest.raises(NotFound) as caught:
        questions.models("cellar")
    assert caught.value.detail == {"field": "backend", "allowed": ["demo", "studio"]}


def test_the_first_that_is_up_answers(house):
    house.backends.seen(ScriptedBackend("attic"), None)
    house.work(DemoBackend(seconds=0.05))
    until(lambda: any(known.up for known in house.backends.all()))
    assert house.questions.models()[0]["model_name"] == "demo painter"


def test_a_backend_that_is_down_says_why(house):
    house.work(Automatic1111(url="http://127.0.0.1:9", name="studio"))
    until(house.backends.all)
    for ask in (house.questions.models, house.questions.offers, house.questions.options):
        with pytest.raises(BackendFailed) as caught:
            ask()
        assert (caught.value.error_code, caught.value.status) == ("backend_unreachable", 502)


def test_slow_answers_stop_neither_painting_nor_other_answers(house, questions, fake):
    fake.desk.captions["clip"] = "a square"
    fake.fault("/sdapi/v1/interrogate", "hang")
    image_id = house.upload(picture()).id
    failed = []

    def interrogate():
        with pytest.raises(BackendFailed) as caught:
            house.questions.interrogate("anna", image_id, backend="studio")
        failed.append(caught.value)

    waiting = [threading.Thread(target=interrogate) for _ in range(4)]
    for thread in waiting:
        thread.start()
    until(lambda: len(fake.bodies("/sdapi/v1/interrogate")) == 4)
    assert questions.samplers("studio")
    assert house.upload(picture((32, 32))).width == 32
    assert house.ended(house.submit()).state is JobState.DONE
    assert failed == []
    fake.painter.stopping.set()
    for thread in waiting:
        thread.join()
    assert {error.error_code for error in failed} == {"backend_unreachable"}


def test_without_any_worker(house):
    with pytest.raises(Unavailable):
        house.questions.offers()
