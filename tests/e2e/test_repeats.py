"""ControlNet, masks, LoRAs, upscaling, variations and "again", from a client to a web UI behind real HTTP and back."""

import base64
import io
import json
import urllib.error
import urllib.request

import pytest
from PIL import Image

from tests.e2e.client import Client
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.server import RunningServer, wait_until

SMALL = {"batch_size": 1, "width": 128, "height": 64, "steps": 3, "seed": 7}
CANNY = {"module": "canny", "model": "control_canny", "weight": 0.8}


@pytest.fixture(scope="module")
def webui():
    with FakeAutomatic1111(step_s=0.01) as fake:
        yield fake


@pytest.fixture(scope="module")
def server(webui, tmp_path_factory):
    with RunningServer(tmp_path_factory.mktemp("data"), ARTBOT_SD_URL=webui.url) as running:
        yield running


@pytest.fixture
def client(server):
    with Client(server.address, auth={"images": "original"}) as client:
        wait_until(lambda: offers(client), what="the backend's lists")
        yield client


def offers(client):
    return client.call("templates")["abilities"]["models"]


def sent(webui, mode="txt2img"):
    """What the web UI got last."""
    return webui.bodies(f"/sdapi/v1/{mode}")[-1]


def ended(client, ack):
    assert ack["ok"], ack
    return client.job_end(ack["job_id"])


def painted(client, **fields):
    job = client.job_end(client.paint(overrides=SMALL | fields.pop("overrides", {}), **fields))
    assert (job["state"], job["error"]) == ("done", None)
    return job


def refusal(client, **fields):
    order = {"prompt": "a cat", "folder": "landscape", "template": "golden-hour"}
    ack = client.call("generate", order | fields)
    assert not ack["ok"]
    return ack["error"]


