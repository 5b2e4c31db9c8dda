"""RobotChat's chat routes over real HTTP, with a model's side that says what it was asked."""

import threading

import pytest
import requests

from tests.e2e.client import Client
from tests.e2e.sse import events
from tests.llm.fake_openai import (
    DONE,
    PIECES,
    USAGE,
    Exchange,
    FakeOpenAI,
    cut_after,
    delta,
    error,
    reply,
    silence_after,
    status,
    stream,
)
from tests.server import RunningServer, wait_until

TEXT = "".join(PIECES)
KEY = "sk-of-the-server-1234567890"
CHAT, CHAT_STREAM = "chat/completion", "chat/completion/stream"
COMPLETION, COMPLETION_STREAM = "completion", "completion/stream"
TALK = [
    {"role": "system", "content": "You write prompts."},
    {"role": "user", "content": "a fox"},
    {"role": "assistant", "content": "a red fox, snow"},
    {"role": "user", "content": "at night", "name": "anna"},
]
MODES = ["eventlet", *(pytest.param(mode, marks=pytest.mark.long) for mode in ("gevent", "threading"))]


@pytest.fixture(scope="module")
def fake():
    with FakeOpenAI() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory, fake):
    settings = {
        "OPENAI_BASE_URL": fake.url, "OPENAI_API_KEY": KEY, "ARTBOT_MODELS": "one, two", "ARTBOT_WORKER": "none",
    }  # fmt: skip
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        yield running


@pytest.fixture(autouse=True)
def usual(fake):
    """Each test begins with the usual answer and no requests."""
    fake.answer(reply())
    fake.asked.clear()


def post(server, route, body, **more):
    return requests.post(f"{server.address}/api/v1/chat-bot/openai/{route}", json=body, timeout=30, **more)


def refusal(response):
    """The status and the code of an error."""
    assert response.json()["ok"] is False
    return response.status_code, response.json()["error"]["code"]


# Whole answers


def test_a_chat_in_openais_shape_with_all_messages_used(server, fake):
    response = post(server, CHAT, {"messages": TALK, "model": "two"})
    answer = response.json()
    assert response.status_code == 200
    assert answer["object"] == "chat.completion"
    assert answer["id"].startswith("chatcmpl-")
    assert (answer["model"], answer["usage"]) == ("fake-1", USAGE)
    message = {"role": "assistant", "content": TEXT}
    assert answer["choices"] == [{"index": 0, "message": message, "finish_reason": "stop"}]
    [asked] = fake.asked
    assert (asked.body["messages"], asked.body["model"]) == (TALK, "two")
    assert "stream" not in asked.body
    assert asked.key == KEY


def test_every_parameter_of_a_request_is_passed_on(server, fake):
    options = {
        "temperature": 0.3, "top_p": 0.9, "stop": ["\n"], "max_tokens": 30, "presence_penalty": 0.5,
        "frequency_penalty": -0.5, "logit_bias": {"50256": -100}, "user": "customer-7", "seed": 4,
    }  # fmt: skip
    for route in (CHAT, CHAT_STREAM):
        post(server, route, {"messages": TALK[1:2], **options})
    for asked in fake.asked:
        assert {name: asked.body.get(name) for name in options} == options
        assert "n" not in asked.body


def test_a_stop_word_alone_is_a_list_of_one(server, fake):
    post(server, CHAT, {"messages": TALK[1:2], "stop": "END"})
    assert fake.asked[0].body["stop"] == ["END"]


def test_a_legacy_completion_answers_a_prompt(server, fake):
    answer = post(server, COMPLETION, {"prompt": "Once upon a time", "max_tokens": 30}).json()
    assert answer["object"] == "text_completion"
    assert answer["choices"] == [{"index": 0, "text": TEXT, "logprobs": None, "finish_reason": "stop"}]
    assert fake.asked[0].body["messages"] == [{"role": "user", "content": "Once upon a time"}]
    assert fake.asked[0].body["max_tokens"] == 30


