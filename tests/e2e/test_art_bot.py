"""RobotChat's ArtBot over HTTP, against a web UI behind real HTTP: its fields, its answers, and its defects mended."""

import base64
import io
import json
import threading

import pytest
import requests
from PIL import Image

from tests.e2e.client import Client
from tests.e2e.test_http import picture, refusal
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.server import RunningServer, wait_until

SMALL = {"prompt": "a cat", "width": 64, "height": 64, "steps": 2}
IDLE = {"skipped": False, "interrupted": False, "job": "", "job_count": 0, "job_no": 0, "sampling_step": 0,
        "sampling_steps": 0}  # fmt: skip


@pytest.fixture(scope="module")
def webui():
    with FakeAutomatic1111(step_s=0.02) as fake:
        yield fake


@pytest.fixture(scope="module")
def server(webui, tmp_path_factory):
    data_dir = tmp_path_factory.mktemp("data")
    with RunningServer(data_dir, ARTBOT_SD_URL=webui.url, ARTBOT_OPERATOR_KEY="boss") as running:
        with Client(running.address) as client:
            wait_until(lambda: any(told["backends"] and told["backends"][0]["up"] for told in seen(client)), what="up")
        yield running


def seen(client):
    return [client.session["server"], *client.all("server")]


@pytest.fixture(scope="module")
def caller(server):
    """A client with a session of its own, as a PHP program keeps one."""
    with requests.Session() as session:
        token = session.post(server.address + "/api/v1/sessions", timeout=10).json()["token"]
        session.headers["Authorization"] = f"Bearer {token}"
        session.token = token
        yield session


def ask(caller, server, path, body=None, method="POST", **more):
    return caller.request(method, f"{server.address}/api/v1/art-bot/sd/{path}", json=body, timeout=60, **more)


def base64_png(colour="red", size=(64, 64)):
    return base64.b64encode(picture(size=size, colour=colour)).decode()


def opened(answer):
    return [Image.open(io.BytesIO(base64.b64decode(each, validate=True))) for each in answer["images"]]


def sent_to(webui, mode="txt2img"):
    """The body of the last call that reached the web UI."""
    return webui.bodies(f"/sdapi/v1/{mode}")[-1]


# Waiting for the pictures


def test_txt2img_answers_in_a1111s_shape(caller, server, webui):
    answer = ask(
        caller, server, "txt2img", SMALL | {"negative_prompt": "dog", "batch_size": 2, "cfg_scale": 4.5, "seed": 7}
    )
    told = answer.json()
    assert answer.status_code == 200, told
    assert [image.size for image in opened(told)] == [(64, 64)] * 2
    assert told["parameters"] == SMALL | {"negative_prompt": "dog", "batch_size": 2, "cfg_scale": 4.5, "seed": 7}
    assert list(told["parameters"])[:3] == ["prompt", "negative_prompt", "seed"]  # in one order in every answer
    info = json.loads(told["info"])
    assert (info["seed"], info["all_seeds"], info["width"], info["cfg_scale"]) == (7, [7, 8], 64, 4.5)
    assert "Negative prompt: dog" in info["infotexts"][0]
    sent = sent_to(webui)
    assert (sent["prompt"], sent["negative_prompt"], sent["cfg_scale"], sent["batch_size"]) == ("a cat", "dog", 4.5, 2)
    job = caller.get(f"{server.address}/api/v1/jobs/{told['job_id']}", timeout=10).json()
    assert (job["state"], job["folder"], job["template"], len(job["images"])) == ("done", "", "", 2)


@pytest.mark.parametrize(("sent", "pictures"), [({}, 1), ({"send_images": True}, 1), ({"send_images": False}, 0)])
def test_pictures_come_back_unless_they_are_declined(caller, server, sent, pictures):
    told = ask(caller, server, "txt2img", SMALL | sent).json()
    assert len(told["images"]) == pictures
    assert len(json.loads(told["info"])["all_seeds"]) == 1


