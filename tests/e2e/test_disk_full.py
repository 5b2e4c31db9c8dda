"""The disk is full (a real one, small): nothing is lost, nothing is half, and it goes on by itself when there is room."""

import pytest
import requests

from tests.e2e.client import Client
from tests.e2e.paced import numbered, paced
from tests.e2e.small_disk import SmallDiskServer
from tests.e2e.stored import files_without_rows, pictures_of, rows
from tests.llm.fake_openai import FakeOpenAI
from tests.painting.scripted_backend import png
from tests.server import wait_until

pytestmark = pytest.mark.alone

SMALL = {"width": 128, "height": 128, "batch_size": 1}
MEGABYTES = 48
PIECES = numbered(120)
TEXT = "".join(PIECES)


@pytest.fixture
def model():
    with FakeOpenAI() as fake:
        fake.answer(paced(PIECES, 0.02))
        yield fake


def test_full_while_a_picture_is_written(tmp_path):
    with (
        SmallDiskServer(tmp_path, tmp_path / "pictures", MEGABYTES, ARTBOT_DEMO_PACE="1.5") as server,
        Client(server.address) as client,
    ):
        first, second = client.paint(overrides=SMALL), client.paint(overrides=SMALL)
        client.wait("progress", job_id=first)
        server.fill()
        # Painted, not kept, and back in the line as if that had never been; nothing more is begun.
        wait_until(lambda: len(client.all("job", job_id=first, state="queued")) == 2, 30)
        assert "job_waits_for_room" in server.output
        wait_until(lambda: "no_room_for_pictures" in server.output, 20)
        assert rows(tmp_path, "SELECT state, attempt FROM jobs") == [("queued", 0)] * 2
        data_dir = server.seen(tmp_path)
        assert files_without_rows(data_dir) == set()
        picture = {"image": ("a.png", png(), "image/png")}
        refused = requests.post(f"{server.address}/api/v1/images", files=picture, headers=bearer(client), timeout=30)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "no_room")
        assert client.wait("gpt_chat", reply_id=client.say("a red fox")["reply_id"])["state"] == "complete"
        server.empty()
        for job_id in (first, second):
            done = client.job_end(job_id)
            assert (done["state"], done["attempt"]) == ("done", 1)
            assert pictures_of(data_dir, job_id) == 1
        assert files_without_rows(data_dir) == set()
        assert "Traceback" not in server.output


def test_full_while_everything_is_written(tmp_path, model):
    """Database and pictures on the same disk."""
    settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test", "ARTBOT_LEASE_S": "3"}
    with (
        SmallDiskServer(tmp_path, tmp_path, MEGABYTES, ARTBOT_DEMO_PACE="1.5", **settings) as server,
        Client(server.address) as client,
    ):
        job_id = client.paint(overrides=SMALL)
        client.wait("progress", job_id=job_id)
        ack = client.say("a long story")
        client.wait("message", reply_id=ack["reply_id"])
        server.fill()
        wait_until(lambda: client.text_of(ack["reply_id"]) == TEXT, 30, "the whole story")
        refused = client.call("gpt_chat", {"text": "more", "message_id": "5f0c2a0e-4a57-4f0b-9d4c-0f4b3d1d7a11"})
        assert (refused["ok"], refused["error"]["code"]) == (False, "unavailable")
        wait_until(lambda: "a reply waits to be stored" in server.output)
        assert client.all("gpt_chat") == []  # nobody is told what a restart would forget
        server.empty()
        done = client.wait("gpt_chat", reply_id=ack["reply_id"])
        assert (done["full_message"], done["state"]) == (TEXT, "complete")
        job = client.job_end(job_id)
        assert (job["state"], len(job["images"])) == ("done", 1)
        assert requests.get(server.address + job["images"][0]["url"], timeout=10).status_code == 200
        again = client.say("more", message_id="5f0c2a0e-4a57-4f0b-9d4c-0f4b3d1d7a11")
        assert client.wait("gpt_chat", reply_id=again["reply_id"])["full_message"] == TEXT
        for conversation_id in (ack["conversation_id"], again["conversation_id"]):
            said = client.call("history", {"conversation_id": conversation_id})["messages"]
            assert [message["content"] for message in said][1:] == [TEXT]
        assert "Traceback" not in server.output


def bearer(client):
    return {"Authorization": f"Bearer {client.session['token']}"}
