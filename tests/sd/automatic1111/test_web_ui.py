"""Questions to the web UI over HTTP, with everything it may lack or do wrong."""

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111 import Automatic1111
from artbot_server.sd.base import Detection
from tests.contracts.answering_contract import opened, picture
from tests.sd.automatic1111.painting import LONG, failure, paint, payload, somebody_else, wait_until
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.sd.fake_automatic1111.lists import CHECKPOINTS, MODULES, lora_row


def refused(ask) -> BackendFailed:
    with pytest.raises(BackendFailed) as caught:
        ask()
    return caught.value


def test_the_whole_of_its_lists(backend):
    assert [row["model_name"] for row in backend.rows("models")] == list(CHECKPOINTS)
    assert backend.rows("models")[0]["title"] == "tiny-a.safetensors [3558b431d3]"
    assert backend.rows("samplers")[0] == {
        "name": "DPM++ 2M", "aliases": ["k_dpmpp_2m"], "options": {"scheduler": "karras"},
    }  # fmt: skip
    assert backend.rows("loras") == [lora_row("tiny-lora", "cat-lora")]
    assert [(row["name"], row["skipped"]) for row in backend.rows("embeddings")] == [
        ("tiny-emb", False), ("wrong-size-emb", True),
    ]  # fmt: skip
    assert backend.rows("styles")[0]["name"] == "Studio"
    assert backend.rows("vaes")[0]["model_name"] == "tiny.vae.pt"


def test_lists_an_older_server_has_not_are_empty(fake, backend):
    for path in ("schedulers", "embeddings", "sd-vae"):
        del fake.lists[f"/sdapi/v1/{path}"]
    assert [backend.rows(name) for name in ("schedulers", "embeddings", "vaes")] == [[], [], []]


def test_forge_lists_modules_in_the_place_of_vaes(fake, backend):
    del fake.lists["/sdapi/v1/sd-vae"]
    fake.lists["/sdapi/v1/sd-modules"] = [{"model_name": "ae.safetensors", "filename": "C:\\ae.safetensors"}]
    assert [row["model_name"] for row in backend.rows("vaes")] == ["ae.safetensors"]


@pytest.mark.parametrize(
    ("name", "path", "named_by"),
    [("loras", "loras", "name"), ("models", "sd-models", "model_name"), ("vaes", "sd-vae", "model_name")],
)
def test_a_refresh_brings_what_was_added_on_its_disk(fake, backend, name, path, named_by):
    new = dict.fromkeys(("title", "filename", "hash", "sha256", "config"), "new.pt") | {named_by: "new"}
    fake.desk.added[f"/sdapi/v1/{path}"] = [new]
    assert "new" not in [row[named_by] for row in backend.rows(name)]
    backend.refresh(name)
    assert "new" in [row[named_by] for row in backend.rows(name)]
    assert any(where.startswith("/sdapi/v1/refresh-") for where in fake.paths("POST"))


def test_a_refreshed_lora_can_be_painted_with_at_once(fake, backend):
    assert failure(backend, prompt="a cat <lora:new:1>").detail["field"] == "prompt"
    fake.desk.added["/sdapi/v1/loras"] = [lora_row("new", "new")]
    backend.refresh("loras")
    assert paint(backend, prompt="a cat <lora:new:1>").pictures


def test_options_are_read_and_set(fake, backend):
    backend.set_options({"show_progress_every_n_steps": 1, "sd_model_checkpoint": "tiny-b.safetensors"})
    assert fake.bodies("/sdapi/v1/options") == [{"show_progress_every_n_steps": 1, "sd_model_checkpoint": "tiny-b"}]
    assert backend.options()["show_progress_every_n_steps"] == 1
    assert backend.abilities().loaded_model == "tiny-b"


def test_an_option_of_a_wrong_type_is_never_sent(fake, backend):
    assert refused(lambda: backend.set_options({"CLIP_stop_at_last_layers": "two"})).whose_fault == "client"
    assert fake.bodies("/sdapi/v1/options") == []


