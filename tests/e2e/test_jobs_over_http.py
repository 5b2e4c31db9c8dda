"""Jobs, pictures and sessions as resources over HTTP, as a program without a socket uses them."""

import base64
import uuid

import pytest
import requests

from tests.e2e.client import Client
from tests.e2e.test_http import picture, refusal
from tests.server import RunningServer

SMALL = {"width": 64, "height": 64, "batch_size": 1, "n_iter": 1, "steps": 2}
ORDER = {"prompt": "a red boat", "folder": "children-animals", "template": "crayon", "overrides": SMALL}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with RunningServer(tmp_path_factory.mktemp("data"), ARTBOT_DEMO_PACE="0.1") as running:
        running.wait_for_worker()
        yield running


class Caller:
    """One program with a session of its own."""

    def __init__(self, address):
        self.address = address
        told = requests.post(address + "/api/v1/sessions", timeout=10)
        assert told.status_code == 201
        self.session_id, self.token = told.json()["session_id"], told.json()["token"]

    def __call__(self, method, path, body=None, **more):
        headers = {"Authorization": f"Bearer {self.token}"}
        return requests.request(method, self.address + path, json=body, headers=headers, timeout=60, **more)

    def order(self, **changes):
        told = self("POST", "/api/v1/jobs", ORDER | changes)
        assert told.status_code == 201, told.text
        return told.json()

    def ended(self, job_id):
        return self("GET", f"/api/v1/jobs/{job_id}?wait=30").json()


@pytest.fixture
def caller(server):
    return Caller(server.address)


@pytest.fixture(scope="module")
def painter(server):
    """Somebody who has painted three jobs, oldest first."""
    somebody = Caller(server.address)
    somebody.jobs = [somebody.order()["job_id"] for _ in range(3)]
    for job_id in somebody.jobs:
        assert somebody.ended(job_id)["state"] == "done"
    return somebody


# Sessions


def test_each_session_is_a_new_one(server, caller):
    assert Caller(server.address).session_id != caller.session_id
    again = caller("POST", "/api/v1/sessions").json()
    assert again["session_id"] != caller.session_id
    assert again["token"] != caller.token


def test_a_token_opens_the_session_on_the_socket_too(server, caller):
    with Client(server.address, auth={"session": caller.token}) as client:
        assert client.session["session_id"] == caller.session_id


def test_only_who_brought_no_session_is_told_a_token(caller, server):
    assert "X-Artbot-Session" not in caller("GET", "/api/v1/jobs").headers
    fresh = requests.get(server.address + "/api/v1/jobs", timeout=10)
    assert fresh.headers["X-Artbot-Session"] != caller.token


# Jobs


def test_a_job_is_ordered_waited_for_and_looked_up(caller, server):
    made = caller.order(negative_prompt="rain", overrides=SMALL | {"seed": 11})
    assert (made["state"], made["prompt"], made["folder"]) == ("queued", "a red boat", "children-animals")
    assert made["position"] in (0, None)  # None: a worker was as quick
    ended = caller.ended(made["job_id"])
    assert (ended["state"], ended["negative_prompt"], ended["overrides"]["seed"]) == ("done", "rain", 11)
    (image,) = ended["images"]
    assert (image["seed"], image["width"]) == (11, 64)
    shown = requests.get(server.address + image["url"], timeout=10)
    assert (shown.status_code, len(shown.content)) == (200, image["bytes"])


def test_a_wait_that_is_over_tells_the_job_as_it_is(caller):
    job_id = caller.order(overrides=SMALL | {"steps": 30})["job_id"]
    assert caller("GET", f"/api/v1/jobs/{job_id}?wait=0.05").json()["state"] in ("queued", "running")
    caller("DELETE", f"/api/v1/jobs/{job_id}")


@pytest.mark.parametrize("wait", ["-1", "61", "nan", "soon", "inf"])
def test_a_wait_is_bounded(caller, painter, wait):
    refusal(painter("GET", f"/api/v1/jobs/{painter.jobs[0]}?wait={wait}"), 400, "bad_request", "wait")


def test_a_repeated_job_id_gives_the_first_job(caller):
    job_id = str(uuid.uuid4())
    first, again = caller.order(job_id=job_id), caller.order(job_id=job_id, prompt="a blue boat")
    assert (first["job_id"], again["prompt"]) == (job_id, "a red boat")
    assert len(caller("GET", "/api/v1/jobs").json()["jobs"]) == 1


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"prompt": ""}, 400, "prompt"),
        ({"prompt": 7}, 400, "prompt"),
        ({"folder": "nowhere"}, 404, "folder"),
        ({"template": "nothing"}, 404, "template"),
        ({"overrides": {"steps": 0}}, 400, "overrides.steps"),
        ({"image_id": "nothing"}, 404, "image_id"),
        ({"conversation_id": "nothing"}, 404, "conversation_id"),
        ({"reply_id": "nothing"}, 404, "reply_id"),
        ({"image": "not base64!"}, 400, "image"),
        ({"job_id": "7"}, 400, "job_id"),
    ],
)
def test_what_is_wrong_with_an_order_is_named(caller, change, status, field):
    code = "not_found" if status == 404 else "bad_request"
    refusal(caller("POST", "/api/v1/jobs", ORDER | change), status, code, field)


def test_a_job_is_cancelled(caller):
    running = caller.order(overrides=SMALL | {"steps": 100})["job_id"]
    waiting = caller.order()["job_id"]
    assert caller("DELETE", f"/api/v1/jobs/{waiting}").json()["state"] == "cancelled"
    assert caller("DELETE", f"/api/v1/jobs/{running}").json()["state"] in ("cancelled", "running", "done")
    assert caller.ended(running)["state"] in ("cancelled", "done")
    assert caller("DELETE", f"/api/v1/jobs/{waiting}").json()["state"] == "cancelled"