def test_nothing_is_saved_or_left_changed_over_there(caller, server, webui):
    body = {"save_images": True, "do_not_save_samples": False, "override_settings_restore_afterwards": False}
    assert ask(caller, server, "txt2img", SMALL | body | {"override_settings": {"sd_vae": "Automatic"}}).ok
    sent = sent_to(webui)
    assert (sent["save_images"], sent["do_not_save_samples"], sent["do_not_save_grid"]) == (False, True, True)
    assert sent["override_settings_restore_afterwards"] is True
    assert sent["override_settings"] == {"sd_vae": "Automatic"}


def test_seed_0_is_a_seed(caller, server):
    info = [json.loads(ask(caller, server, "txt2img", SMALL | {"seed": 0}).json()["info"]) for _ in range(2)]
    assert [each["all_seeds"] for each in info] == [[0], [0]]


def test_img2img_works_on_pictures_and_masks(caller, server, webui):
    body = SMALL | {
        "init_images": ["data:image/png;base64," + base64_png()],
        "mask": base64_png("white"),
        "resize_mode": 1,
    }
    answer = ask(caller, server, "img2img", body)
    told = answer.json()
    assert answer.status_code == 200, told
    assert len(told["images"]) == 1
    assert (told["parameters"]["init_images"], told["parameters"]["mask"]) == (None, None)
    sent = sent_to(webui, "img2img")
    assert [Image.open(io.BytesIO(base64.b64decode(each))).size for each in sent["init_images"]] == [(64, 64)]
    assert sent["mask"]
    assert sent["resize_mode"] == 1
    job = caller.get(f"{server.address}/api/v1/jobs/{told['job_id']}", timeout=10).json()
    assert (job["mode"], bool(job["image_id"])) == ("img2img", True)


def test_a_controlnet_unit_gets_its_picture(caller, server, webui):
    unit = {"module": "canny", "model": "control_canny [a5ab0164]", "image": base64_png(), "weight": 0.5}
    assert ask(caller, server, "txt2img", SMALL | {"alwayson_scripts": {"ControlNet": {"args": unit}}}).ok
    (sent,) = sent_to(webui)["alwayson_scripts"]["ControlNet"]["args"]
    assert (sent["module"], sent["weight"], sent["enabled"]) == ("canny", 0.5, True)
    assert Image.open(io.BytesIO(base64.b64decode(sent["image"]))).size == (64, 64)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("txt2img", {"steps": 0}, "steps"),
        ("txt2img", {"seed": "7"}, "seed"),
        ("txt2img", {"width": 64.5}, "width"),
        ("txt2img", {"sampler_name": "Oiler"}, "sampler_name"),
        ("txt2img", {"sampler_index": "Oiler"}, "sampler_name"),
        ("txt2img", {"script_args": "x"}, "script_args"),
        ("txt2img", {"sd_model_hash": "0123456789"}, "sd_model_hash"),
        ("txt2img", {"override_settings": {"sd_model_checkpoint": "nothing"}}, "override_settings.sd_model_checkpoint"),
        ("txt2img", {"override_settings": {"outdir_samples": "/etc"}}, "override_settings.outdir_samples"),
        ("txt2img", {"refiner_checkpoint": "nothing"}, "refiner_checkpoint"),
        ("txt2img", {"jobId": "seven"}, "jobId"),
        ("txt2img", {"alwayson_scripts": {"ControlNet": {"args": [{"weight": "heavy"}]}}}, "alwayson_scripts"),
        ("img2img", {}, "init_images"),
        ("img2img", {"init_images": []}, "init_images"),
        ("img2img", {"init_images": ["no base64!"]}, "init_images"),
        ("img2img", {"init_images": [base64.b64encode(b"no picture").decode()]}, "init_images"),
        ("chat/txt2img", {"steps": 0}, "steps"),
        ("chat/img2img", {}, "init_images"),
    ],
)
def test_what_is_wrong_is_named(caller, server, path, body, field):
    refusal(ask(caller, server, path, SMALL | body), 400, "bad_request", field)


