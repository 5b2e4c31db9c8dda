"""Every fault of a model's side over the real socket: told by code, sentence and whose it is; what had come stays."""

import time

import pytest
import requests

from tests.e2e.client import Client
from tests.llm.fake_openai import (
    DONE,
    STREAM_HEADERS,
    Exchange,
    FakeOpenAI,
    cut_after,
    delta,
    error,
    event,
    raw,
    reply,
    silence_after,
    status,
    stream,
)
from tests.server import RunningServer

KEY, CALLERS_KEY = "sk-of-the-server-1234567890", "sk-of-the-caller-1234567890"

FAULTS = {
    "wrong key": (error(401, f"Incorrect API key provided: {KEY}"), "wrong_key", "server", ""),
    "no such model": (error(404, "The model `x` does not exist", code="model_not_found"), "unknown_model", "client", ""),
    "too long": (error(400, "too long", code="context_length_exceeded"), "context_too_long", "client", ""),
    "refused": (error(400, "no", code="content_policy_violation"), "refused", "engine", ""),
    "refused in the stream": (stream(delta(refusal="I cannot"), delta(finish_reason="stop"), DONE), "refused", "engine", ""),
    "rate": (error(429, "slow", {"Retry-After": "30"}), "rate_limited", "engine", ""),
    "credit": (error(429, "no", code="insufficient_quota"), "rate_limited", "engine", ""),
    "gateway's time-out": (status(504, "<html>Gateway Time-out"), "engine_timeout", "engine", ""),
    "bad gateway": (status(502, "<html>Bad Gateway"), "engine_failed", "engine", ""),
    "its own fault": (status(500, {"error": {"message": "The server had an error"}}), "engine_failed", "engine", ""),
    "its own fault as a page": (status(500, "<html>Internal Server Error"), "engine_failed", "engine", ""),
    "fault in the stream": (stream(delta("one"), event({"error": {"message": "crashed"}})), "engine_failed", "engine", "one"),
    "not http": (raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "engine_garbage", "engine", ""),
    "garbage in the stream": (stream(delta("one"), b"data: <oops>\n\n"), "engine_garbage", "engine", "one"),
    "a page": (status(200, "<html>Login"), "engine_garbage", "engine", ""),
    "cut": (cut_after(delta("one "), delta("two")), "engine_cut", "engine", "one two"),
    "reset": (Exchange.reset, "engine_cut", "engine", ""),
    "nothing in it": (stream(DONE), "engine_empty", "engine", ""),
    "content null": (stream(event({"choices": [{"index": 0, "delta": {"content": None}}]}), DONE), "engine_empty", "engine", ""),
}  # fmt: skip
each_fault = pytest.mark.parametrize(("answer", "code", "fault", "text"), FAULTS.values(), ids=FAULTS.keys())


@pytest.fixture(scope="module")
def fake():
    with FakeOpenAI() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory, fake):
    settings = {
        "OPENAI_BASE_URL": fake.url,
        "OPENAI_API_KEY": KEY,
        "ARTBOT_MODELS": "one, two",
        "ARTBOT_WORKER": "none",
    }
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        yield running


@pytest.fixture(scope="module")
def client(server):
    with Client(server.address) as client:
        yield client


def hold(told, code, fault):
    """A fault's JSON: code, a sentence, whose it is, and no key."""
    assert (told["code"], told["detail"]["fault"]) == (code, fault)
    assert told["message"][0].isupper()
    assert len(told["message"]) > 15
    assert KEY not in str(told)
    assert "<" not in told["message"]


@each_fault
def test_the_session_form(fake, client, answer, code, fault, text):
    fake.answer(answer)
    ack = client.say("a cat")
    told = client.wait("chat_error", reply_id=ack["reply_id"])
    hold(told["error"], code, fault)
    assert told["message_id"] == ack["message_id"]
    assert told["full_message"] == text == client.text_of(ack["reply_id"])
    assert client.all("gpt_chat", reply_id=ack["reply_id"]) == []
    kept = client.call("history", {"conversation_id": ack["conversation_id"]})["messages"]
    assert [(m["role"], m["content"], m["state"]) for m in kept] == [
        ("user", "a cat", "complete"),
        ("assistant", text, "failed"),
    ]
    assert kept[1]["error"] == told["error"]
    assert client.call("resume", {"reply_id": ack["reply_id"]})["text"] == text


@each_fault
def test_the_articles_form(fake, client, answer, code, fault, text):
    fake.answer(answer)
    data = {"messages": [{"role": "user", "content": "a cat"}], "key": "", "model": "one", "client_sid": code}
    ack = client.call("gpt_chat", data)
    assert (ack["ok"], ack["status"], ack["full_message"], ack["client_sid"]) == (False, "error", text, code)
    hold(ack["error"], code, fault)
    told = client.all("chat_error", client_sid=code)[-1]
    assert (told["error"], told["full_message"]) == (ack["error"], text)


def test_after_a_fault_the_conversation_goes_on(fake, client):
    fake.answer(cut_after(delta("half a ")), reply())
    ack = client.say("a cat")
    client.wait("chat_error", reply_id=ack["reply_id"])
    again = client.say("again", conversation_id=ack["conversation_id"])
    assert client.wait("gpt_chat", reply_id=again["reply_id"])["state"] == "complete"


def test_a_wait_is_told_where_the_model_told_it(fake, client):
    fake.answer(error(429, "slow", {"Retry-After": "30"}))
    ack = client.say("a cat")
    assert client.wait("chat_error", reply_id=ack["reply_id"])["error"]["detail"]["retry_after_s"] == 30


