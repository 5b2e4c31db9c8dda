"""Two web processes on PostgreSQL and Redis: whichever one a client comes to, it sees the same."""

import uuid

import pytest
import requests

from tests.e2e.client import Client
from tests.e2e.follower import Follower
from tests.e2e.paced import numbered, paced
from tests.e2e.several import Several
from tests.llm.fake_openai import FakeOpenAI
from tests.painting.scripted_backend import png
from tests.server import wait_until

pytestmark = pytest.mark.alone

PIECES = numbered(120)
TEXT = "".join(PIECES)
LONG = numbered(400)
SMALL = {"width": 64, "height": 64, "batch_size": 1}


@pytest.fixture(scope="module")
def model():
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture(scope="module")
def several(tmp_path_factory, model):
    settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test"}
    with Several(tmp_path_factory.mktemp("several"), **settings) as running:
        running.webs[0].wait_for_worker()
        running.webs[1].wait_for_worker()
        yield running


@pytest.fixture(autouse=True)
def pace(model):
    model.answer(paced(PIECES, 0.015))


def at(several, number, client):
    return Client(several.webs[number].address, auth={"session": client.session["token"]})


def test_a_client_that_comes_back_to_another_process_goes_on_there(several):
    with Client(several.webs[0].address) as client:
        ack = client.say("a long story")
        client.wait("message", reply_id=ack["reply_id"])
    with at(several, 1, client) as again:
        [live] = again.session["replies"]
        assert TEXT.startswith(live["text"])
        follower = Follower(ack["reply_id"])
        follower.attach(again)
        assert follower.seq >= 1
        assert follower.to_the_end() == TEXT
        assert follower.gaps == 0
        assert again.wait("gpt_chat")["full_message"] == TEXT


def test_a_device_on_another_process_sees_a_reply_from_its_first_word(several):
    with Client(several.webs[0].address) as phone, at(several, 1, phone) as desk:
        ack = phone.say("a long story")
        for device in (phone, desk):
            assert device.wait("gpt_chat", reply_id=ack["reply_id"])["full_message"] == TEXT
            assert device.text_of(ack["reply_id"]) == TEXT
        assert desk.wait("user_message")["message"]["content"] == "a long story"
        back = desk.say("and on", conversation_id=ack["conversation_id"])
        assert phone.wait("gpt_chat", reply_id=back["reply_id"])["full_message"] == TEXT
        assert phone.text_of(back["reply_id"]) == TEXT


def test_text_flows_between_processes_piece_by_piece(several):
    with Client(several.webs[0].address) as phone, at(several, 1, phone) as desk:
        ack = phone.say("a long story")
        phone.wait("gpt_chat", reply_id=ack["reply_id"])
        desk.wait("gpt_chat", reply_id=ack["reply_id"])
        assert len(desk.all("message")) > len(PIECES) / 4


def test_a_reply_is_followed_looked_at_and_stopped_over_http_of_another_process(several):
    with Client(several.webs[0].address) as client:
        ack = client.say("a long story")
        wait_until(lambda: len(client.all("message")) > 10)
        bearer = {"Authorization": "Bearer " + client.session["token"]}
        there = f"{several.webs[1].address}/api/v1/replies/{ack['reply_id']}"
        live = requests.get(there, headers=bearer, timeout=10).json()
        assert (live["done"], TEXT.startswith(live["text"])) == (False, True)
        assert len(live["text"]) > 60
        assert requests.post(there + "/stop", headers=bearer, timeout=10).json()["stopped"] is True
        stopped = client.wait("gpt_chat")
        assert stopped["state"] == "stopped"
        over = wait_until(lambda: (told := requests.get(there, headers=bearer, timeout=10).json())["done"] and told)
        assert over["text"] == stopped["full_message"]


def test_busy_and_repeats_are_decided_over_processes(several):
    with Client(several.webs[0].address) as phone, at(several, 1, phone) as desk:
        name = str(uuid.uuid4())
        ack = phone.say("a long story", message_id=name)
        assert desk.say("a long story", message_id=name)["reply_id"] == ack["reply_id"]
        busy = desk.call("gpt_chat", {"text": "more", "conversation_id": ack["conversation_id"]})
        assert busy["error"]["code"] == "busy"
        assert desk.call("stop_chat", {"reply_id": ack["reply_id"]}) == {"ok": True, "stopped": True}
        assert phone.wait("gpt_chat")["state"] == "stopped"
        assert desk.wait("gpt_chat")["full_message"] == phone.wait("gpt_chat")["full_message"]


def test_a_picture_reaches_the_session_on_every_process(several):
    with Client(several.webs[1].address) as client, at(several, 0, client) as other:
        job_id = client.paint(overrides={"width": 64, "height": 64, "batch_size": 1})
        for device in (client, other):
            assert device.job_end(job_id)["state"] == "done"
            assert device.wait("images", job_id=job_id)["images"][0]["data"]


def test_a_picture_is_sent_to_any_process(several):
    with Client(several.webs[1].address) as client, at(several, 0, client) as other:
        kept = uploaded(several.webs[1], client)
        job_id = other.paint(template="photo-to-painting", image_id=kept["id"], overrides=SMALL)
        assert client.job_end(job_id)["state"] == "done"
        again = requests.get(several.webs[0].address + kept["url"], timeout=10)
        assert again.content == requests.get(several.webs[1].address + kept["url"], timeout=10).content == png()
        assert not list(several.pictures.rglob("*.handed"))


def uploaded(server, client):
    """The record of a picture that was sent to this process."""
    bearer = {"Authorization": "Bearer " + client.session["token"]}
    sent = {"image": ("a.png", png())}
    answer = requests.post(server.address + "/api/v1/images", files=sent, headers=bearer, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_without_a_watcher_elsewhere_a_reply_costs_redis_next_to_nothing(several):
    with Client(several.webs[0].address) as client:
        before = several.redis.said()
        ack = client.say("a long story")
        client.wait("gpt_chat", reply_id=ack["reply_id"])
        assert several.redis.said() - before < 10


def test_while_redis_is_away_text_goes_on_and_nothing_is_lost(several, model):
    model.answer(paced(LONG, 0.02))
    with Client(several.webs[0].address) as phone, at(several, 1, phone) as desk:
        first = phone.say("a very long story")
        wait_until(lambda: len(desk.all("message", reply_id=first["reply_id"])) > 20)
        several.redis.stop()
        here = len(phone.all("message"))
        wait_until(lambda: len(phone.all("message")) > here + 50)  # the owner's process goes on
        desk_job = desk.paint(overrides=SMALL)
        phone_job = phone.paint(overrides=SMALL)
        other = phone.say("another story")

        def shown(client, job_id):
            told = client.all("job", job_id=job_id) + [j for s in client.all("session") for j in s["jobs"]]
            return any(job["job_id"] == job_id and job["state"] == "done" for job in told)

        for client in (phone, desk):
            for job_id in (desk_job, phone_job):
                wait_until(lambda client=client, job_id=job_id: shown(client, job_id), 30, "the end of a job")
        several.redis.start()
        for ack in (first, other):
            for client in (phone, desk):
                assert _text(client, ack["reply_id"]) == "".join(LONG)


def _text(client, reply_id):
    """What the client has at the end: by the reply's last event, or by a later snapshot."""

    def whole():
        done = [event["full_message"] for event in client.all("gpt_chat", reply_id=reply_id)]
        kept = [m["content"] for s in client.all("session") for m in s["messages"] if m.get("reply_id") == reply_id]
        return [text for text in (*done, *kept) if text.endswith(LONG[-1])]

    return wait_until(whole, 40, f"the end of {reply_id}")[0]