def test_what_only_the_painter_knows_is_the_callers_fault_too(caller, server):
    unit = {"module": "guess", "image": base64_png()}
    answer = ask(caller, server, "txt2img", SMALL | {"alwayson_scripts": {"ControlNet": {"args": unit}}})
    refusal(answer, 400, "backend_refused", "alwayson_scripts.controlnet.args[0].module")


def test_a_painter_that_fails_is_no_fault_of_the_callers(caller, server, webui):
    webui.fault("/sdapi/v1/txt2img", (500, b'{"error": "OutOfMemoryError", "detail": "", "body": "", "errors": ""}'))
    try:
        answer = ask(caller, server, "txt2img", SMALL)
    finally:
        webui.faults.clear()
    assert (answer.status_code, answer.json()["error"]["detail"]["fault"]) == (502, "backend")


def test_a_body_is_json(caller, server):
    address = f"{server.address}/api/v1/art-bot/sd/txt2img"
    for wrong in ("a cat", "[1]", '{"prompt": NaN}'):
        refusal(caller.post(address, data=wrong, timeout=10), 400, "bad_request", "")
    as_curl_says = {"Content-Type": "application/x-www-form-urlencoded"}
    assert caller.post(address, data=json.dumps(SMALL), headers=as_curl_says, timeout=30).json()["parameters"] == SMALL


# The model of one job


@pytest.mark.parametrize("named", ["tiny-b", "tiny-b.safetensors"])
def test_a_model_is_chosen_for_one_job_alone(caller, server, webui, named):
    before = webui.painter.options["sd_model_checkpoint"]
    told = ask(caller, server, "txt2img", SMALL | {"sd_model_hash": named}).json()
    assert "Model: tiny-b" in json.loads(told["info"])["infotexts"][0]
    assert "Model: tiny-a" in json.loads(ask(caller, server, "txt2img", SMALL).json()["info"])["infotexts"][0]
    assert webui.painter.options["sd_model_checkpoint"] == before


def test_a_model_is_found_by_its_hash(caller, server, webui):
    assert ask(caller, server, "txt2img", SMALL | {"sd_model_hash": "3558b431d3", "refiner_checkpoint": ""}).ok
    assert sent_to(webui)["override_settings"] == {"sd_model_checkpoint": "tiny-a"}


# Scripts


@pytest.mark.parametrize("body", [{"script_name": "prompt matrix"}, {"alwayson_scripts": {"seed": {"args": []}}}])
def test_scripts_are_the_operators(caller, server, webui, body):
    error = refusal(ask(caller, server, "txt2img", SMALL | body), 403, "not_allowed", "script_name")
    assert error["detail"]["scripts"] == ["prompt matrix"] or error["detail"]["scripts"] == ["seed"]
    args = [1, "two", None, {"three": 3}]
    boss = {"X-Artbot-Operator": "boss"}
    answer = ask(caller, server, "txt2img", SMALL | body | {"script_args": args}, headers=boss)
    assert answer.status_code == 200, answer.json()
    assert sent_to(webui)["script_args"] == args


def test_a_script_that_is_not_there_is_told(caller, server):
    boss = {"X-Artbot-Operator": "boss"}
    answer = ask(caller, server, "txt2img", SMALL | {"script_name": "run anything"}, headers=boss)
    refusal(answer, 400, "backend_refused", "script_name")


# At once


@pytest.mark.parametrize(("mode", "kind"), [("txt2img", 0), ("img2img", 1)])
def test_chat_answers_at_once_with_the_job(caller, server, mode, kind):
    body = SMALL | ({"init_images": [base64_png()]} if kind else {})
    told = ask(caller, server, f"chat/{mode}", body).json()
    assert told["id"] == told["job"]["job_id"]
    assert (told["payload"]["messageType"], told["payload"]["author"]) == (kind, "user")
    assert told["payload"]["content"]["prompt"] == "a cat"
    assert told["payload"]["content"].get("init_images") is None
    ended = caller.get(f"{server.address}/api/v1/jobs/{told['id']}?wait=30", timeout=60).json()
    assert (ended["state"], ended["mode"], len(ended["images"])) == ("done", mode, 1)


