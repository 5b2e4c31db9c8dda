"""What is too much, of the wrong type or no message at all: always an answer, and never harm to the others."""

import json
import uuid
from contextlib import contextmanager

import pytest
import requests
import websocket

from artbot_server.web import requests as ask
from tests.e2e.client import Client
from tests.server import RunningServer, wait_until

SMALL = {"width": 64, "height": 64, "batch_size": 1, "steps": 1}
GENERATE = {"prompt": "a dog", "folder": "landscape", "template": "gouache", "overrides": SMALL}
ARTICLE = {"messages": [{"role": "user", "content": "a dog"}]}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Nobody paints here, so that what is queued stays queued."""
    settings = {"ARTBOT_DEMO_PACE": "0", "ARTBOT_WORKER": "none", "ARTBOT_QUEUE_LIMIT": "3"}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        yield running


@pytest.fixture(scope="module")
def limited(tmp_path_factory):
    settings = {"ARTBOT_DEMO_PACE": "0", "ARTBOT_WORKER": "none", "ARTBOT_CHAT_LIMIT": "2"}
    with RunningServer(tmp_path_factory.mktemp("limited"), **settings) as running:
        yield running


@pytest.fixture(scope="module")
def client(server):
    with Client(server.address) as client:
        yield client


@pytest.fixture
def alive(server):
    """After the test the server still answers, and nothing in it failed."""
    before = len(server.output)
    yield
    assert requests.get(server.address + "/healthz", timeout=10).json()["ok"]
    assert "an event failed" not in server.output[before:]


def error(ack):
    assert ack["ok"] is False, ack
    return ack["error"]


# How often


def test_a_session_may_ask_so_often_a_minute(limited):
    with Client(limited.address) as one, Client(limited.address, auth={"session": one.session["token"]}) as same:
        one.say("a cat")
        same.say("a dog")
        told = error(one.call("gpt_chat", {"text": "a hen"}))
        assert (told["code"], told["detail"]["fault"]) == ("too_many", "client")
        assert 0 < told["detail"]["retry_after_s"] <= 60
        assert one.session["server"]["limits"]["chat_per_minute"] == 2
    with Client(limited.address) as other:
        other.say("a cat")


def test_the_articles_form_counts_by_address(limited):
    acks = []
    for _ in range(3):
        with Client(limited.address) as client:
            acks.append(client.call("gpt_chat", {**ARTICLE, "client_sid": "p"}))
    assert [ack["ok"] for ack in acks] == [True, True, False]
    assert (acks[2]["error"]["code"], acks[2]["status"]) == ("too_many", "error")
    assert (acks[2]["full_message"], acks[2]["client_sid"]) == ("", "p")


def test_a_repeat_is_answered_also_at_the_limit(limited):
    with Client(limited.address) as client:
        message_id = str(uuid.uuid4())
        first = client.say("a cat", message_id=message_id)
        client.say("a dog")
        assert client.say("a cat", message_id=message_id) == first


def test_so_many_jobs_of_a_session_may_wait(server):
    with Client(server.address) as client, Client(server.address) as other:
        jobs = [client.paint() for _ in range(3)]
        told = error(client.call("generate", GENERATE))
        assert (told["code"], told["detail"]["limit"]) == ("too_many", 3)
        other.paint()
        assert client.call("cancel_job", {"job_id": jobs[0]})["state"] == "cancelled"
        client.paint()
        form = {"prompt": "a dog", "templateName": "gouache", "folderName": "landscape"}
        bearer = {"Authorization": "Bearer " + client.session["token"]}
        answer = requests.post(server.address + "/submitbyprompt", data=form, headers=bearer, timeout=10)
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many")


# How much


@pytest.mark.parametrize(
    ("event", "data", "field"),
    [
        ("gpt_chat", {"text": "x" * (ask.TEXT_CHARS + 1)}, "text"),
        ("gpt_chat", {"text": "猫" * (ask.TEXT_CHARS + 1)}, "text"),
        ("gpt_chat", {"messages": [{"role": "user", "content": "x" * 100_001}]}, "messages.0.content"),
        ("gpt_chat", {"messages": [{"role": "user", "content": "x"}] * 401}, "messages"),
        ("gpt_chat", {**ARTICLE, "key": "k" * 513}, "key"),
        ("generate", {**GENERATE, "prompt": "x" * 10_001}, "prompt"),
        ("generate", {**GENERATE, "overrides": {str(n): n for n in range(65)}}, "overrides"),
        ("generate", {**GENERATE, "image": b"x" * 700_001}, "image"),
        ("generate", {**GENERATE, "mask": "eHh4" * 240_000}, "mask"),
        ("new_conversation", {"title": "x" * 201}, "title"),
    ],
)
@pytest.mark.usefixtures("alive")
def test_too_much_is_refused_by_name(client, event, data, field):
    told = error(client.call(event, data))
    assert told["code"] in ("bad_request", "too_large")
    assert told["detail"]["field"] == field
    assert len(str(told)) < 1_000


@pytest.mark.usefixtures("alive")
def test_an_oversized_event_costs_its_sender_the_connection(server, client):
    text = "x" * 1_200_000
    with connected(server) as raw, pytest.raises(ENDED) as caught:
        ask_and_wait(raw, '420["gpt_chat",{"text":"' + text + '"}]')
    assert not isinstance(caught.value, websocket.WebSocketTimeoutException)
    with Client(server.address, transports=["polling"]) as polling:
        polling.io.emit("gpt_chat", {"text": text})
        wait_until(lambda: not polling.io.connected)
    assert client.call("templates")["ok"]


# Wrong types


@pytest.mark.parametrize(
    ("event", "good", "fields"),
    [
        ("gpt_chat", {"text": "a dog"},
         "text message_id conversation_id folder template paint image_id model key client_sid stream "
         "candidates"),
        ("gpt_chat", ARTICLE, "messages key model client_sid stream"),
        ("stop_chat", {}, "reply_id message_id client_sid"),
        ("generate", GENERATE, "prompt folder template negative_prompt image_id image mask_id mask overrides job_id "
         "conversation_id reply_id client_sid"),
        ("cancel_job", {}, "job_id"),
        ("resume", {}, "reply_id"),
        ("history", {}, "conversation_id before limit"),
        ("conversations", {}, "before limit"),
        ("new_conversation", {}, "title folder template"),
        ("rename_conversation", {"conversation_id": "c", "title": "t"}, "conversation_id title"),
        ("close_conversation", {}, "conversation_id"),
        ("export_conversation", {}, "conversation_id"),
        ("delete_conversation", {}, "conversation_id"),
        ("share_image", {}, "image_id"),
        ("unshare_image", {}, "image_id"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("alive")
def test_every_wrong_type_is_refused_by_name(client, event, good, fields):
    for field in fields.split():
        for wrong in ([[]], {"a": {}}, -1.5, [b"\xff"]):
            told = error(client.call(event, {**good, field: wrong}))
            assert told["code"] in ("bad_request", "not_found"), (field, wrong, told)
            assert told["detail"]["field"].split(".")[0] == field, (field, wrong, told)
            assert told["message"].endswith(".")


@pytest.mark.parametrize("name", ["width", "seed", "steps", "cfg_scale", "sampler_name", "styles", "enable_hr"])
@pytest.mark.usefixtures("alive")
def test_every_wrong_override_is_refused_by_name(client, name):
    for wrong in ([[]], {}, -5, 10**30, None, b"x"):
        told = error(client.call("generate", {**GENERATE, "overrides": {name: wrong}}))
        assert told["detail"]["field"] == f"overrides.{name}", (wrong, told)


@pytest.mark.parametrize("data", [None, [], "text", 5, True, b"bytes", [[]], {"a": 1}])
@pytest.mark.parametrize(
    "event",
    [
        "gpt_chat",
        "stop_chat",
        "generate",
        "cancel_job",
        "resume",
        "delete_conversation",
        "share_image",
        "unshare_image",
    ],
)
@pytest.mark.usefixtures("alive")
def test_an_event_without_its_fields_is_refused(client, event, data):
    assert error(client.call(event, data))["code"] == "bad_request"


@pytest.mark.parametrize("event", ["history", "conversations", "templates"])
@pytest.mark.usefixtures("alive")
def test_events_whose_fields_are_optional_need_no_data(client, event):
    assert client.call(event)["ok"]
    assert client.call(event, {"unknown": "field"})["ok"]
    assert error(client.call(event, "text"))["code"] == "bad_request"


@pytest.mark.usefixtures("alive")
def test_extra_arguments_are_ignored(client):
    assert client.call("history", ({}, "more", b"bytes", None))["ok"]
    assert client.call("gpt_chat", ({"text": "a dog"}, {"text": "a cat"}))["ok"]


@pytest.mark.parametrize(
    "text",
    [
        '420["gpt_chat",{"text":"half \\ud83d"}]',
        '420["gpt_chat",{"messages":"\\ud83d","client_sid":"\\ud83d"}]',
        '420["gpt_chat",{"text":"zero \\u0000"}]',
        '420["gpt_chat",{"text":"x","folder":"zero \\u0000"}]',
        '420["gpt_chat",{"text":"x","conversation_id":"\\u0000"}]',
        '420["history",{"before":18446744073709551615}]',
        '420["history",{"before":123456789012345678901234567890}]',
        '420["history",{"limit":NaN}]',
        '420["generate",{"prompt":"x","folder":"\\u0000","template":"x"}]',
        '420["generate",{"prompt":"x","folder":"landscape","template":"gouache","overrides":{"\\ud83d":1}}]',
        '420["generate",{"prompt":"x","folder":"landscape","template":"gouache","overrides":{"seed":1e400}}]',
    ],
)
@pytest.mark.usefixtures("alive")
def test_odd_json_is_refused_in_an_ack(server, text):
    with connected(server) as raw:
        raw.send(text)
        ack = json.loads(until(raw, "430")[3:])[0]
        assert error(ack)["code"] == "bad_request"


# No message at all


ENDED = (AssertionError, OSError, websocket.WebSocketException)


@contextmanager
def connected(server):
    """A bare WebSocket after the handshake."""
    raw = websocket.create_connection(
        server.address.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket", timeout=10
    )
    try:
        raw.send("40")
        until(raw, '42["session"')
        yield raw
    finally:
        raw.shutdown()


def ask_and_wait(raw, packet):
    """Send it, some bytes in case it waits for attachments, and wait for an ack."""
    send = raw.send if isinstance(packet, str) else raw.send_binary
    send(packet)
    for _ in range(3):
        raw.send_binary(b"x" * 1_000)
    until(raw, "430")


def until(raw, head):
    """The first packet that begins so."""
    while not (packet := raw.recv()).startswith(head):
        assert packet, "the connection was closed"
    return packet


@pytest.mark.parametrize(
    "name", ["nothing", "message", "session", "job", "__class__", "connect_error", "*", "", "a" * 10_000]
)
@pytest.mark.usefixtures("alive")
def test_unknown_events_do_no_harm(client, name):
    client.io.emit(name, {"text": "x"})
    assert client.call("templates")["ok"]


@pytest.mark.parametrize(
    "garbage",
    [
        "", "x", "4", "49", "42", "42[", "42[]", "42{}", "42[5]", "42[[]]", "42[null]", '42["connect",1,{"session":"x"}]', '42["disconnect"]', '42["gpt_chat"', "45", "451-",
        '451-["x"]', "4599999999999-[\"x\"]", '45999-["x"]', '421-["x"]', '450-["x"]', '451-["x",{"_placeholder":true,"num":7}]',
        "999", "\0", "b!!!", "42" + "[" * 100_000,
        b"", b"\0", b"\xff" * 1_000, b'42["gpt_chat",{}]',
    ],
)  # fmt: skip
@pytest.mark.usefixtures("alive")
def test_who_sends_garbage_is_hung_up_on(server, client, garbage):
    before = len(server.output)
    with connected(server) as raw, pytest.raises(ENDED) as caught:
        ask_and_wait(raw, garbage)
    assert not isinstance(caught.value, websocket.WebSocketTimeoutException)
    assert client.call("templates")["ok"]
    assert "Traceback" not in server.output[before:]


@pytest.mark.usefixtures("alive")
def test_a_picture_in_an_event_may_come_with_its_mask(client):
    # Nobody is there to check them: the answer shows that both attachments arrived.
    told = error(client.call("generate", {**GENERATE, "image": b"x", "mask": b"y"}))
    assert told["code"] == "unavailable"


def test_no_word_of_all_this_stands_in_the_log(server):
    assert "a dog" not in server.output
    assert "xxxxxxxxxx" not in server.output