def test_several_choices_are_several_replies(server, fake):
    fake.answer(reply(["one"]), reply(["two"], "length"), reply(["three"]))
    answer = post(server, CHAT, {"messages": TALK, "n": 3}).json()
    told = [(each["index"], each["message"]["content"], each["finish_reason"]) for each in answer["choices"]]
    assert told == [(0, "one", "stop"), (1, "two", "length"), (2, "three", "stop")]
    assert answer["usage"] == {name: 3 * count for name, count in USAGE.items()}


def test_a_parameter_the_model_has_under_another_name(server, fake):
    refused = error(400, "Unsupported parameter: 'max_tokens' is not supported with this model.", param="max_tokens")
    fake.answer(refused, reply())
    body = {"messages": TALK, "max_tokens": 9, "model": "two"}
    assert post(server, CHAT, body).json()["choices"][0]["message"]["content"] == TEXT
    assert fake.asked[1].body["max_completion_tokens"] == 9
    assert "max_tokens" not in fake.asked[1].body
    post(server, CHAT, body)  # it is remembered
    assert fake.asked[2].body["max_completion_tokens"] == 9


# Refusals


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
        ({"messages": TALK, "temperature": 3}, "temperature"),
        ({"messages": TALK, "n": 9}, "n"),
        ({"messages": TALK, "stop": [1]}, "stop.0"),
        ({"messages": TALK, "max_tokens": 0}, "max_tokens"),
        ({"messages": TALK, "logit_bias": {"1": 200}}, "logit_bias.1"),
        ({"messages": TALK, "conversationId": "c", "n": 2}, "n"),
        ({"messages": TALK[:1], "conversationId": "c"}, "messages"),
    ],
)
@pytest.mark.parametrize("route", [CHAT, CHAT_STREAM])
def test_a_wrong_field_is_named(server, fake, route, body, field):
    response = post(server, route, body)
    assert refusal(response) == (400, "bad_request")
    assert response.json()["error"]["detail"]["field"] == field
    assert not fake.asked


@pytest.mark.parametrize("body", [{}, {"prompt": " "}, {"prompt": 7}, {"prompt": None, "messages": []}])
def test_a_legacy_completion_wants_words(server, body):
    assert refusal(post(server, COMPLETION, body)) == (400, "bad_request")


@pytest.mark.parametrize("route", [CHAT, CHAT_STREAM])
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (error(401, "Incorrect API key"), (503, "wrong_key")),
        (error(400, "too long", code="context_length_exceeded"), (400, "context_too_long")),
        (error(429, "slow"), (502, "rate_limited")),
        (status(500, {}), (502, "engine_failed")),
        (stream(DONE), (502, "engine_empty")),
        (Exchange.reset, (502, "engine_cut")),
    ],
)
def test_a_fault_before_the_first_word_has_its_status(server, fake, route, fault, told):
    fake.answer(fault)
    assert refusal(post(server, route, {"messages": TALK})) == told


def test_a_model_that_is_not_offered_is_refused_with_the_list(server, fake):
    for route in (CHAT, CHAT_STREAM, COMPLETION, COMPLETION_STREAM):
        response = post(server, route, {"messages": TALK, "model": "three"})
        assert refusal(response) == (400, "model_not_allowed")
        assert response.json()["error"]["detail"]["allowed"] == ["one", "two"]
    assert not fake.asked


def test_the_list_of_models(server):
    answer = requests.get(server.address + "/api/v1/chat-bot/models", timeout=30).json()
    assert [model["id"] for model in answer["data"]] == ["one", "two"]
    assert (answer["object"], answer["any"]) == ("list", False)
    assert all(model["object"] == "model" for model in answer["data"])


# Streams


def test_a_chat_as_server_sent_events_in_openais_chunks(server, fake):
    body = {"messages": TALK, "stream_options": {"include_usage": True}}
    with post(server, CHAT_STREAM, body, stream=True) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert response.headers["Cache-Control"] == "no-cache"
        told = [data for name, data in events(response)]
    assert told[-1] == "[DONE]"
    *chunks, usage = told[:-1]
    assert {chunk["object"] for chunk in (*chunks, usage)} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in chunks}) == 1
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(each.get("content", "") for each in deltas) == TEXT
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1]["choices"][0] == {"index": 0, "delta": {}, "finish_reason": "stop"}
    assert (usage["choices"], usage["usage"]) == ([], USAGE)
    assert fake.asked[0].body["stream"] is True
    assert fake.asked[0].body["messages"] == TALK


