"""Lost networks, second devices and long histories: nobody misses a word, and nothing grows with the past."""

import random
import sqlite3
import threading
import time
from contextlib import closing

import orjson
import pytest

from tests.e2e.client import Client
from tests.e2e.follower import Follower
from tests.e2e.paced import numbered, paced
from tests.llm.fake_openai import FakeOpenAI, reply
from tests.server import RunningServer, wait_until

pytestmark = pytest.mark.alone

PIECES = numbered(100)
TEXT = "".join(PIECES)
PAUSE_S = 0.015
CUTS, CLIENTS = 30, 6
LONG = 10_000


@pytest.fixture(scope="module")
def model():
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture(scope="module")
def server(tmp_path_factory, model):
    settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test", "ARTBOT_WORKER": "none"}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        yield running


@pytest.fixture(autouse=True)
def pace(model):
    model.answer(paced(PIECES, PAUSE_S))


def back(server, client):
    return Client(server.address, auth={"session": client.session["token"]})


def test_a_client_that_comes_back_goes_on_where_the_snapshot_is(server):
    with Client(server.address) as client:
        ack = client.say("a long story")
        client.wait("message", reply_id=ack["reply_id"])
    with back(server, client) as again:
        [live] = again.session["replies"]
        assert live | {"text": "", "seq": 0} == {
            "reply_id": ack["reply_id"],
            "message_id": ack["message_id"],
            "conversation_id": ack["conversation_id"],
            "client_sid": None,
            "text": "",
            "seq": 0,
        }
        assert live["text"] == "".join(PIECES[: live["seq"]])
        follower = Follower(ack["reply_id"])
        follower.attach(again)
        assert follower.to_the_end() == TEXT
        assert follower.gaps == 0
        assert again.wait("gpt_chat")["full_message"] == TEXT
        assert len(again.session["messages"]) == 2


def test_resume_fills_a_gap(server):
    with Client(server.address) as client:
        ack = client.say("a long story")
        wait_until(lambda: len(client.all("message", reply_id=ack["reply_id"])) > 5)
        live = client.call("resume", {"reply_id": ack["reply_id"]})
        assert (live["done"], live["text"]) == (False, "".join(PIECES[: live["seq"]]))
        follower = Follower(ack["reply_id"])
        follower.attach(client)
        follower.text, follower.seq, follower._read = "", 0, 3  # the first three frames went astray
        assert follower.to_the_end() == TEXT
        assert follower.gaps == 1
        assert client.call("resume", {"reply_id": "no-such-reply"})["error"]["code"] == "not_found"
    with Client(server.address) as stranger:
        assert stranger.call("resume", {"reply_id": ack["reply_id"]})["error"]["code"] == "not_found"


def test_a_second_device_joins_in_the_middle(server):
    with Client(server.address) as phone:
        ack = phone.say("a long story")
        wait_until(lambda: len(phone.all("message", reply_id=ack["reply_id"])) > 20)
        with back(server, phone) as desk:
            follower = Follower(ack["reply_id"])
            follower.attach(desk)
            assert follower.seq >= 20
            assert follower.to_the_end() == TEXT
            assert phone.wait("gpt_chat")["full_message"] == TEXT == phone.text_of(ack["reply_id"])


def test_a_disconnect_cancels_nothing(server, model):
    with Client(server.address) as client:
        ack = client.say("a long story")
    over = model.hung_up
    while over.acquire(blocking=False):
        pass
    assert model.saw_the_end()
    with back(server, client) as again:
        follower = Follower(ack["reply_id"])
        follower.attach(again)
        assert follower.to_the_end() == TEXT
        assert again.call("history", {})["messages"][-1]["state"] == "complete"


