"""The package as a library: painting and asking with no server and no database."""

import base64
import itertools
import re
import subprocess
import sys
from typing import get_args

import pytest

from artbot_server import ArtBotClient, automatic1111, demo_painter
from artbot_server.errors import BackendFailed, BadRequest
from artbot_server.sd.base import Progress, Refreshable, Result
from tests.contracts.answering_contract import opened, picture
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.sd.fake_automatic1111.lists import lora_row
from tests.server import ROOT

SMALL = {"prompt": "a cat", "width": 64, "height": 64, "steps": 3, "seed": 5}


@pytest.fixture
def fake():
    with FakeAutomatic1111(step_s=0.002) as fake:
        yield fake


@pytest.fixture
def client(fake):
    return ArtBotClient(automatic1111(fake.url))


@pytest.fixture(params=["automatic1111", "demo"])
def any_client(request, fake):
    return ArtBotClient(automatic1111(fake.url) if request.param == "automatic1111" else demo_painter(seconds=0.05))


def test_importing_the_package_loads_nothing():
    program = (
        "import sys, artbot_server; print(len([name for name in sys.modules if name.startswith('artbot_server')]))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip() == "1"


def test_the_library_starts_no_server_and_opens_no_database(tmp_path):
    program = (
        "import sys, threading; from artbot_server import ArtBotClient, demo_painter\n"
        "result = ArtBotClient(demo_painter(seconds=0)).text2image({'prompt': 'a cat', 'width': 64, 'height': 64})\n"
        "print(len(result.pictures), threading.active_count(), *({'flask', 'sqlalchemy', 'socketio'} & set(sys.modules)))"
    )
    command, env = [sys.executable, "-c", program], {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env, timeout=60)
    assert (done.stdout.split(), done.stderr) == (["1", "1"], "")
    assert list(tmp_path.iterdir()) == []


def test_what_the_package_has_not_is_an_attribute_error():
    import artbot_server

    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = artbot_server.nonsense


def test_words_become_a_picture(any_client):
    told = []
    result = any_client.text2image(SMALL, on_progress=told.append)
    assert [(each.seed, opened(each.data).size) for each in result.pictures] == [(5, (64, 64))]
    assert "Seed: 5" in result.pictures[0].infotext
    assert told
    assert all(isinstance(each, Progress) for each in told)


def test_a_picture_is_painted_on_whether_bytes_or_base64(any_client):
    data = picture((64, 64))
    for sent in (data, base64.b64encode(data).decode()):
        result = any_client.image2image(SMALL | {"init_images": [sent], "mask": sent, "denoising_strength": 0.5})
        assert opened(result.pictures[0].data).size == (64, 64)


def test_pictures_inside_controlnet_units_are_encoded(client, fake):
    unit = {"module": "canny", "model": "control_canny", "image": picture()}
    result = client.text2image(SMALL | {"alwayson_scripts": {"controlnet": {"args": [unit]}}})
    assert [each.kind for each in result.pictures] == ["picture", "map"]
    sent = fake.bodies("/sdapi/v1/txt2img")[0]["alwayson_scripts"]["controlnet"]["args"][0]["image"]
    assert base64.b64decode(sent) == picture()


def test_step_by_step_to_one_result(any_client):
    *steps, last = any_client.painting("txt2img", SMALL)
    assert isinstance(last, Result)
    assert [each.fraction for each in steps] == sorted(each.fraction for each in steps)


def test_closing_it_interrupts(client, fake):
    painting = client.painting("txt2img", SMALL | {"steps": 5000})
    assert any(each.fraction > 0 for each in itertools.islice(painting, 1000))
    painting.close()
    assert fake.painter.state.interrupted
    assert client.text2image(SMALL).pictures


def test_a_callback_that_raises_interrupts_too(client, fake):
    def stop(progress):
        if progress.fraction > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.text2image(SMALL | {"steps": 5000}, on_progress=stop)
    assert fake.painter.state.interrupted


@pytest.mark.parametrize("asked", ["0d37aea87c", "tiny-b", "tiny-b.safetensors", "tiny-b.safetensors [0d37aea87c]"])
def test_sd_model_hash_picks_the_model_for_one_call(client, fake, asked):
    client.set_options({"sd_model_checkpoint": "tiny-b"})  # a hash is known after the first load
    client.set_options({"sd_model_checkpoint": "tiny-a"})
    assert client.text2image(SMALL | {"sd_model_hash": asked}).model == "tiny-b"
    assert client.text2image(SMALL).model == "tiny-a"
    assert "sd_model_hash" not in fake.bodies("/sdapi/v1/txt2img")[0]


def test_an_unknown_model_is_a_clear_error_and_paints_nothing(any_client, fake):
    with pytest.raises(BadRequest) as caught:
        any_client.text2image(SMALL | {"sd_model_hash": "ffffffffff"})
    assert (caught.value.detail["field"], caught.value.status) == ("sd_model_hash", 400)
    assert fake.bodies("/sdapi/v1/txt2img") == []


def test_models_are_looked_up_by_title_name_and_hash(client):
    row = client.models()[0]
    for asked in (row["title"], row["model_name"], row["hash"], row["sha256"], "tiny-a.safetensors"):
        assert client.find_model(asked) == row
    with pytest.raises(BadRequest, match="did you mean tiny-"):
        client.find_model("tiny-z")


def test_a_field_at_fault_is_named(any_client):
    with pytest.raises(BackendFailed) as caught:
        any_client.text2image(SMALL | {"steps": "many"})
    assert (caught.value.error_code, caught.value.detail["field"]) == ("backend_refused", "steps")


def test_the_connection_is_tried(client, fake):
    assert client.check().loaded_model == "tiny-a"
    assert ArtBotClient(demo_painter()).check().models == ("demo painter",)
    with pytest.raises(BackendFailed) as caught:
        ArtBotClient(automatic1111("http://127.0.0.1:9", name="studio")).check()
    assert (caught.value.error_code, "studio" in caught.value.message) == ("backend_unreachable", True)
    fake.lists.clear()
    with pytest.raises(BackendFailed, match="started with --api"):
        client.check()


def test_a_wrong_password_is_refused_and_a_right_one_taken():
    with FakeAutomatic1111(auth="me:secret") as fake:
        assert ArtBotClient(automatic1111(fake.url, auth="me:secret")).check().samplers
        with pytest.raises(BackendFailed, match="user name or password"):
            ArtBotClient(automatic1111(fake.url, auth="me:wrong")).check()


def test_every_list_and_its_refresh(any_client):
    lists = ("models", "samplers", "schedulers", "loras", "embeddings", "styles", "upscalers", "vaes")
    for name in lists:
        assert getattr(any_client, name)() == any_client.backend.rows(name)
    for name in get_args(Refreshable):
        assert any_client.refresh(name) == any_client.backend.rows(name)
    assert any_client.refresh_models() == any_client.models()


def test_loras_are_really_refreshed(client, fake):
    fake.desk.added["/sdapi/v1/loras"] = [lora_row("new", "new")]
    assert [row["name"] for row in client.loras()] == ["tiny-lora"]
    assert [row["name"] for row in client.refresh_loras()] == ["tiny-lora", "new"]
    assert "/sdapi/v1/refresh-loras" in fake.paths("POST")


def test_settings_and_progress(client):
    client.set_options({"CLIP_stop_at_last_layers": 2})
    assert client.options()["CLIP_stop_at_last_layers"] == 2
    with pytest.raises(BackendFailed) as caught:
        client.set_options({"CLIP_stop_at_last_layers": "two"})
    assert caught.value.detail["field"] == "CLIP_stop_at_last_layers"
    assert client.progress()["progress"] == client.progress(picture=True)["progress"] == 0.0


def test_controlnet(any_client):
    assert isinstance(any_client.controlnet_models(), list)
    assert "canny" in any_client.controlnet_modules()
    assert all("default_option" in each for each in any_client.controlnet_types().values())
    assert any_client.controlnet_version() == any_client.backend.controlnet("version")["version"]
    assert "control_net_unit_count" in any_client.controlnet_settings()
    [found] = any_client.detect([picture((64, 64))], "canny", processor_res=128)
    assert opened(found).size == (128, 128)


def test_another_backend_in_its_place(client):
    client.backend = demo_painter(seconds=0)
    assert client.interrogate(picture()) == "a picture in dark blue and white"
    assert client.text2image(SMALL).model == "demo painter"


def test_the_documents_example_runs(tmp_path):
    [program] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/library.md").read_text(), re.DOTALL)
    command, env = [sys.executable, "-c", program], {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env, timeout=60)
    assert done.stderr == ""
    assert done.stdout.startswith("('demo painter',)\n0%\n")
    sizes = {path.name: opened(path.read_bytes()).size for path in tmp_path.iterdir()}
    assert sizes == {"fox.png": (256, 256), "dusk.png": (512, 512), "edges.png": (256, 256)}


def test_every_method_stands_in_the_document():
    methods = {name for name in vars(ArtBotClient) if not name.startswith("_")}
    text = (ROOT / "docs/library.md").read_text()
    assert {name for name in methods if f"`{name}(" not in text} == set()
