"""From a few words to a picture over a real socket, as a python-socketio client sees it, in each async mode."""

import io
import uuid

import pytest
import requests
from PIL import Image

from tests.e2e.client import Client
from tests.server import RunningServer

MODES = [
    "eventlet",
    pytest.param("gevent", marks=pytest.mark.long),
    pytest.param("threading", marks=pytest.mark.long),
]


@pytest.fixture(scope="module", params=MODES)
def server(request, tmp_path_factory):
    with RunningServer(tmp_path_factory.mktemp("data"), ARTBOT_ASYNC_MODE=request.param) as running:
        yield running


def test_words_become_a_prompt_and_the_prompt_a_picture(server):
    with Client(server.address) as client:
        ack = client.say("一只在花园里的橙色小猫", folder="children-animals", template="storybook", paint=True)
        done = client.wait("gpt_chat", reply_id=ack["reply_id"])
        assert client.text_of(ack["reply_id"]) == done["full_message"] == done["prompt"]
        assert "orange" in done["prompt"]
        assert "garden" in done["prompt"]
        job = client.job_end(done["job_id"])
        assert (job["state"], job["prompt"], job["reply_id"]) == ("done", done["prompt"], ack["reply_id"])
        progress = [p["progress"] for p in client.all("progress", job_id=job["job_id"])]
        assert progress == sorted(progress)
        images = client.wait("images", job_id=job["job_id"])["images"]
        assert len(images) == job["count"]
        thumbnail = Image.open(io.BytesIO(images[0]["data"]))
        assert thumbnail.format == "WEBP"
        original = requests.get(server.address + images[0]["url"], timeout=10)
        assert Image.open(io.BytesIO(original.content)).size == (job["width"], job["height"])
        names = [name for name, _ in client.heard]
        assert names.index("images") < max(i for i, n in enumerate(names) if n == "job")


def test_the_second_turn_builds_on_the_first(server):
    with Client(server.address) as client:
        first = client.say("I want to see a beach")
        client.wait("gpt_chat", reply_id=first["reply_id"])
        second = client.say("at sunset", conversation_id=first["conversation_id"])
        prompt = client.wait("gpt_chat", reply_id=second["reply_id"])["prompt"]
        assert "beach" in prompt
        assert "sunset" in prompt


def test_the_articles_form_streams_to_its_socket_alone_and_acks_at_the_end(server):
    with Client(server.address) as client, Client(server.address, auth={"session": client.session["token"]}) as other:
        data = {
            "messages": [
                {"role": "system", "content": "Animals."},
                {"role": "user", "content": "a lion cub by a river"},
            ],
            "model": "gpt-4",
            "client_sid": "panel-7",
        }
        ack = client.call("gpt_chat", data)
        assert ack["status"] == "connected"
        done = client.wait("gpt_chat", client_sid="panel-7")
        pieces = client.all("message", client_sid="panel-7")
        assert "".join(piece["message"] for piece in pieces) == done["full_message"] == ack["full_message"]
        assert other.all("message") == []
        conversations = client.call("conversations", {})["conversations"]
        assert conversations[0]["client_sid"] == "panel-7"
        kept = client.call("history", {"conversation_id": conversations[0]["conversation_id"]})["messages"]
        assert [m["content"] for m in kept] == ["a lion cub by a river", done["full_message"]]


def test_every_socket_of_the_session_sees_the_same(server):
    with Client(server.address) as phone, Client(server.address, auth={"session": phone.session["token"]}) as desk:
        ack = phone.say("three ducklings in a pond")
        for client in (phone, desk):
            done = client.wait("gpt_chat", reply_id=ack["reply_id"])
            assert client.text_of(ack["reply_id"]) == done["full_message"]
        assert desk.wait("user_message")["message"]["content"] == "three ducklings in a pond"


