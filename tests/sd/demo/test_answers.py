"""What the demo painter says of itself; the contract does the rest."""

import base64

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.base import Payload, Progress
from artbot_server.sd.demo.backend import DemoBackend
from tests.contracts.answering_contract import opened, picture


def test_it_has_one_model_and_nothing_to_load():
    backend = DemoBackend()
    assert [row["title"] for row in backend.rows("models")] == ["demo painter"]
    assert [backend.rows(name) for name in ("loras", "embeddings", "styles", "upscalers", "vaes")] == [[]] * 5
    assert backend.controlnet("models") == {"model_list": []}
    assert backend.controlnet("settings") == {"control_net_unit_count": 0}


def test_schedulers_have_names_and_labels():
    rows = {row["label"]: row["name"] for row in DemoBackend().rows("schedulers")}
    assert rows["Align Your Steps"] == "align_your_steps"


def test_the_preview_of_a_running_job_stays_until_its_end():
    backend = DemoBackend(seconds=1.2)
    payload = Payload("txt2img", {"prompt": "a boat", "width": 128, "height": 64, "steps": 8})
    shown = []
    for said in backend.paint(payload, "t-1"):
        if isinstance(said, Progress):
            shown.append(backend.progress(picture=True)["current_image"])
            assert backend.progress()["current_image"] is None
    assert shown[-1] is not None
    assert opened(base64.b64decode(shown[-1])).width > 0
    assert backend.progress(picture=True)["current_image"] is None


def test_a_closed_job_is_no_longer_told():
    backend = DemoBackend(seconds=5)
    painting = backend.paint(Payload("txt2img", {"prompt": "a boat", "width": 64, "height": 64}), "t-1")
    next(painting)
    assert backend.progress()["state"]["job"] == "paint"
    painting.close()
    assert backend.progress()["state"]["job"] == ""


def test_what_it_cannot_do_is_said_with_what_it_can():
    backend = DemoBackend()
    for ask, field, allowed in (
        (lambda: backend.interrogate(picture(), "deepdanbooru"), "model", ["clip"]),
        (lambda: backend.set_options({"sd_model_checkpoint": "x"}), "sd_model_checkpoint", ["demo painter"]),
    ):
        with pytest.raises(BackendFailed) as caught:
            ask()
        assert (caught.value.detail["field"], caught.value.detail["allowed"]) == (field, allowed)