def test_a_job_is_painted_again(caller):
    first = caller.ended(caller.order(overrides=SMALL | {"seed": 3})["job_id"])
    told = caller("POST", f"/api/v1/jobs/{first['job_id']}/again")
    assert told.status_code == 201
    again = caller.ended(told.json()["job_id"])
    assert (again["prompt"], again["template"], again["overrides"]["width"]) == ("a red boat", "crayon", 64)
    assert again["images"][0]["seed"] != 3
    changed = {"seed": 5, "overrides": {"width": 128}}
    job_id = str(uuid.uuid4())
    told = caller("POST", f"/api/v1/jobs/{first['job_id']}/again", changed | {"job_id": job_id}).json()
    other = caller.ended(told["job_id"])
    assert (other["job_id"], other["images"][0]["seed"], other["width"], other["height"]) == (job_id, 5, 128, 64)
    wrong = caller("POST", f"/api/v1/jobs/{first['job_id']}/again", {"overrides": {"steps": "many"}})
    refusal(wrong, 400, "bad_request", "overrides.steps")


def test_jobs_are_told_in_pages(painter):
    told = painter("GET", "/api/v1/jobs?limit=2").json()
    assert [job["job_id"] for job in told["jobs"]] == painter.jobs[:0:-1]
    rest = painter("GET", f"/api/v1/jobs?limit=2&before={told['cursor']}").json()
    assert ([job["job_id"] for job in rest["jobs"]], rest["cursor"]) == (painter.jobs[:1], None)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "before=", "before=x", "before=1_"])
@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/images"])
def test_a_page_is_asked_for_in_its_terms(caller, path, query):
    refusal(caller("GET", f"{path}?{query}"), 400, "bad_request", query.partition("=")[0])


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "?wait=5"), ("DELETE", ""), ("POST", "/again")]
)  # fmt: skip
def test_a_job_is_its_own_sessions(caller, painter, method, path):
    refusal(caller(method, f"/api/v1/jobs/{painter.jobs[0]}{path}"), 404, "not_found", "job_id")
    refusal(painter(method, f"/api/v1/jobs/nothing{path}"), 404, "not_found", "job_id")


# Pictures


def test_all_pictures_of_a_session_are_listed(caller):
    files = {"image": ("a.png", picture())}
    headers = {"Authorization": f"Bearer {caller.token}"}
    upload = requests.post(caller.address + "/api/v1/images", files=files, headers=headers, timeout=30).json()
    job = caller.ended(caller.order()["job_id"])
    told = caller("GET", "/api/v1/images?limit=1").json()
    assert [(one["kind"], one["job_id"]) for one in told["images"]] == [("picture", job["job_id"])]
    assert told["images"][0].items() >= job["images"][0].items()
    rest = caller("GET", f"/api/v1/images?before={told['cursor']}").json()
    assert [(one["id"], one["kind"], one["job_id"]) for one in rest["images"]] == [(upload["id"], "upload", None)]
    assert rest["cursor"] is None
    assert caller("GET", f"/api/v1/images/{upload['id']}").json() == rest["images"][0] | {"ok": True}


def test_a_picture_is_shared_and_taken_back(caller):
    image_id = caller.ended(caller.order()["job_id"])["images"][0]["id"]
    url = caller("POST", f"/api/v1/images/{image_id}/share").json()["url"]
    assert requests.get(caller.address + url, timeout=10).status_code == 200
    assert caller("GET", f"/api/v1/images/{image_id}").json()["shared_url"] == url
    assert caller("DELETE", f"/api/v1/images/{image_id}/share").json() == {"ok": True, "url": None}
    assert requests.get(caller.address + url, timeout=10).status_code == 404


def test_a_picture_is_deleted_for_good(caller):
    job = caller.ended(caller.order()["job_id"])
    image = job["images"][0]
    assert caller("DELETE", f"/api/v1/images/{image['id']}").json() == {"ok": True}
    refusal(caller("GET", f"/api/v1/images/{image['id']}"), 404, "not_found", "image_id")
    assert requests.get(caller.address + image["url"], timeout=10).status_code == 404
    assert caller.ended(job["job_id"])["images"] == []


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/share"), ("DELETE", "/share")])
def test_a_picture_is_its_own_sessions(caller, painter, method, path):
    image_id = painter.ended(painter.jobs[0])["images"][0]["id"]
    refusal(caller(method, f"/api/v1/images/{image_id}{path}"), 404, "not_found", "image_id")


def test_a_queue_that_is_away_is_told_with_503(tmp_path):
    with RunningServer(tmp_path, ARTBOT_WORKER="none") as lonely:
        assert requests.get(lonely.address + "/healthz", timeout=10).json()["worker"] is False
        caller = Caller(lonely.address)
        waiting = caller.order()["job_id"]
        detect = {"controlnet_module": "canny", "controlnet_input_images": [base64.b64encode(picture()).decode()]}
        refusal(caller("POST", "/api/v1/art-bot/sd/controlnet/detect", detect), 503, "unavailable")
        refusal(caller("GET", "/api/v1/art-bot/sd/model/list"), 503, "unavailable")
        assert caller("GET", f"/api/v1/jobs/{waiting}").json()["state"] == "queued"


def test_nothing_of_this_was_a_fault_of_the_server(server):
    assert "Traceback" not in server.output