def test_who_waits_for_a_job_that_is_cancelled_is_told(caller, server):
    job_id = "5a7c6f0e-52a0-4a35-9f0a-4f6f3f6c5c11"
    answers = []
    body = SMALL | {"steps": 150, "jobId": job_id}
    waiting = threading.Thread(target=lambda: answers.append(ask(caller, server, "txt2img", body)))
    waiting.start()
    job = f"{server.address}/api/v1/jobs/{job_id}"
    wait_until(lambda: requests.get(job, headers=caller.headers, timeout=10).json().get("state") == "running")
    assert requests.delete(job, headers=caller.headers, timeout=10).ok
    waiting.join()
    refusal(answers[0], 400, "cancelled")


def test_a_job_id_is_honoured(caller, server, webui):
    body = SMALL | {"jobId": "0b9b54a5-2b4f-4d16-8b62-9d2ad5a2a2f1"}
    first, again = (ask(caller, server, "chat/txt2img", body).json() for _ in range(2))
    assert first["id"] == again["id"] == body["jobId"]
    assert caller.get(f"{server.address}/api/v1/jobs/{first['id']}?wait=30", timeout=60).json()["state"] == "done"


def test_a_conversation_is_honoured(caller, server):
    with Client(server.address, auth={"session": caller.token}) as client:
        conversation_id = client.call("new_conversation", {"title": "cats"})["conversation"]["conversation_id"]
    told = ask(caller, server, "chat/txt2img", SMALL | {"conversationId": conversation_id}).json()
    assert told["job"]["conversation_id"] == told["payload"]["metadata"]["conversation"] == conversation_id
    refusal(ask(caller, server, "txt2img", SMALL | {"conversationId": "another"}), 404, "not_found", "conversationId")


def test_a_session_may_be_named_by_its_token(caller, server):
    told = ask(requests, server, "chat/txt2img", SMALL | {"sessionId": caller.token}).json()
    assert caller.get(f"{server.address}/api/v1/jobs/{told['id']}", timeout=10).ok
    refusal(ask(requests, server, "txt2img", SMALL | {"sessionId": "s_somebody"}), 404, "not_found", "sessionId")


def test_a_job_without_a_template_can_be_painted_again(caller, server, webui):
    told = ask(caller, server, "txt2img", SMALL | {"seed": 5, "steps": 3}).json()
    again = caller.post(f"{server.address}/api/v1/jobs/{told['job_id']}/again", json={"seed": 6}, timeout=10).json()
    ended = caller.get(f"{server.address}/api/v1/jobs/{again['job_id']}?wait=30", timeout=60).json()
    assert (ended["state"], ended["images"][0]["seed"], ended["prompt"]) == ("done", 6, "a cat")
    assert sent_to(webui)["steps"] == 3


# What the backend offers


def test_the_lists_are_there(caller, server):
    models = ask(caller, server, "model/list", method="GET").json()["Models"]
    assert {"title", "model_name", "hash", "filename", "config"} <= models[0].keys()
    assert {model["model_name"] for model in models} == {"tiny-a", "tiny-b"}
    samplers = ask(caller, server, "sampler/list", method="GET").json()["Samplers"]
    assert {"name", "aliases", "options"} <= samplers[0].keys()
    assert "/srv" not in json.dumps(models)


def test_loras_are_really_refreshed(caller, server, webui):
    before = [lora["name"] for lora in ask(caller, server, "lora/list", method="GET").json()["Loras"]]
    told = ask(caller, server, "lora/refresh").json()["Loras"]
    assert {"name", "alias", "path", "metadata"} <= told[0].keys()
    assert set(before) <= {lora["name"] for lora in told}
    assert "/sdapi/v1/refresh-loras" in webui.paths("POST")


