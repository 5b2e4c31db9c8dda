"""A job's end told to a real receiver by a real server; one notice a job, whatever way it ended."""

import base64
import hashlib
import hmac
import io

import pytest
import requests
from PIL import Image

from tests.callbacks.receiver import Receiver
from tests.e2e.client import Client
from tests.server import RunningServer, wait_until

SECRET = "blue whale"


@pytest.fixture(scope="module")
def receiver():
    with Receiver(500, 200) as receiver:
        yield receiver


@pytest.fixture(scope="module")
def server(tmp_path_factory, receiver):
    settings = {
        "ARTBOT_CALLBACK_ALLOW": f"https://hooks.example.com, http://127.0.0.1:{receiver.port}",
        "ARTBOT_CALLBACK_SECRET": SECRET,
        "ARTBOT_OPERATOR_KEY": "red fox",
        "ARTBOT_DEMO_PACE": "0.3",
    }
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        running.wait_for_worker()
        yield running


def told(receiver, job_id, within_s=30):
    return wait_until(lambda: [got for got in receiver.got if got.json["id"] == job_id], within_s, f"news of {job_id}")


def deliveries(server, token=None, **query):
    headers = {"Authorization": f"Bearer {token}"} if token else {"X-Artbot-Operator": "red fox"}
    return requests.get(server.address + "/api/v1/deliveries", headers=headers, params=query, timeout=10)


def test_the_end_of_a_job_reaches_its_receiver_once_signed_and_with_its_pictures(server, receiver):
    with Client(server.address) as client:
        token = client.session["token"]
        job_id = client.paint(callback_url=receiver.url)
        assert client.job_end(job_id)["state"] == "done"

        def record():
            return [one for one in deliveries(server, token).json()["deliveries"] if one["job_id"] == job_id]

        wait_until(lambda: record() and record()[0]["state"] == "delivered", 30, "the delivery")
        (delivery,) = record()
        # The first attempt met a 500: the same id came twice, and one 2xx ended it.
        assert (delivery["event"], delivery["attempts"], delivery["status"]) == ("done", 2, 200)
        got = told(receiver, job_id)
        assert [one.id for one in got] == [delivery["delivery_id"]] * 2
        check(got[-1])
        said = got[-1].json
        assert said["job"]["state"] == "done"
        picture = requests.get(said["job"]["images"][0]["url"], timeout=10)  # absolute, signed, without any session
        assert picture.headers["Content-Type"] == "image/png"
        assert said["payload"]["content"]["images"] == [one["url"] for one in said["job"]["images"]]


def check(got):
    """As docs/callbacks.md tells a receiver to."""
    signed = f"{got.id}.{got.headers['webhook-timestamp']}.".encode() + got.body
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{expected}"


def test_a_cancelled_job_is_told_once(server, receiver):
    with Client(server.address) as client:
        running = client.paint(callback_url=receiver.url)
        waiting = client.paint(callback_url=receiver.url)
        for job_id in (waiting, running):
            client.call("cancel_job", {"job_id": job_id})
            assert client.job_end(job_id)["state"] == "cancelled"
        for job_id in (running, waiting):
            assert [got.json["event"] for got in told(receiver, job_id)] == ["cancelled"]


def test_a_job_that_failed_says_why(server, receiver):
    with Client(server.address) as client:
        uploaded = requests.post(
            server.address + "/api/v1/images",
            files={"image": ("a.png", png())},
            headers={"Authorization": f"Bearer {client.session['token']}"},
            timeout=20,
        ).json()
        for file in (server.data_dir / "pictures").rglob(f"{uploaded['id']}.png"):
            file.unlink()  # the picture it is to begin with is gone: a failure that lasts
        folder, template = redraws(client)
        job_id = client.paint(folder=folder, template=template, image_id=uploaded["id"], callback_url=receiver.url)
        assert client.job_end(job_id)["state"] == "failed"
        (got,) = told(receiver, job_id)
        assert (got.json["event"], got.json["payload"]["metadata"]["errorCode"]) == ("failed", "not_found")


def redraws(client):
    for folder in client.call("templates", {})["folders"]:
        for template in folder["templates"]:
            if template.get("mode") == "img2img":
                return folder["name"], template["name"]
    raise AssertionError("no template for pictures")


def png():
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "http://127.0.0.1:1/x",
        "https://evil.example/",
        "not an address",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_is_not_allowed_is_refused_before_anything_is_done(server, url):
    with Client(server.address) as client:
        order = {"prompt": "a cat", "folder": "landscape", "template": "golden-hour", "callback_url": url}
        error = client.call("generate", order)["error"]
        assert (error["code"], error["detail"]["field"]) == ("bad_request", "callback_url")
        assert client.all("job") == []


def test_a_session_sees_its_own_deliveries_and_the_operator_all(server, receiver):
    with Client(server.address) as one, Client(server.address) as other:
        job_id = one.paint(callback_url=receiver.url)
        one.call("cancel_job", {"job_id": job_id})
        told(receiver, job_id)
        assert [d["job_id"] for d in deliveries(server, one.session["token"]).json()["deliveries"]] == [job_id]
        assert deliveries(server, other.session["token"]).json()["deliveries"] == []
        every = deliveries(server, all="true", limit=1).json()
        assert len(every["deliveries"]) == 1
        assert every["cursor"] == every["deliveries"][0]["created_at"]
        assert deliveries(server, other.session["token"], all="true").status_code == 403


def test_only_the_operator_sees_the_secret(server):
    address = server.address + "/api/v1/callback-secret"
    assert requests.get(address, timeout=10).status_code == 403
    assert requests.get(address, headers={"X-Artbot-Operator": "red fox"}, timeout=10).json()["secret"] == SECRET


def test_callbacks_that_wait_survive_the_server(tmp_path):
    with Receiver(503) as receiver:
        settings = {"ARTBOT_CALLBACK_URL": receiver.url, "ARTBOT_DEMO_PACE": "0"}
        with RunningServer(tmp_path, **settings) as server:
            server.wait_for_worker()
            with Client(server.address) as client:
                token = client.session["token"]
                job_id = client.paint()  # names no address: the default
                silent = client.paint(callback_url="")
                client.job_end(silent)
            receiver.wait()
            server.stop()
            receiver.script = [200]
            server.start()
            server.wait_for_worker()
            over = wait_until(lambda: [d for d in own(server, token) if d["state"] == "delivered"], 30, "the delivery")
            assert [d["job_id"] for d in own(server, token)] == [job_id]
            assert over[0]["url"] is None  # the operator's own address is not shown
            assert {got.json["id"] for got in receiver.got} == {job_id}


def own(server, token):
    return deliveries(server, token).json()["deliveries"]
