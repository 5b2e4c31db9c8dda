"""What backends are asked beside painting, over HTTP and the socket: a web UI and the demo painter behind one server."""

import io

import pytest
import requests
from PIL import Image

from tests.contracts.answering_contract import picture
from tests.e2e.client import Client
from tests.e2e.test_http import refusal, upload
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.sd.fake_automatic1111.lists import lora_row
from tests.server import RunningServer, wait_until

OPERATOR = {"X-Artbot-Operator": "boss"}


@pytest.fixture(scope="module")
def fake():
    with FakeAutomatic1111(step_s=0.01) as fake:
        yield fake


@pytest.fixture(scope="module")
def studio(fake):
    return fake.url.removeprefix("http://")


@pytest.fixture(scope="module")
def server(fake, tmp_path_factory):
    settings = {"ARTBOT_SD_URL": f"{fake.url},demo:", "ARTBOT_OPERATOR_KEY": "boss"}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        running.wait_for_worker()
        wait_until(lambda: len([each for each in backends(running) if each["up"]]) == 2)
        yield running


@pytest.fixture(scope="module")
def mine(server):
    """Who sent a picture, and its id."""
    sent = upload(server, picture())
    return {"Authorization": f"Bearer {sent.headers['X-Artbot-Session']}"}, sent.json()["id"]


def backends(server):
    with Client(server.address) as client:
        return client.session["server"]["backends"]


def post(server, path, headers=None, **body):
    return requests.post(server.address + path, json=body, headers=headers, timeout=30)


def test_what_can_be_chosen(server, studio):
    found = requests.get(server.address + "/api/v1/backend", timeout=30).json()
    assert {(each["name"], each["model"]) for each in found["backends"]} == {
        (studio, "tiny-a"),
        ("demo", "demo painter"),
    }
    assert {row["model_name"]: row["backends"] for row in found["models"]} == {
        "tiny-a": [studio], "tiny-b": [studio], "demo painter": ["demo"],
    }  # fmt: skip
    assert [row["path"] for row in found["loras"]] == ["tiny-lora.safetensors"]
    assert "/srv" not in str(found)
    assert found["controlnet_modules"]["canny"]["sliders"]
    with Client(server.address) as client:
        assert client.call("backend", {}) == found


def test_a_refresh_is_the_operators(server, fake, studio):
    refusal(post(server, "/api/v1/backend/refresh"), 403, "not_allowed", "operator")
    fake.desk.added["/sdapi/v1/loras"] = [lora_row("new", "new")]
    found = post(server, "/api/v1/backend/refresh", OPERATOR, lists=["loras"], backend=studio)
    assert "new" in [row["name"] for row in found.json()["loras"]]
    assert post(server, "/api/v1/backend/refresh", OPERATOR).status_code == 200
    assert "/sdapi/v1/refresh-checkpoints" in fake.paths("POST")
    refusal(post(server, "/api/v1/backend/refresh", OPERATOR, lists=["nope"]), 400, "bad_request", "lists.0")
    refusal(post(server, "/api/v1/backend/refresh", OPERATOR, backend="cellar"), 404, "not_found", "backend")


def test_a_picture_in_words(server, fake, studio, mine):
    who, image_id = mine
    path = f"/api/v1/images/{image_id}/interrogate"
    assert post(server, path, who, backend="demo").json()["caption"] == "a picture in dark blue and white"
    refusal(post(server, path, who, backend=studio), 502, "backend_failed")
    refusal(post(server, path, who, backend="demo", model="deepdanbooru"), 400, "backend_refused", "model")
    refusal(post(server, path, backend="demo"), 404, "not_found", "image_id")
    fake.desk.captions["clip"] = "a square"
    with Client(server.address, auth={"session": who["Authorization"].removeprefix("Bearer ")}) as client:
        assert client.call("interrogate", {"image_id": image_id, "backend": studio})["caption"] == "a square"


def test_a_map_is_a_picture_of_the_session(server, studio, mine):
    who, image_id = mine
    found = post(
        server, "/api/v1/controlnet/detect", who, image_id=image_id, module="canny", processor_res=128, backend="demo"
    )
    [record] = found.json()["images"]
    assert (record["width"], record["height"]) == (192, 128)
    file = requests.get(server.address + record["url"], timeout=10)
    assert Image.open(io.BytesIO(file.content)).size == (192, 128)
    with Client(server.address, auth={"session": who["Authorization"].removeprefix("Bearer ")}) as client:
        said = client.call("detect", {"image_id": record["id"], "module": "invert", "backend": studio})
        assert said["images"][0]["width"] == 192


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"module": "nope"}, 400, "backend_refused", "module"),
        ({"module": 5}, 400, "bad_request", "module"),
        ({"module": "canny", "processor_res": 1_000_000}, 400, "bad_request", "processor_res"),
        ({"module": "canny", "processor_res": 10}, 400, "backend_refused", "processor_res"),
        ({"module": "canny", "image_id": "nope"}, 404, "not_found", "image_id"),
        ({"module": "canny", "backend": "cellar"}, 404, "not_found", "backend"),
    ],
)
def test_a_map_that_cannot_be_made_is_refused_by_field(server, mine, body, status, code, field):
    who, image_id = mine
    sent = {"image_id": image_id, "backend": "demo"} | body
    refusal(post(server, "/api/v1/controlnet/detect", who, **sent), status, code, field)