def test_a_model_that_may_not_be_used_is_named_with_those_that_may(fake, client):
    fake.answer(reply())
    asked = len(fake.asked)
    ack = client.say("a cat", model="three")
    told = client.wait("chat_error", reply_id=ack["reply_id"])["error"]
    hold(told, "model_not_allowed", "client")
    assert (told["detail"]["field"], told["detail"]["allowed"]) == ("model", ["one", "two"])
    assert len(fake.asked) == asked


def test_a_callers_wrong_key_is_the_callers_fault(fake, client):
    fake.answer(error(401, f"Incorrect API key provided: {CALLERS_KEY}"))
    ack = client.say("a cat", key=CALLERS_KEY)
    told = client.wait("chat_error", reply_id=ack["reply_id"])["error"]
    hold(told, "wrong_key", "client")
    assert CALLERS_KEY not in str(told)


def test_a_fault_paints_nothing(fake, client):
    fake.answer(cut_after(delta("a playful orange kitten, garden")))
    ack = client.say("a cat", paint=True, folder="landscape", template="gouache")
    assert "job_id" not in client.wait("chat_error", reply_id=ack["reply_id"])
    assert client.all("job") == []


@pytest.mark.parametrize(
    "answer",
    [
        stream(delta("one"), event({"choices": []}), event({"model": "x", "choices": [], "usage": {}}), DONE),
        stream(delta("one"), delta(finish_reason="stop")),
        stream(b": keep-alive\n\n", delta("one"), b"\n\n", delta(finish_reason="stop"), DONE),
    ],
    ids=["a chunk without choices", "no [DONE]", "comments"],
)
def test_what_is_no_fault(fake, client, answer):
    fake.answer(answer)
    ack = client.say("a cat")
    assert client.wait("gpt_chat", reply_id=ack["reply_id"])["full_message"] == "one"


def drip(*chunks, then=Exchange.end):
    """A stream a byte at a time, now and then with a pause."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, STREAM_HEADERS)
        for number, byte in enumerate(b"".join(chunks)):
            exchange.chunk(bytes([byte]))
            if number % 50 == 0:
                time.sleep(0.02)
        then(exchange)

    return answer


def test_a_slow_drip_of_single_bytes_is_a_whole_reply(fake, client):
    pieces = ["a playful ", "orange ", "小猫", ", garden, ", "soft light"]
    fake.answer(drip(*map(delta, pieces), delta(finish_reason="stop"), DONE))
    ack = client.say("a cat")
    done = client.wait("gpt_chat", reply_id=ack["reply_id"])
    assert done["full_message"] == "".join(pieces) == client.text_of(ack["reply_id"])
    assert [frame["message"] for frame in client.all("message", reply_id=ack["reply_id"])] == pieces


def test_one_that_drips_and_is_cut_keeps_its_words_and_goes_on(fake, client):
    half = drip(delta("a playful "), delta("orange "), then=lambda _: None)
    fake.answer(half, reply(["小猫", ", garden"]))
    ack = client.say("a cat")
    ended = client.wait("chat_error", reply_id=ack["reply_id"])
    assert (ended["error"]["code"], ended["full_message"]) == ("engine_cut", "a playful orange ")
    assert client.call("continue_chat", {"reply_id": ack["reply_id"]})["ok"]
    done = client.wait("gpt_chat", reply_id=ack["reply_id"])
    assert (done["full_message"], done["state"]) == ("a playful orange 小猫, garden", "complete")


@each_fault
def test_after_any_fault_the_same_reply_can_be_continued(fake, client, answer, code, fault, text):
    fake.answer(answer, reply(["and ", "so on"]))
    ack = client.say("a cat")
    client.wait("chat_error", reply_id=ack["reply_id"])
    assert client.call("continue_chat", {"reply_id": ack["reply_id"]})["ok"]
    done = client.wait("gpt_chat", reply_id=ack["reply_id"])
    assert done["full_message"] == f"{text}and so on" == client.text_of(ack["reply_id"])
    kept = client.call("history", {"conversation_id": ack["conversation_id"]})["messages"]
    assert [(m["content"], m["state"]) for m in kept] == [("a cat", "complete"), (f"{text}and so on", "complete")]


def test_a_silent_model_can_be_stopped(fake, client):
    fake.answer(silence_after(delta("one")))
    ack = client.say("a cat")
    client.wait("message", reply_id=ack["reply_id"])
    assert client.call("stop_chat", {"reply_id": ack["reply_id"]})["stopped"]
    done = client.wait("gpt_chat", within_s=3, reply_id=ack["reply_id"])
    assert (done["state"], done["full_message"]) == ("stopped", "one")


def test_no_key_and_nobody_there(tmp_path):
    with FakeOpenAI() as fake:
        settings = {"OPENAI_BASE_URL": fake.url, "ARTBOT_WORKER": "none"}
        with RunningServer(tmp_path, **settings) as server, Client(server.address) as client:
            fake.answer(error(401, "You didn't provide an API key"))
            ack = client.say("a cat")
            hold(client.wait("chat_error", reply_id=ack["reply_id"])["error"], "no_key", "server")
            fake.__exit__()
            ack = client.say("a cat")
            hold(client.wait("chat_error", reply_id=ack["reply_id"])["error"], "engine_unreachable", "engine")
            assert requests.get(server.address + "/healthz", timeout=10).json()["ok"]


@pytest.mark.long
def test_silence_has_a_limit(fake, client):
    fake.answer(silence_after(delta("one"), bound_s=120))
    ack = client.say("a cat")
    told = client.wait("chat_error", within_s=90, reply_id=ack["reply_id"])
    hold(told["error"], "engine_timeout", "engine")
    assert told["full_message"] == "one"


def test_nothing_of_this_was_a_fault_of_the_server(server):
    assert "Traceback" not in server.output