def test_a_legacy_stream(server):
    with post(server, COMPLETION_STREAM, {"prompt": "Once"}, stream=True) as response:
        *chunks, done = [data for _, data in events(response)]
    assert done == "[DONE]"
    assert {chunk["object"] for chunk in chunks} == {"text_completion"}
    assert "".join(chunk["choices"][0]["text"] for chunk in chunks) == TEXT
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert all("usage" not in chunk for chunk in chunks)


def test_several_choices_in_one_stream(server, fake):
    fake.answer(reply(["one"]), reply(["two"]))
    with post(server, CHAT_STREAM, {"messages": TALK, "n": 2}, stream=True) as response:
        *chunks, done = [data for _, data in events(response)]
    texts = ["", ""]
    for chunk in chunks:
        texts[chunk["choices"][0]["index"]] += chunk["choices"][0]["delta"].get("content", "")
    assert (texts, done) == (["one", "two"], "[DONE]")


def test_words_come_as_the_model_writes_them(server, fake):
    gate = threading.Event()

    def wait(exchange):
        gate.wait(20)
        exchange.chunk(delta(" two") + delta(finish_reason="stop") + DONE)
        exchange.end()

    fake.answer(stream(delta("one"), then=wait))
    with post(server, CHAT_STREAM, {"messages": TALK}, stream=True) as response:
        told = events(response)
        assert next(told)[1]["choices"][0]["delta"]["role"] == "assistant"
        assert next(told)[1]["choices"][0]["delta"]["content"] == "one"
        gate.set()  # only now does the model go on
        assert next(told)[1]["choices"][0]["delta"]["content"] == " two"


def test_a_fault_in_the_middle_is_an_event_of_its_own(server, fake):
    fake.answer(cut_after(delta("one "), delta("two")))
    with post(server, CHAT_STREAM, {"messages": TALK}, stream=True) as response:
        assert response.status_code == 200
        told = list(events(response))
    name, data = told[-1]
    assert (name, data["error"]["code"], data["full_message"]) == ("error", "engine_cut", "one two")
    assert all(data != "[DONE]" for _, data in told)


def figure(server, name):
    text = requests.get(server.address + "/metrics", timeout=10).text
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith(name + " ")))


@pytest.mark.parametrize("mode", MODES)
def test_a_reader_who_leaves_stops_the_model(tmp_path, fake, mode):
    settings = {"OPENAI_BASE_URL": fake.url, "ARTBOT_WORKER": "none", "ARTBOT_ASYNC_MODE": mode}
    fake.answer(silence_after(delta("one"), bound_s=60))
    with RunningServer(tmp_path / "data", **settings) as server:
        with post(server, CHAT_STREAM, {"messages": TALK}, stream=True) as response:
            told = events(response)
            next(told), next(told)
            assert figure(server, "artbot_replies_running") == 1
            while fake.hung_up.acquire(blocking=False):
                pass
        assert fake.saw_the_end()  # the model's connection was closed, though it was silent
        wait_until(lambda: figure(server, "artbot_replies_running") == 0)
        fake.answer(reply())
        with post(server, CHAT_STREAM, {"messages": TALK}, stream=True) as response:
            assert list(events(response))[-1][1] == "[DONE]"


# State kept between requests