def png(colour="red", size=(128, 64)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def post(server, client, path, body):
    headers = {"Authorization": f"Bearer {client.session['token']}", "Content-Type": "application/json"}
    request = urllib.request.Request(server.address + path, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_units_with_earlier_pictures_in_both_calls(webui, client):
    first = painted(client)["images"][0]
    units = [
        CANNY | {"image_id": first["id"]},
        {"module": "reference_only", "image_id": first["id"], "control_mode": 1},
    ]
    job = painted(client, overrides={"controlnet": units})
    assert (job["mode"], job["substituted"], len(job["images"])) == ("txt2img", [], 1)  # maps are kept apart
    canny, reference = sent(webui)["alwayson_scripts"]["controlnet"]["args"]
    assert (canny["enabled"], canny["weight"], canny["module"]) == (True, 0.8, "canny")
    assert reference["control_mode"] == "My prompt is more important"
    assert canny["image"] == reference["image"]
    assert Image.open(io.BytesIO(base64.b64decode(canny["image"]))).size == (128, 64)
    assert 'ControlNet 0: "Module: canny, Model: control_canny' in job["images"][0]["infotext"]
    job = painted(client, image_id=first["id"], overrides={"controlnet": [CANNY]})
    assert (job["mode"], job["substituted"]) == ("img2img", [])
    assert "image" not in sent(webui, "img2img")["alwayson_scripts"]["controlnet"]["args"][0]


def test_a_unit_that_did_nothing_is_told(client):
    first = painted(client)["images"][0]
    unit = {"module": "openpose", "model": "control_canny", "image_id": first["id"]}  # its weights are not there
    job = painted(client, overrides={"controlnet": [unit]})
    assert job["substituted"] == [{"field": "alwayson_scripts.controlnet", "asked": 1, "got": 0}]
    assert 'ControlNet 0: "Module: openpose' in job["images"][0]["infotext"]  # as if it had worked


def test_what_the_backend_has_not_is_refused_by_place(client):
    for overrides, field, meant in (
        ({"controlnet": [{"module": "cany"}]}, "overrides.controlnet.0.module", "canny"),
        ({"loras": [{"name": "tiny-lorra"}]}, "overrides.loras.0.name", "tiny-lora"),
        ({"vae": "tiny.vae"}, "overrides.vae", "tiny.vae.pt"),
        ({"refiner_checkpoint": "tiny-c"}, "overrides.refiner_checkpoint", "tiny-a"),
        ({"styles": ["Studo"]}, "overrides.styles", "Studio"),
        ({"hr_upscaler": "R-ESRGAN 4x"}, "overrides.hr_upscaler", "R-ESRGAN 4x+"),
    ):
        error = refusal(client, overrides=overrides)
        assert (error["code"], error["detail"]["field"]) == ("bad_request", field)
        assert meant in error["detail"]["allowed"]
        assert error["detail"]["did_you_mean"]
    assert refusal(client, prompt="a cat <lora:nope:1>")["detail"]["field"] == "prompt"
    assert refusal(client, overrides={"controlnet": [CANNY]})["detail"]["field"] == "overrides.controlnet.0.image_id"
    stranger = {"controlnet": [CANNY | {"image_id": "somebody-elses"}]}
    assert refusal(client, overrides=stranger)["code"] == "not_found"


def test_everything_beside_the_words(webui, client):
    overrides = {
        "loras": [{"name": "tiny-lora", "weight": 0.6}],
        "vae": "tiny.vae.pt",
        "clip_skip": 2,
        "styles": ["Studio"],
        "refiner_checkpoint": "tiny-b",
        "subseed": 11,
        "subseed_strength": 0.3,
        "seed_resize_from_w": 64,
        "seed_resize_from_h": 64,
        "tiling": True,
        "restore_faces": True,
        "enable_hr": True,
        "hr_scale": 2,
        "hr_upscaler": "Lanczos",
        "hr_second_pass_steps": 2,
        "denoising_strength": 0.4,
        "eta": 0.5,
        "s_noise": 1.0,
        "override_settings": {"eta_noise_seed_delta": 31337},
    }
    job = painted(client, prompt="an orange kitten, tiny-emb", overrides=overrides)
    assert job["substituted"] == []
    body, [picture] = sent(webui), job["images"]
    assert "<lora:tiny-lora:0.6>" in body["prompt"]
    assert body["override_settings"] == {
        "sd_vae": "tiny.vae.pt",
        "CLIP_stop_at_last_layers": 2,
        "eta_noise_seed_delta": 31337,
    }
    assert body["refiner_switch_at"] == 0.8
    assert (picture["width"], picture["height"]) == (256, 128)
    for said in (
        'Lora hashes: "tiny-lora: ',
        'TI hashes: "tiny-emb: ',
        "VAE: tiny.vae.pt",
        "Clip skip: 2",
        "Refiner: tiny-b [0d37aea87c]",
        "Variation seed: 11, Variation seed strength: 0.3",
        "Seed resize from: 64x64",
        "Tiling: True",
        "Face restoration: CodeFormer",
        "Hires upscale: 2.0, Hires steps: 2, Hires upscaler: Lanczos",
    ):
        assert said in picture["infotext"]
    assert webui.painter.options["sd_vae"] == "Automatic"  # put back for everybody else


def test_what_had_no_effect_is_told(client):
    job = painted(client, prompt="wrong-size-emb, a cat", overrides={"mask_blur": 4, "refiner_checkpoint": "tiny-a"})
    assert {change["field"]: change["got"] for change in job["substituted"]} == {
        "mask_blur": None,
        "embeddings": None,
        "refiner_checkpoint": None,
    }


def test_white_is_painted_over(webui, client):
    mask = png("white")
    job = painted(client, image=png("blue"), mask=mask, overrides={"mask_blur": 2, "inpainting_fill": 0})
    body = sent(webui, "img2img")
    assert base64.b64decode(body["mask"]) == mask
    assert base64.b64decode(body["init_images"][0]) == png("blue")
    assert (body["mask_blur"], body["inpainting_fill"], body["inpaint_full_res"]) == (2, 0, False)
    assert "Mask blur: 2, Masked content: fill" in job["images"][0]["infotext"]
    assert job["substituted"] == []


def test_a_picture_is_made_larger_and_that_again(server, webui, client):
    [small] = painted(client)["images"]
    job = ended(client, client.call("upscale", {"image_id": small["id"], "scale": 2, "upscaler": "lanczos"}))
    assert (job["state"], job["mode"], job["substituted"]) == ("done", "upscale", [])
    assert (job["overrides"], job["image_id"]) == ({"scale": 2, "upscaler": "Lanczos"}, small["id"])
    [large] = job["images"]
    assert (large["width"], large["height"], large["seed"]) == (256, 128, small["seed"])
    assert large["infotext"] == f"{small['infotext']}, Postprocess upscale by: 2.0, Postprocess upscaler: Lanczos"
    status, record = post(server, client, f"/api/v1/images/{small['id']}/upscale", {"scale": 1.5})
    assert (status, record["mode"], record["width"]) == (201, "upscale", 192)
    assert client.job_end(record["job_id"])["state"] == "done"
    assert sent(webui, "extra-single-image")["upscaler_1"] == "4x-Tiny"  # the one that is there
    again = ended(client, client.call("again", {"job_id": job["job_id"], "overrides": {"scale": 3}}))
    assert (again["mode"], again["images"][0]["width"]) == ("upscale", 384)


def test_a_picture_that_would_be_too_large_is_refused(server, client):
    [small] = painted(client, overrides={"width": 1024})["images"]
    error = client.call("upscale", {"image_id": small["id"], "scale": 4})["error"]
    assert error["detail"]["allowed"] == {"min": 1, "max": 2.0}
    assert (
        client.call("upscale", {"image_id": small["id"], "upscaler": "None"})["error"]["detail"]["field"] == "upscaler"
    )
    status, answer = post(server, client, "/api/v1/images/nobodys/upscale", {})
    assert (status, answer["error"]["code"]) == (404, "not_found")


def test_an_upscaling_is_cancelled_like_any_job(webui, client):
    [small] = painted(client)["images"]
    webui.painter.step_s = 0.5
    try:
        job_id = client.call("upscale", {"image_id": small["id"]})["job_id"]
        client.wait("job", job_id=job_id, state="running")
        wait_until(lambda: webui.painter.begun[-1] == "extras", what="its turn")
        client.call("cancel_job", {"job_id": job_id})
        assert client.job_end(job_id)["state"] == "cancelled"
    finally:
        webui.painter.step_s = 0.01
    assert "/sdapi/v1/interrupt" in webui.paths("POST")


def test_variations_and_the_same_again(server, webui, client):
    job = painted(client)
    [picture] = job["images"]
    varied = ended(client, client.call("vary", {"image_id": picture["id"], "count": 2}))
    assert [each["seed"] for each in varied["images"]] == [7, 7]
    body = sent(webui)
    assert (body["seed"], body["subseed"], body["subseed_strength"], body["n_iter"]) == (7, -1, 0.15, 2)
    ack = {"job_id": job["job_id"], "strength": 0.5}
    assert ended(client, client.call("vary", ack))["overrides"]["subseed_strength"] == 0.5
    again = ended(client, client.call("again", {"job_id": job["job_id"]}))
    assert (again["overrides"]["seed"], again["overrides"]["steps"]) == (-1, 3)
    same = ended(client, client.call("again", {"job_id": job["job_id"], "seed": 7}))
    assert same["images"][0]["infotext"] == picture["infotext"]
    status, record = post(server, client, f"/api/v1/images/{picture['id']}/variations", {"strength": 0.2})
    assert (status, record["overrides"]["subseed_strength"]) == (201, 0.2)
    status, record = post(server, client, f"/api/v1/jobs/{job['job_id']}/again", {"seed": 0})
    assert (status, record["overrides"]["seed"]) == (201, 0)


def test_asking_twice_does_it_once(client):
    [picture] = painted(client)["images"]
    ids = {"job_id": "123e4567-e89b-12d3-a456-426614174001", "image_id": picture["id"]}
    assert client.call("upscale", ids)["job_id"] == client.call("upscale", ids)["job_id"] == ids["job_id"]
    ids["job_id"] = "123e4567-e89b-12d3-a456-426614174002"
    assert client.call("vary", ids)["job_id"] == client.call("vary", ids)["job_id"] == ids["job_id"]
    error = client.call("vary", {"strength": 0.2})["error"]
    assert (error["code"], error["detail"]["field"]) == ("bad_request", "image_id")