def test_one_shot_replies_come_in_one_piece(server):
    with Client(server.address) as client:
        ack = client.say("a red fox in the snow", stream=False)
        done = client.wait("gpt_chat", reply_id=ack["reply_id"])
        assert [frame["message"] for frame in client.all("message")] == [done["full_message"]]


def test_a_repeated_message_is_answered_once(server):
    with Client(server.address) as client:
        message_id = str(uuid.uuid4())
        first = client.say("a whale", message_id=message_id)
        again = client.say("a whale", message_id=message_id)
        client.wait("gpt_chat", reply_id=first["reply_id"])
        third = client.say("a whale", message_id=message_id)
        assert first == again == third
        assert len(client.call("history", {})["messages"]) == 2


@pytest.mark.parametrize(
    ("images", "kind"), [("original", bytes), ("base64", str), ("url", type(None)), ("thumbnail", bytes)]
)
def test_pictures_come_as_each_socket_chose(server, images, kind):
    with Client(server.address, auth={"images": images}) as client:
        job_id = client.paint(overrides={"width": 128, "height": 128, "batch_size": 1})
        assert client.job_end(job_id)["state"] == "done"
        assert isinstance(client.wait("images", job_id=job_id)["images"][0].get("data"), kind)


@pytest.mark.parametrize("transports", [["websocket"], ["polling"]])
def test_both_transports_carry_everything(server, transports):
    with Client(server.address, transports=transports) as client:
        ack = client.say("two pandas eating bamboo", folder="landscape", template="gouache", paint=True)
        done = client.wait("gpt_chat", reply_id=ack["reply_id"])
        assert client.text_of(ack["reply_id"]) == done["full_message"]
        assert client.job_end(done["job_id"])["state"] == "done"


def test_stop_keeps_what_had_come(tmp_path, server):
    with (
        RunningServer(
            tmp_path, **{**server.settings, "ARTBOT_DATA_DIR": str(tmp_path), "ARTBOT_DEMO_PACE": "10"}
        ) as slow,
        Client(slow.address) as client,
    ):
        ack = client.say("a castle on a mountain by the sea")
        client.wait("message", reply_id=ack["reply_id"])
        assert client.call("stop_chat", {"reply_id": ack["reply_id"]}) == {"ok": True, "stopped": True}
        done = client.wait("gpt_chat", within_s=3, reply_id=ack["reply_id"])
        assert (done["state"], done["full_message"]) == ("stopped", client.text_of(ack["reply_id"]))
        kept = client.call("history", {})["messages"][-1]
        assert (kept["state"], kept["content"]) == ("stopped", done["full_message"])


def test_a_stop_that_overtakes_its_message_still_works(server):
    with Client(server.address) as client:
        message_id = str(uuid.uuid4())
        assert client.call("stop_chat", {"message_id": message_id}) == {"ok": True, "stopped": False}
        ack = client.say("a horse", message_id=message_id)
        assert client.wait("gpt_chat", reply_id=ack["reply_id"])["state"] == "stopped"


def test_a_conversation_is_answered_one_message_at_a_time(tmp_path, server):
    with (
        RunningServer(
            tmp_path, **{**server.settings, "ARTBOT_DATA_DIR": str(tmp_path), "ARTBOT_DEMO_PACE": "10"}
        ) as slow,
        Client(slow.address) as client,
    ):
        ack = client.say("a castle")
        busy = client.call("gpt_chat", {"text": "a dog", "conversation_id": ack["conversation_id"]})
        assert busy["error"]["code"] == "busy"
        live = client.call("resume", {"reply_id": ack["reply_id"]})
        assert live["done"] is False
        assert (
            client.call("delete_conversation", {"conversation_id": ack["conversation_id"]})["error"]["code"] == "busy"
        )
        client.call("stop_chat", {"message_id": ack["message_id"]})
        client.wait("gpt_chat", reply_id=ack["reply_id"])
        whole = client.call("resume", {"reply_id": ack["reply_id"]})
        assert (whole["done"], whole["text"]) == (True, client.text_of(ack["reply_id"]))
