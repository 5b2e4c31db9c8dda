"""A reply that ended too early goes on: after a kill, a stop or a fault, on every device, over the socket and over HTTP."""

import sqlite3
import threading
from contextlib import closing

import pytest
import requests

from tests.e2e.client import Client
from tests.e2e.follower import Follower
from tests.e2e.paced import numbered, paced
from tests.e2e.sse import events
from tests.e2e.stored import rows
from tests.llm.fake_openai import FakeOpenAI, cut_after, delta
from tests.server import RunningServer, wait_until

pytestmark = pytest.mark.alone

SMALL = {"width": 128, "height": 128, "batch_size": 1}
PIECES = numbered(120)
TEXT = "".join(PIECES)


@pytest.fixture(scope="module")
def model():
    with FakeOpenAI() as fake:
        yield fake


def served(data_dir, model=None, **settings):
    if model is not None:
        settings |= {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test"}
    return RunningServer(data_dir, **settings)


@pytest.fixture(scope="module")
def server(tmp_path_factory, model):
    with served(tmp_path_factory.mktemp("data"), model, ARTBOT_WORKER="none") as running:
        yield running


def back(server, client):
    return Client(server.address, auth={"session": client.session["token"]})


def rest_of(text):
    """The pieces that are missing behind this beginning of the story."""
    known = len(text.split())
    assert text == "".join(PIECES[:known])
    return PIECES[known:]


def begun(client, model, pause_s=0.01, pieces=30):
    """A story that has come this far."""
    model.answer(paced(PIECES, pause_s))
    ack = client.say("a long story")
    wait_until(lambda: len(client.all("message", reply_id=ack["reply_id"])) >= pieces)
    return ack


def go_on(client, ack):
    again = client.call("continue_chat", {"reply_id": ack["reply_id"]})
    assert again == {name: ack[name] for name in ("ok", "message_id", "reply_id", "conversation_id")}
    return client.wait("gpt_chat", reply_id=ack["reply_id"], state="complete")


def stopped(client, model):
    ack = begun(client, model)
    assert client.call("stop_chat", {"reply_id": ack["reply_id"]})["stopped"]
    return ack, client.wait("gpt_chat", reply_id=ack["reply_id"], state="stopped")["full_message"]


def test_after_a_kill_it_goes_on_from_what_was_stored_on_every_device(tmp_path, model):
    with served(tmp_path, model, ARTBOT_WORKER="none") as server:
        with Client(server.address) as client:
            ack = begun(client, model, pause_s=0.03, pieces=60)
            follower = Follower(ack["reply_id"])
            follower.attach(client)
            follower.read()
            server.kill()
        server.start()
        with back(server, client) as desk, back(server, client) as phone:
            devices = [follower, Follower(ack["reply_id"])]
            for device, socket in zip(devices, (desk, phone), strict=True):
                device.attach(socket)
            kept = follower.text
            assert kept == devices[1].text
            model.answer(paced(rest_of(kept), 0.005))
            done = go_on(desk, ack)
            assert done["full_message"] == TEXT
            assert [device.to_the_end() for device in devices] == [TEXT] * 2
            assert [device.gaps for device in devices] == [0, 0]
            asked = model.asked[-1].body["messages"]
            assert [message["content"] for message in asked[:-1]] == ["a long story", kept]
            [mine, reply] = desk.call("history", {})["messages"]
            assert (mine["content"], reply["content"], reply["state"]) == ("a long story", TEXT, "complete")
            assert desk.call("resume", {"reply_id": ack["reply_id"]})["text"] == TEXT
    assert rows(tmp_path, "SELECT count(*) FROM messages") == [(2,)]


def test_a_client_that_saw_more_than_was_stored_takes_what_is_told(server, model):
    """One that never heard of the kill: it keeps what it has and goes by the numbers alone."""
    with Client(server.address) as client:
        ack, text = stopped(client, model)
        # As after a kill: the row says less than what was seen, and its numbers are further on.
        stored = "".join(PIECES[:10])
        query = "UPDATE messages SET content = ?, seq = seq + 1000000 WHERE id = ?"
        _change(server.data_dir, query, stored, ack["reply_id"])
        follower = Follower(ack["reply_id"])
        follower.text, follower.seq, follower._client, follower._read = text, len(text.split()), client, 0
        client.heard = [(name, data) for name, data in client.heard if name not in ("message", "gpt_chat")]
        model.answer(paced(PIECES[10:], 0.02))
        assert go_on(client, ack)["full_message"] == TEXT
        assert (follower.to_the_end(), follower.gaps) == (TEXT, 1)


def _change(data_dir, statement, *values):
    with closing(sqlite3.connect(data_dir / "artbot.db", timeout=10)) as connection, connection:
        connection.execute(statement, values)


def test_a_stopped_reply_goes_on_with_the_next_number(server, model):
    with Client(server.address) as client, back(server, client) as other:
        ack, text = stopped(client, model)
        model.answer(paced(rest_of(text), 0.005))
        assert go_on(client, ack)["full_message"] == TEXT
        other.wait("gpt_chat", reply_id=ack["reply_id"], state="complete")
        for device in (client, other):
            assert device.text_of(ack["reply_id"]) == TEXT  # frames 1, 2, 3 …, none twice and none missing
            [told] = device.all("chat_continued")
            assert (told["text"], told["seq"]) == (text, len(text.split()))


def test_a_reply_that_was_cut_by_the_model_goes_on(server, model):
    with Client(server.address) as client:
        model.answer(cut_after(*map(delta, PIECES[:7])), paced(PIECES[7:], 0))
        ack = client.say("a long story")
        failed = client.wait("chat_error", reply_id=ack["reply_id"])
        assert (failed["full_message"], failed["seq"]) == ("".join(PIECES[:7]), len(client.all("message")))
        assert go_on(client, ack)["full_message"] == TEXT == client.text_of(ack["reply_id"])


def test_asked_from_two_devices_at_once_it_is_written_once(server, model):
    with Client(server.address) as client, back(server, client) as other:
        ack, text = stopped(client, model)
        model.answer(paced(rest_of(text), 0.01))
        asked = len(model.asked)
        acks = []
        threads = [
            threading.Thread(target=lambda c=c: acks.append(c.call("continue_chat", {"reply_id": ack["reply_id"]})))
            for c in (client, other, client, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [one["reply_id"] for one in acks] == [ack["reply_id"]] * 4
        assert client.wait("gpt_chat", state="complete")["full_message"] == TEXT
        assert len(model.asked) == asked + 1
        refused = client.call("continue_chat", {"reply_id": ack["reply_id"]})["error"]
        assert (refused["code"], refused["detail"]["field"]) == ("bad_request", "reply_id")
    with Client(server.address) as stranger:
        assert stranger.call("continue_chat", {"reply_id": ack["reply_id"]})["error"]["code"] == "not_found"


@pytest.mark.parametrize("stream", [False, True])
def test_over_http(server, model, stream):
    with Client(server.address) as client:
        ack, text = stopped(client, model)
        model.answer(paced(rest_of(text), 0.01))
        answer = requests.post(
            f"{server.address}/api/v1/replies/{ack['reply_id']}/continue",
            json={"stream": stream},
            headers={"Authorization": f"Bearer {client.session['token']}"},
            timeout=30,
        )
        assert answer.status_code == 200
        if stream:
            heard = list(events(answer))
            assert "".join(data["message"] for name, data in heard if name == "message") == TEXT
            assert (heard[0][1].get("from", 1), heard[-1][0]) == (1, "gpt_chat")
            whole = heard[-1][1]
        else:
            whole = answer.json()
        assert (whole["full_message"], whole["reply_id"], whole["state"]) == (TEXT, ack["reply_id"], "complete")
        assert client.wait("gpt_chat", state="complete")["full_message"] == TEXT == client.text_of(ack["reply_id"])


def test_the_demo_writer_goes_on_and_what_was_to_be_painted_is(tmp_path):
    words = "a castle on a mountain by the sea at night with stars"
    with served(tmp_path, ARTBOT_DEMO_PACE="0.3") as server, Client(server.address) as client:
        whole = client.wait("gpt_chat", reply_id=client.say(words, folder="landscape")["reply_id"])
        order = {"paint": True, "folder": "landscape", "template": "gouache", "overrides": SMALL}
        ack = client.say(words, **order)
        wait_until(lambda: len(client.all("message", reply_id=ack["reply_id"])) > 5)
        server.kill()
    with server, back(server, client) as again:
        kept = again.call("history", {"conversation_id": ack["conversation_id"]})["messages"][-1]
        assert kept["state"] == "interrupted"
        done = go_on(again, ack)
        assert (done["full_message"], done["prompt"]) == (whole["full_message"], whole["prompt"])
        job = again.job_end(done["job_id"])
        assert (job["state"], job["prompt"], job["width"]) == ("done", whole["prompt"], 128)
