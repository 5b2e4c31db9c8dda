"""What every backend must answer beside painting: subclass `AnsweringContract` and give it a `backend` fixture."""

import base64
import io
from typing import get_args

import pytest
from PIL import Image

from artbot_server.errors import BackendFailed
from artbot_server.sd.base import Backend, Detection, ListName, Payload, Progress, Refreshable

NAMED_BY = {"models": "model_name", "vaes": "model_name"}
KEYS = {
    "models": {"title", "model_name", "hash", "sha256", "filename", "config"},
    "samplers": {"name", "aliases", "options"},
    "schedulers": {"name", "label", "aliases", "default_rho", "need_inner_model"},
    "loras": {"name", "alias", "path", "metadata"},
    "embeddings": {"name", "skipped", "shape", "vectors"},
    "styles": {"name", "prompt", "negative_prompt"},
    "upscalers": {"name", "model_name", "model_path", "model_url", "scale"},
    "vaes": {"model_name", "filename"},
}


def picture(size=(96, 64), colour="navy") -> bytes:
    """Dark, with a white square in it."""
    image = Image.new("RGB", size, colour)
    image.paste("white", (size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


def refusal(ask) -> BackendFailed:
    """The error of a question that is at fault."""
    with pytest.raises(BackendFailed) as caught:
        ask()
    error = caught.value
    assert (error.error_code, error.whose_fault, error.detail["retry"]) == ("backend_refused", "client", False)
    return error


class AnsweringContract:
    @pytest.fixture
    def backend(self) -> Backend:
        raise NotImplementedError

    @pytest.mark.parametrize("name", get_args(ListName))
    def test_its_lists_are_in_a1111s_shapes(self, backend, name):
        rows = backend.rows(name)
        assert all(set(row) >= KEYS[name] for row in rows)
        names = [row[NAMED_BY.get(name, "name")] for row in rows]
        assert all(names)
        assert len(set(names)) == len(names)

    def test_its_lists_agree_with_its_abilities(self, backend):
        abilities = backend.abilities()
        assert tuple(row["name"] for row in backend.rows("samplers")) == abilities.samplers
        assert tuple(row["label"] for row in backend.rows("schedulers")) == abilities.schedulers
        assert tuple(row["model_name"] for row in backend.rows("models")) == abilities.models
        assert tuple(each.name for each in abilities.checkpoints) == abilities.models
        assert tuple(row["name"] for row in backend.rows("styles")) == abilities.styles

    @pytest.mark.parametrize("name", get_args(Refreshable))
    def test_a_refreshed_list_is_still_one(self, backend, name):
        before = backend.rows(name)
        assert backend.refresh(name) is None
        assert backend.rows(name) == before

    def test_its_settings_name_its_model(self, backend):
        loaded = backend.abilities().loaded_model
        [checkpoint] = [each for each in backend.abilities().checkpoints if each.name == loaded]
        assert checkpoint.goes_by(backend.options()["sd_model_checkpoint"])

    def test_a_setting_may_be_set_to_what_it_is(self, backend):
        before = backend.options()
        backend.set_options({"samples_format": before["samples_format"]})
        assert backend.options() == before

    @pytest.mark.parametrize(
        ("name", "value"), [("no_such_setting", 1), ("samples_format", 5), ("sd_model_checkpoint", "nope")]
    )
    def test_a_wrong_setting_is_refused_by_name_and_changes_nothing(self, backend, name, value):
        before = backend.options()
        assert refusal(lambda: backend.set_options({name: value})).detail["field"] == name
        assert backend.options() == before

    def test_progress_is_nought_when_idle(self, backend):
        told = backend.progress(picture=True)
        assert set(told) == {"progress", "eta_relative", "state", "current_image", "textinfo"}
        assert (told["progress"], told["state"]["job"], told["current_image"]) == (0.0, "", None)

    def test_progress_is_told_to_anybody_while_it_paints(self, backend):
        payload = Payload("txt2img", {"prompt": "a boat", "width": 128, "height": 64, "steps": 120, "seed": 7})
        painting = backend.paint(payload, "answers-1")
        seen = [backend.progress() for said in painting if isinstance(said, Progress) and said.fraction > 0]
        assert all(0 <= told["progress"] <= 1 for told in seen)
        assert max(told["progress"] for told in seen) > 0
        assert max(told["state"]["sampling_steps"] for told in seen) == 120
        assert all(told["current_image"] is None for told in seen)
        assert backend.progress()["progress"] == 0.0

    def test_controlnet_in_its_own_words(self, backend):
        assert all(isinstance(name, str) for name in backend.controlnet("models")["model_list"])
        modules = backend.controlnet("modules")
        assert set(modules["module_detail"]) == set(modules["module_list"]) >= {"none", "canny"}
        assert all(set(detail) == {"model_free", "sliders"} for detail in modules["module_detail"].values())
        for kind in backend.controlnet("types")["control_types"].values():
            assert set(kind) == {"module_list", "model_list", "default_option", "default_model"}
        assert isinstance(backend.controlnet("version")["version"], int)
        assert backend.controlnet("settings")["control_net_unit_count"] >= 0

    def test_a_map_has_the_size_asked(self, backend):
        [found] = backend.detect(Detection((picture((128, 128)),), "canny", processor_res=256))
        assert opened(found).size == (256, 256)

    def test_one_map_for_each_picture(self, backend):
        pictures = (picture(), picture((64, 64)))
        assert [opened(each).size for each in backend.detect(Detection(pictures, "invert"))] == [(96, 64), (64, 64)]

    def test_an_unknown_module_is_refused_with_the_list(self, backend):
        error = refusal(lambda: backend.detect(Detection((picture(),), "nope")))
        assert error.detail["field"] == "module"
        assert "canny" in error.detail["allowed"]

    def test_what_is_no_picture_is_refused(self, backend):
        refusal(lambda: backend.detect(Detection((b"hello",), "canny")))

    def test_an_unknown_interrogator_is_refused(self, backend):
        error = refusal(lambda: backend.interrogate(picture(), "nope"))
        assert error.detail["field"] == "model"
        assert "clip" in error.detail["allowed"]

    def test_a_picture_is_told_in_words(self, backend):
        words = backend.interrogate(picture())
        assert words == words.strip() != ""
        assert not words.startswith("<")
        assert base64.b64encode(picture()).decode()[:20] not in words