def test_progress_is_the_callers_own(caller, server):
    body = SMALL | {"steps": 60}
    job_id = ask(caller, server, "chat/txt2img", body).json()["id"]
    painting = []

    def halfway():
        painting.append(ask(caller, server, f"progress?job_id={job_id}", method="GET").json())
        return painting[-1]["state"]["sampling_step"] > 5

    wait_until(halfway, what="some steps")
    assert painting[-1]["state"]["job"] == job_id
    assert 0 < painting[-1]["progress"] < 1
    stranger = ask(requests, server, "progress", method="GET").json()
    assert stranger["current_image"] is None
    refusal(ask(requests, server, f"progress?job_id={job_id}", method="GET"), 404, "not_found", "job_id")
    caller.delete(f"{server.address}/api/v1/jobs/{job_id}", timeout=10)
    wait_until(lambda: caller.get(f"{server.address}/api/v1/jobs/{job_id}", timeout=10).json()["ended_at"])
    ended = ask(caller, server, f"progress?job_id={job_id}", method="GET").json()
    assert (ended["state"], ended["current_image"]) == (IDLE, None)


def test_options_are_read_by_anybody_and_set_by_the_operator(caller, server, webui):
    assert ask(caller, server, "options", method="GET").json()["samples_format"] == "png"
    refusal(ask(caller, server, "options", {"samples_format": "jpg"}), 403, "not_allowed", "operator")
    boss = {"X-Artbot-Operator": "boss"}
    answer = ask(caller, server, "options", {"CLIP_stop_at_last_layers": 2}, headers=boss)
    assert answer.json() == {"ok": True}
    assert webui.painter.options["CLIP_stop_at_last_layers"] == 2
    assert ask(caller, server, "options", method="GET").json()["CLIP_stop_at_last_layers"] == 2
    wrong = ask(caller, server, "options", {"CLIP_stop_at_last_layers": "many"}, headers=boss)
    assert (wrong.status_code, wrong.json()["error"]["detail"]["fault"]) == (400, "client")


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("model/list", "model_list"),
        ("module/list", "module_list"),
        ("module/list", "module_detail"),
        ("control-type/list", "control_types"),
        ("version", "version"),
        ("settings", "control_net_max_models_num"),
        ("settings", "control_net_unit_count"),
    ],
)
def test_controlnet_tells_what_it_has(caller, server, path, key):
    assert ask(caller, server, f"controlnet/{path}", method="GET").json()[key]


def test_controlnet_detects(caller, server):
    body = {"controlnet_module": "canny", "controlnet_input_images": [base64_png()], "controlnet_threshold_a": 100}
    told = ask(caller, server, "controlnet/detect", body).json()
    assert told["Res"]["info"] == "Success"
    assert opened(told["Res"])[0].format == "PNG"
    kept = caller.get(server.address + told["maps"][0]["url"], timeout=10)
    assert kept.content == base64.b64decode(told["Res"]["images"][0])
    wrong = ask(caller, server, "controlnet/detect", body | {"controlnet_module": "guess"})
    refusal(wrong, 400, "backend_refused", "controlnet_module")
    no_picture = base64.b64encode(b"hello").decode()
    wrong = ask(caller, server, "controlnet/detect", body | {"controlnet_input_images": [no_picture]})
    refusal(wrong, 400, "bad_request", "controlnet_input_images")


def test_a_ping_is_answered(server):
    assert requests.get(server.address + "/ping", timeout=10).json() == {"ok": True, "message": "pong"}


def test_a_backend_that_is_not_there_is_told(caller, server):
    refusal(ask(caller, server, "model/list?backend=nobody", method="GET"), 404, "not_found", "backend")


def test_nothing_of_this_was_a_fault_of_the_server(server):
    assert "Traceback" not in server.output
