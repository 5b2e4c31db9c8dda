"""The shipped nginx configuration in a real nginx, before real servers."""

import io
import json
import subprocess

import pytest
import requests
from PIL import Image

from tests.deploy.nginx import nginx
from tests.e2e.client import Client
from tests.server import ROOT, RunningServer

KEY = "blue-whale"


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    """nginx before two servers that know nothing of each other: a client that were sent to both would not get far."""
    settings = {"ARTBOT_TRUSTED_PROXIES": "127.0.0.1", "ARTBOT_ACCESS_KEY": KEY}
    with (
        RunningServer(tmp_path_factory.mktemp("one"), **settings) as one,
        RunningServer(tmp_path_factory.mktemp("two"), **settings) as two,
        nginx(tmp_path_factory.mktemp("nginx"), one.address, two.address) as address,
    ):
        one.wait_for_worker()
        two.wait_for_worker()
        yield address


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], None], ids=["websocket", "polling", "upgrade"])
def test_a_reply_streams_and_a_picture_is_painted(front, transports):
    with Client(front, auth={"access": KEY}, transports=transports) as anna:
        said = anna.say("a red fox in the snow", folder="landscape", template="golden-hour", paint=True)
        done = anna.wait("gpt_chat", reply_id=said["reply_id"])
        assert anna.text_of(said["reply_id"]) == done["full_message"]
        assert anna.job_end(done["job_id"])["state"] == "done"
        shown = anna.wait("images", job_id=done["job_id"])["images"][0]
        picture = Image.open(io.BytesIO(requests.get(front + shown["url"], timeout=10).content))
        assert picture.size == (shown["width"], shown["height"])


def test_tokens_are_not_gathered_on_the_way(front):
    with Client(front, auth={"access": KEY}) as anna:
        session = {"Authorization": f"Bearer {anna.session['token']}", "X-Artbot-Access": KEY}
    asked = {"text": "a lighthouse", "stream": True}
    made = requests.post(f"{front}/api/v1/conversations", json={}, headers=session, timeout=10).json()
    address = f"{front}/api/v1/conversations/{made['conversation']['conversation_id']}/messages"
    with requests.post(address, json=asked, headers=session, stream=True, timeout=30) as answer:
        parts = [part for part in answer.iter_content(None) if part]
    assert len(parts) > 5


def test_a_stranger_needs_the_key_also_from_this_machine(front):
    assert requests.get(front, timeout=10).status_code == 403
    page = requests.get(f"{front}/?access={KEY}", timeout=10)
    assert page.status_code == 200
    assert page.url == f"{front}/"
    assert requests.get(f"{front}/healthz", timeout=10).status_code == 200


def test_a_picture_of_the_largest_size_comes_through_and_a_larger_one_is_refused_in_words(front):
    headers = {"X-Artbot-Access": KEY}
    for size, status in ((19_000_000, 400), (25_000_100, 413)):
        answer = requests.post(f"{front}/api/v1/images", files={"image": b"x" * size}, headers=headers, timeout=30)
        assert answer.status_code == status
        assert answer.json()["error"]["detail"]["field"] == "image"


def test_nodes_client_comes_through(front):
    command = ["node", "tests/node/client.mjs", front, "polling", KEY]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    kinds = {json.loads(line)["kind"] for line in ran.stdout.splitlines()}
    assert {"welcome", "article", "session_form", "painted"} <= kinds