def test_options_that_somebody_else_broke_are_told_as_that(fake, backend):
    fake.painter.options["CLIP_stop_at_last_layers"] = "two"
    for ask in (backend.options, lambda: backend.set_options({"samples_format": "png"})):
        error = refused(ask)
        assert error.whose_fault == "server"
        assert "cannot be read" in error.message
    assert fake.bodies("/sdapi/v1/options") == []


def test_progress_is_of_whoever_paints_and_with_a_preview_where_it_is_asked_for(fake, backend):
    fake.painter.options["show_progress_every_n_steps"] = 1
    with somebody_else(fake, steps=60):
        wait_until(lambda: backend.progress(picture=True)["current_image"])
        told = backend.progress()
        assert (told["current_image"], told["state"]["sampling_steps"]) == (None, 60)
        assert 0 < told["progress"] < 1


def test_questions_are_answered_while_it_paints(backend):
    painting = backend.paint(payload(**LONG), "job-9")
    next(painting)
    assert backend.rows("samplers")
    assert backend.options()
    assert backend.detect(Detection((picture(),), "canny"))
    painting.close()


def test_without_controlnet_it_says_so():
    with FakeAutomatic1111(controlnet=False) as fake:
        backend = Automatic1111(url=fake.url)
        for ask in (
            lambda: backend.controlnet("version"),
            lambda: backend.controlnet("models"),
            lambda: backend.detect(Detection((picture(),), "canny")),
        ):
            error = refused(ask)
            assert (error.error_code, error.detail["field"]) == ("backend_refused", "controlnet")
            assert "no ControlNet" in error.message


def test_controlnets_answers_come_as_they_are(backend):
    assert backend.controlnet("models") == {"model_list": ["control_canny [a5ab0164]"]}
    assert backend.controlnet("modules")["module_list"] == list(MODULES)
    assert backend.controlnet("types")["control_types"]["Canny"]["default_option"] == "canny"
    assert backend.controlnet("version") == {"version": 3}
    assert backend.controlnet("settings") == {"control_net_unit_count": 3}


def test_a_module_chooses_its_own_size_where_none_is_asked(fake, backend):
    [found] = backend.detect(Detection((picture(),), "canny"))
    assert opened(found).size == (768, 512)
    sent = fake.bodies("/controlnet/detect")[0]
    assert sent["controlnet_processor_res"] == sent["controlnet_threshold_a"] == sent["controlnet_threshold_b"] == -1


@pytest.mark.parametrize(
    ("module", "fault"), [("ip-adapter-auto", "client"), ("inpaint_only", "client"), ("openpose", "backend")]
)
def test_modules_that_make_no_map_are_a_failure(backend, module, fault):
    error = refused(lambda: backend.detect(Detection((picture(),), module)))
    assert error.whose_fault == fault


@pytest.mark.parametrize("model", ["clip", "deepdanbooru"])
def test_interrogators_without_their_weights_are_a_failure_of_the_backend(backend, model):
    error = refused(lambda: backend.interrogate(picture(), model))
    assert (error.error_code, error.whose_fault, error.detail["retry"]) == ("backend_failed", "backend", False)


def test_both_interrogators(fake, backend):
    fake.desk.captions |= {"clip": "a cat on a sofa, by Anna", "deepdanbooru": "cat, sofa"}
    assert backend.interrogate(picture()) == "a cat on a sofa, by Anna"
    assert backend.interrogate(picture(), "deepdanbooru") == "cat, sofa"


def test_a_server_that_is_away(fake):
    backend = Automatic1111(url="http://127.0.0.1:9", name="studio")
    for ask in (lambda: backend.rows("models"), backend.options, backend.progress, lambda: backend.refresh("loras")):
        error = refused(ask)
        assert error.error_code == "backend_unreachable"
        assert "studio" in error.message


def test_a_wrong_password_is_said():
    with FakeAutomatic1111(auth="me:secret") as fake:
        backend = Automatic1111(url=fake.url, auth="me:wrong")
        assert "ARTBOT_SD_AUTH" in refused(lambda: backend.rows("models")).message