def test_with_a_conversation_the_second_request_holds_the_first_turn(server, fake):
    fake.answer(reply(["a sandy beach, waves"]))
    first = post(
        server, CHAT_STREAM, {"messages": [*TALK[:1], {"role": "user", "content": "a beach"}], "conversationId": "mine"}
    )
    assert first.text.rstrip().endswith("data: [DONE]")
    token = {"Authorization": f"Bearer {first.headers['X-Artbot-Session']}"}
    body = {"messages": [{"role": "user", "content": "at sunset"}], "conversationId": "mine", "temperature": 0.1}
    second = post(server, CHAT, body, headers=token).json()
    assert second["conversationId"] == "mine"
    assert second["choices"][0]["message"]["content"] == "a sandy beach, waves"
    assert fake.asked[0].body["messages"][0] == TALK[0]
    assert fake.asked[1].body["messages"] == [
        {"role": "user", "content": "a beach"},
        {"role": "assistant", "content": "a sandy beach, waves"},
        {"role": "user", "content": "at sunset"},
    ]
    assert fake.asked[1].body["temperature"] == 0.1
    post(server, CHAT, body | {"conversationId": "another"}, headers=token)
    assert len(fake.asked[2].body["messages"]) == 1


def test_who_sends_the_history_himself_is_taken_at_his_word(server, fake):
    first = post(server, CHAT, {"messages": TALK[1:2], "conversationId": "mine"})
    token = {"Authorization": f"Bearer {first.headers['X-Artbot-Session']}"}
    post(
        server,
        CHAT,
        {"messages": [*TALK[:3], {"role": "user", "content": "at night"}], "conversationId": "mine"},
        headers=token,
    )
    assert [each["content"] for each in fake.asked[1].body["messages"]] == [each["content"] for each in TALK]


def test_a_kept_conversation_is_one_of_the_sessions_and_can_be_closed(server, fake):
    first = post(server, CHAT, {"messages": TALK[1:2], "conversationId": "mine"})
    token = {"Authorization": f"Bearer {first.headers['X-Artbot-Session']}"}
    [kept] = requests.get(server.address + "/api/v1/conversations", headers=token, timeout=30).json()["conversations"]
    assert (kept["title"], kept["client_sid"], kept["message_count"]) == ("a fox", "mine", 2)
    by_id = {"messages": TALK[1:2], "conversationId": kept["conversation_id"]}
    assert post(server, CHAT, by_id, headers=token).status_code == 200
    address = f"{server.address}/api/v1/conversations/{kept['conversation_id']}"
    assert requests.get(address, headers=token, timeout=30).json()["conversation"]["message_count"] == 4
    requests.post(address + "/close", headers=token, timeout=30)
    for route in (CHAT, CHAT_STREAM):
        assert refusal(post(server, route, by_id, headers=token)) == (409, "closed")


def test_without_a_conversation_nothing_is_kept(server):
    first = post(server, CHAT, {"messages": TALK})
    token = {"Authorization": f"Bearer {first.headers['X-Artbot-Session']}"}
    assert (
        requests.get(server.address + "/api/v1/conversations", headers=token, timeout=30).json()["conversations"] == []
    )
    with Client(server.address, auth={"session": first.headers["X-Artbot-Session"]}) as client:
        assert client.session["replies"] == []


# Limits and the demo


def test_each_choice_counts_and_none_is_refused_in_the_middle(tmp_path, fake):
    settings = {"OPENAI_BASE_URL": fake.url, "ARTBOT_WORKER": "none", "ARTBOT_CHAT_LIMIT": "3"}
    with RunningServer(tmp_path / "data", **settings) as server:
        assert len(post(server, CHAT, {"messages": TALK, "n": 2}).json()["choices"]) == 2
        response = post(server, CHAT_STREAM, {"messages": TALK, "n": 2})
        assert refusal(response) == (429, "too_many")
        assert response.json()["error"]["detail"]["retry_after_s"] > 0
    assert len(fake.asked) == 2


def test_the_demo_writer_answers_here_too(tmp_path):
    with RunningServer(tmp_path / "data", ARTBOT_WORKER="none", ARTBOT_DEMO_PACE="0") as server:
        with post(
            server, CHAT_STREAM, {"messages": [{"role": "user", "content": "雪地里的狐狸"}]}, stream=True
        ) as response:
            *chunks, done = [data for _, data in events(response)]
        models = requests.get(server.address + "/api/v1/chat-bot/models", timeout=30).json()
    text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    assert "fox" in text
    assert done == "[DONE]"
    assert (models["data"], models["any"]) == ([], True)
