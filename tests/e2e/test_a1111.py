"""The whole way with a Stable Diffusion web UI behind real HTTP: painted, cancelled, refused in words, down and back."""

import base64
import io
import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from PIL import Image

from tests.e2e.client import Client
from tests.server import ROOT, RunningServer, wait_until

AUTH = "artist:secret-word"
STEP_S = 0.05
ONE = {"batch_size": 1, "width": 256, "height": 256}


class WebUI:
    """`python -m tests.sd.fake_automatic1111` as a process: it can be killed and started again on its port."""

    def __init__(self):
        self.port = 0
        self.start()

    def start(self):
        command = [sys.executable, "-m", "tests.sd.fake_automatic1111", "--auth", AUTH, "--step-s", str(STEP_S)]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.url = self.process.stdout.readline().strip()
        self.port = int(self.url.rpartition(":")[2])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def progress(self):
        """What it says about its job, asked as anybody may."""
        request = urllib.request.Request(self.url + "/sdapi/v1/progress?skip_current_image=true")
        request.add_header("Authorization", "Basic " + base64.b64encode(AUTH.encode()).decode())
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)


@pytest.fixture(scope="module")
def webui():
    running = WebUI()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def server(webui, tmp_path_factory):
    data_dir = tmp_path_factory.mktemp("data")
    with RunningServer(data_dir, ARTBOT_SD_URL=webui.url, ARTBOT_SD_AUTH=AUTH, ARTBOT_LEASE_S="4") as running:
        with Client(running.address) as client:
            _until_up(client)
        yield running


def _until_up(client, up=True):
    def told():
        latest = [client.session["server"], *client.all("server")][-1]
        return [backend["up"] for backend in latest["backends"]] == [up]

    wait_until(told, what=f"backend up: {up}")


def png(colour="red", size=(300, 200)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def test_words_become_a_picture_of_the_backend(server):
    with Client(server.address, auth={"images": "original"}) as client:
        assert client.session["server"]["demo"]["backend"] is False
        assert [b["kind"] for b in client.session["server"]["backends"]] == ["automatic1111"]
        job_id = client.paint(overrides=ONE | {"steps": 40, "seed": 7, "sampler_name": "Euler a"})
        job = client.job_end(job_id)
        assert (job["state"], job["error"], job["attempt"]) == ("done", None, 1)
        progress = client.all("progress", job_id=job_id)
        assert [p["progress"] for p in progress] == sorted(p["progress"] for p in progress)
        assert max(p["step"] or 0 for p in progress) > 20
        previews = [p["preview"] for p in progress if p["preview"]]
        assert previews
        assert all(Image.open(io.BytesIO(preview)) for preview in previews)
        [picture] = client.wait("images", job_id=job_id)["images"]
        image = Image.open(io.BytesIO(picture["data"]))
        assert (image.format, image.size, picture["seed"]) == ("PNG", (256, 256), 7)
        assert picture["infotext"] == image.info["parameters"]
        assert picture["infotext"].startswith("an orange kitten, garden")


def test_a_picture_that_is_sent_along_is_painted_over(server):
    with Client(server.address) as client:
        job_id = client.paint(template="photo-to-painting", image=png(), overrides={"batch_size": 1})
        job = client.job_end(job_id)
        assert (job["state"], job["error"], job["mode"]) == ("done", None, "img2img")
        assert job["image_id"]
        assert len(client.wait("images", job_id=job_id)["images"]) == 1


def test_a_sampler_the_backend_does_not_have_is_refused_by_name(server):
    with Client(server.address) as client:
        order = {"prompt": "a hat", "folder": "landscape", "template": "gouache"}
        ack = client.call("generate", order | {"overrides": {"sampler_name": "Magic 9000"}})
        assert ack["ok"] is False
        assert ack["error"]["code"] == "bad_request"
        assert "Magic 9000" in ack["error"]["message"] or "sampler_name" in ack["error"]["message"]
        assert "sampler_name" in ack["error"]["detail"]["field"]
        assert "Euler a" in ack["error"]["detail"]["allowed"]
        assert client.call("history", {})["jobs"] == []


def test_cancel_interrupts_the_backend(server, webui):
    with Client(server.address) as client:
        job_id = client.paint(overrides=ONE | {"steps": 150})
        wait_until(lambda: any((p["step"] or 0) > 3 for p in client.all("progress", job_id=job_id)))
        assert client.call("cancel_job", {"job_id": job_id})["state"] == "running"
        assert client.job_end(job_id, within_s=5)["state"] == "cancelled"  # of the 7.5 s it would have taken
        state = webui.progress()["state"]
        assert (state["interrupted"], state["job_count"]) == (True, 0)
        assert state["sampling_step"] < 149
        assert client.job_end(client.paint(overrides=ONE | {"steps": 5}))["state"] == "done"


@pytest.mark.long
def test_a_job_outlives_its_backend_and_is_painted_when_that_is_back(server, webui):
    with Client(server.address) as client:
        job_id = client.paint(overrides=ONE | {"steps": 60})
        client.wait("progress", job_id=job_id)
        webui.kill()
        back_in_line = wait_until(lambda: [j for j in client.all("job", job_id=job_id, state="queued") if j["attempt"]])
        assert back_in_line[0]["attempt"] == 1
        _until_up(client, up=False)
        later = client.paint(overrides=ONE | {"steps": 5})
        webui.start()
        for one, attempt in ((job_id, 2), (later, 1)):
            job = client.job_end(one)
            assert (job["state"], job["attempt"]) == ("done", attempt)
        _until_up(client)
        assert "secret-word" not in server.output


@pytest.mark.long
def test_a_backend_that_dies_of_a_job_three_times_fails_it_in_words(server, webui):
    with Client(server.address) as client:
        job_id = client.paint(overrides=ONE | {"steps": 100})
        for attempt in (1, 2, 3):
            client.wait("job", within_s=40, job_id=job_id, state="running", attempt=attempt)
            wait_until(lambda: webui.progress()["state"]["sampling_step"] > 2)
            webui.kill()
            wait_until(lambda: client.all("job", job_id=job_id)[-1]["state"] != "running", 40)
            webui.start()
        job = client.job_end(job_id)
        assert (job["state"], job["attempt"], job["error"]["detail"]["fault"]) == ("failed", 3, "backend")
        assert job["error"]["code"] in ("backend_unreachable", "backend_failed")
        assert re.search(r"Stable Diffusion|backend", job["error"]["message"])
        assert "secret-word" not in json.dumps(job)
        assert client.job_end(client.paint(overrides=ONE | {"steps": 5}), within_s=40)["state"] == "done"


@pytest.mark.long
def test_a_wrong_password_is_told_as_a_backend_that_is_down(webui, tmp_path):
    with RunningServer(tmp_path, ARTBOT_SD_URL=webui.url, ARTBOT_SD_AUTH="artist:wrong") as running:
        wait_until(lambda: "backend_down" in running.output)
        with Client(running.address) as client:
            _until_up(client, up=False)
            job_id = client.paint(overrides=ONE)
            assert client.call("cancel_job", {"job_id": job_id})["state"] == "cancelled"
        assert "artist:wrong" not in running.output