def test_thirty_cuts_at_random_lose_and_double_nothing(server):
    seed = 20240607
    texts, gaps = {}, []

    def live_through(number):
        chance = random.Random(seed + number)
        with Client(server.address) as client:
            follower = Follower(client.say(f"story {number}")["reply_id"])
            follower.attach(client)
        for cut in sorted(chance.sample(range(2, len(PIECES) - 20), CUTS // CLIENTS)):
            time.sleep(chance.uniform(0, 0.1))
            with back(server, client) as client:
                follower.attach(client)
                follower.until(cut)
                assert TEXT.startswith(follower.text)
        with back(server, client) as client:
            follower.attach(client)
            texts[number] = follower.to_the_end()
        gaps.append(follower.gaps)

    threads = [threading.Thread(target=live_through, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == dict.fromkeys(range(CLIENTS), TEXT)
    assert sum(gaps) == 0  # what the snapshot holds is not sent again in a form that makes the client ask


@pytest.fixture(scope="module")
def long_one(server, model):
    """A client with a conversation of 10,000 messages of half a kilobyte, and one with a conversation of 40."""
    made = []
    for length in (LONG, 40):
        model.answer(reply(["well"]))
        with Client(server.address) as client:
            ack = client.say("how it began")
            client.wait("gpt_chat", reply_id=ack["reply_id"])
        _lengthen(server, client, ack["conversation_id"], length)
        made.append((client, ack["conversation_id"]))
    return made


def _lengthen(server, client, conversation_id, length):
    words = "a cat sits by the window and looks at the rain, " * 10
    session_id = client.session["session_id"]
    rows = []
    for position in range(2, length):
        mine = position % 2 == 0
        own, of = f"{conversation_id}-{position}", f"{conversation_id}-{position - position % 2}"
        role, text = ("user" if mine else "assistant"), f"{position}: {words}"
        rows.append((session_id, own, conversation_id, position, role, text, "complete", of, 1, 1.0))
    with closing(sqlite3.connect(server.data_dir / "artbot.db", timeout=20)) as connection, connection:
        connection.executemany(
            "INSERT INTO messages (session_id, id, conversation_id, position, role, content, state, message_id, seq,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        connection.execute("UPDATE conversations SET message_count = ? WHERE id = ?", (length, conversation_id))


def test_a_snapshot_of_a_huge_conversation_stays_small(server, long_one):
    client, conversation_id = long_one[0]
    with back(server, client) as again:
        snapshot = again.session
        assert len(orjson.dumps(snapshot)) <= 64 * 1024
        positions = [message["position"] for message in snapshot["messages"]]
        assert positions == list(range(LONG - 50, LONG))
        assert (snapshot["cursor"], snapshot["conversation"]["message_count"]) == (LONG - 50, LONG)
        page = again.call("history", {"conversation_id": conversation_id, "before": snapshot["cursor"]})
        assert page["messages"][-1]["position"] == LONG - 51


def test_messages_too_large_for_a_snapshot_are_left_to_history(server, model):
    model.answer(reply(["much " * 3_000]))
    with Client(server.address) as client:
        conversation_id = None
        for number in range(6):
            more = {"conversation_id": conversation_id} if conversation_id else {}
            ack = client.say(f"message {number}", **more)
            conversation_id = ack["conversation_id"]
            client.wait("gpt_chat", reply_id=ack["reply_id"])
    with back(server, client) as again:
        assert len(orjson.dumps(again.session)) <= 64 * 1024
        shown = [message["position"] for message in again.session["messages"]]
        assert shown == list(range(again.session["cursor"], 12))
        rest = again.call("history", {"before": again.session["cursor"]})
        assert [message["position"] for message in rest["messages"]] == list(range(again.session["cursor"]))
        assert rest["cursor"] is None


def test_history_gives_ten_thousand_messages_exactly_once(server, long_one):
    client, conversation_id = long_one[0]
    with back(server, client) as again:
        positions, cursor = [], LONG
        while cursor is not None:
            page = again.call("history", {"conversation_id": conversation_id, "before": cursor, "limit": 50})
            positions = [message["position"] for message in page["messages"]] + positions
            cursor = page["cursor"]
        assert positions == list(range(LONG))


def test_turn_ten_thousand_sends_the_model_no_more_than_turn_forty(server, model, long_one):
    model.answer(reply(["yes"]))
    asked = []
    for client, conversation_id in long_one:
        with back(server, client) as again:
            ack = again.say("go on", conversation_id=conversation_id)
            again.wait("gpt_chat", reply_id=ack["reply_id"])
        asked.append(model.asked[-1].body["messages"])
    at_length_10000, at_length_40 = asked
    assert at_length_10000[-1]["content"] == "go on" == at_length_40[-1]["content"]
    assert 2 <= len(at_length_10000) <= len(at_length_40) <= 41
    sizes = [sum(len(line["content"]) for line in lines) for lines in asked]
    assert sizes[0] <= sizes[1] * 1.02  # the same words, longer numbers
