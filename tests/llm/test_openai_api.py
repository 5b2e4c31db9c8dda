"""The engine against a server of our own: what it asks for, what it yields, and every fault on the way; each stream read
by its own thread, and by the pump."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace

import pytest

from artbot_server.errors import BadRequest, EngineFailed
from artbot_server.llm.base import ChatRequest, Engine, ReplyEnd
from artbot_server.llm.openai_api import DEFAULT_MODEL, OpenAIEngine
from tests.contracts.engine_contract import PATIENCE_S, REQUEST, EngineContract, split
from tests.llm.carried import CarriedEngine
from tests.llm.fake_openai import (
    DONE,
    PIECES,
    USAGE,
    Exchange,
    FakeOpenAI,
    cut_after,
    delta,
    error,
    event,
    raw,
    reply,
    silence,
    silence_after,
    status,
    stream,
)

TEXT = "".join(PIECES)


Make = Callable[..., OpenAIEngine]


@pytest.fixture(params=[OpenAIEngine, CarriedEngine])
def make(request: pytest.FixtureRequest) -> Make:
    return request.param


@pytest.fixture
def engine(fake: FakeOpenAI, make: Make) -> OpenAIEngine:
    return make(base_url=fake.url, key="sk-server", models=(), silence_s=20)


def fault(engine: Engine, request: ChatRequest = REQUEST) -> tuple[list[object], EngineFailed]:
    """What came before it, and the fault."""
    items: list[object] = []
    with pytest.raises(EngineFailed) as caught:
        items.extend(engine.open(request))
    return items, caught.value


class TestContract(EngineContract):
    @pytest.fixture
    def engine(self, fake: FakeOpenAI, make: Make) -> OpenAIEngine:
        return make(base_url=fake.url, key=None, models=("fake-1", "fake-2"))


def test_what_is_asked_for(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    items = list(engine.open(REQUEST))
    assert items[-1] == ReplyEnd("stop", USAGE, "fake-1")
    [asked] = fake.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.key == "sk-server"
    assert asked.body == {
        "model": DEFAULT_MODEL,
        "messages": list(REQUEST.messages),
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_what_is_not_set_is_not_sent(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    pieces, [end] = split(engine.open(ChatRequest(REQUEST.messages, stream=False)))
    assert (pieces, end.usage) == ([TEXT], USAGE)
    assert fake.asked[0].body == {"model": DEFAULT_MODEL, "messages": list(REQUEST.messages)}


def test_the_first_model_is_the_default(fake: FakeOpenAI, make: Make) -> None:
    engine = make(base_url=fake.url, key=None, models=("one", "two"))
    list(engine.open(REQUEST))
    list(engine.open(replace(REQUEST, model="two")))
    assert [asked.body["model"] for asked in fake.asked] == ["one", "two"]
    with pytest.raises(BadRequest) as caught:
        engine.open(replace(REQUEST, model="three"))
    assert caught.value.detail == {"field": "model", "allowed": ["one", "two"]}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("http://user:secret@models.example:8080/v1", "models.example"),
        ("http://127.0.0.1:9/v1", "127.0.0.1"),
    ],
)
def test_its_name_tells_the_host_and_no_more(url: str, name: str) -> None:
    assert OpenAIEngine(base_url=url, key=None, models=()).name == name


def test_a_callers_key_serves_one_request(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    list(engine.open(replace(REQUEST, key=" sk-caller\n")))
    list(engine.open(replace(REQUEST, key=" ")))
    assert [asked.key for asked in fake.asked] == ["sk-caller", "sk-server"]


def test_a_callers_key_goes_without_the_servers_account(
    fake: FakeOpenAI, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-server")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-server")
    engine = make(base_url=fake.url, key="sk-server", models=())
    list(engine.open(REQUEST))
    list(engine.open(replace(REQUEST, key="sk-caller")))
    own, callers = (asked.headers for asked in fake.asked)
    assert (own["openai-organization"], own["openai-project"]) == ("org-server", "proj-server")
    assert not {"openai-organization", "openai-project"} & set(callers)


@pytest.mark.parametrize("key", ["sk-\n-x", "钥匙", "a\x00b"])
def test_a_key_that_no_header_carries(fake: FakeOpenAI, engine: OpenAIEngine, key: str) -> None:
    _, failure = fault(engine, replace(REQUEST, key=key))
    assert (failure.error_code, failure.whose_fault) == ("wrong_key", "client")
    assert fake.asked == []


def test_half_a_character_is_refused(engine: OpenAIEngine) -> None:
    with pytest.raises(BadRequest):
        list(engine.open(ChatRequest([{"role": "user", "content": "\ud83d"}])))


def test_one_client_for_many_readers(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    clients: list[object] = []
    readers = [threading.Thread(target=lambda: clients.append(engine.client())) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(PATIENCE_S)
    assert len(clients) == 8
    assert len(set(map(id, clients))) == 1


def test_the_sdk_is_not_imported_before_it_is_needed() -> None:
    code = """if True:
        import sys
        from artbot_server.llm.base import ChatRequest
        from artbot_server.llm.openai_api import OpenAIEngine
        OpenAIEngine(base_url="http://127.0.0.1:9/v1", key=None, models=()).open(ChatRequest([]))
        sys.exit(str({"openai", "httpx2"} & set(sys.modules)) if "openai" in sys.modules else 0)
    """
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_further_parameters_are_passed_on_as_they_are(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    options = {"top_p": 0.5, "stop": ["a"], "logit_bias": {"1": 2}, "user": "u"}
    for streamed in (True, False):
        list(engine.open(replace(REQUEST, options=options, stream=streamed)))
        assert fake.asked[-1].body.items() >= options.items()


def test_a_parameter_with_a_new_name_is_sent_under_that(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    fake.answer(error(400, "Unsupported parameter: 'max_tokens'", param="max_tokens"), reply())
    for _ in range(2):
        list(engine.open(replace(REQUEST, options={"max_tokens": 9})))
    told = [(asked.body.get("max_tokens"), asked.body.get("max_completion_tokens")) for asked in fake.asked]
    assert told == [(9, None), (None, 9), (None, 9)]


@pytest.mark.parametrize("parameter", ["temperature", "stream_options"])
def test_a_refused_parameter_is_left_out(fake: FakeOpenAI, engine: OpenAIEngine, parameter: str) -> None:
    fake.answer(error(400, f"Unsupported value: '{parameter}' does not support this", param=parameter), reply())
    assert split(engine.open(REQUEST))[0]
    first, second = (asked.body for asked in fake.asked)
    assert first == {**second, parameter: first[parameter]}


def test_what_a_model_refused_is_not_sent_to_it_again(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    fake.answer(error(400, "Unsupported value", param="temperature"), reply())
    for model in ("one", "one", "two"):
        list(engine.open(replace(REQUEST, model=model)))
    asked = [(asked.body["model"], "temperature" in asked.body) for asked in fake.asked]
    assert asked == [("one", True), ("one", False), ("one", False), ("two", True)]


def test_a_parameter_is_not_blamed_for_another_fault(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    fake.answer(error(400, "temperature", param="temperature"), error(500, "down"), reply())
    assert fault(engine)[1].error_code == "engine_failed"
    list(engine.open(REQUEST))
    assert "temperature" in fake.asked[-1].body


def test_both_may_be_refused_but_each_once(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    both = error(422, "temperature and stream_options are not permitted")
    fake.answer(both)
    assert fault(engine)[1].error_code == "engine_failed"
    assert [sorted(asked.body) for asked in fake.asked] == [
        ["messages", "model", "stream", "stream_options", "temperature"],
        ["messages", "model", "stream", "stream_options"],
        ["messages", "model", "stream"],
    ]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (error(401, "Incorrect API key provided: sk-server"), "wrong_key"),
        (error(403, "no"), "wrong_key"),
        (error(404, "The model `x` does not exist", code="model_not_found"), "unknown_model"),
        (error(400, "too long", code="context_length_exceeded"), "context_too_long"),
        (error(400, "no", code="content_policy_violation"), "refused"),
        (error(429, "no", code="insufficient_quota"), "rate_limited"),
        (status(502, "<html><body>sk-server Bad Gateway"), "engine_failed"),
        (status(200, "<html><body>Login"), "engine_garbage"),
        (status(200, "{oops", {"Content-Type": "application/json"}), "engine_garbage"),
        (status(200, {"error": {"message": "queue full"}}), "engine_failed"),
        (stream(), "engine_empty"),
        (stream(DONE), "engine_empty"),
        (raw(b""), "engine_cut"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Type: te"), "engine_cut"),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "engine_garbage"),
        (Exchange.reset, "engine_cut"),
        (stream(b"data: {oops\n\n"), "engine_garbage"),
    ],
)
def test_a_fault_before_any_text(fake: FakeOpenAI, engine: OpenAIEngine, answer: object, code: str) -> None:
    fake.answer(answer)
    items, failure = fault(engine)
    assert items == []
    assert failure.error_code == code
    assert "sk-server" not in "".join(traceback.format_exception(failure))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (cut_after(delta("one")), "engine_cut"),
        (stream(delta("one"), then=lambda exchange: exchange.send(b"no chunk\r\n")), "engine_garbage"),
        (stream(delta("one"), b"data: <oops>\n\n"), "engine_garbage"),
        (stream(delta("one"), event({"error": {"message": "crashed"}})), "engine_failed"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + delta("one")), "engine_cut"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + delta("one")), "engine_cut"),
    ],
)
def test_a_fault_after_some_text(fake: FakeOpenAI, engine: OpenAIEngine, answer: object, code: str) -> None:
    fake.answer(answer)
    items, failure = fault(engine)
    assert items == ["one"]
    assert failure.error_code == code


@pytest.mark.parametrize("answer", [silence, silence_after(delta("one")), stream(then=Exchange.wait_for_close)])
def test_silence_has_a_limit(fake: FakeOpenAI, answer: object, make: Make) -> None:
    fake.answer(answer)
    _, failure = fault(make(base_url=fake.url, key=None, models=(), silence_s=0.2))
    assert failure.error_code == "engine_timeout"
    assert fake.saw_the_end()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (silence, "engine_timeout"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), "engine_cut"),
        (status(200, {"choices": []}), "engine_empty"),
        (status(200, {"choices": [{"message": {"content": None, "refusal": "no"}}]}), "refused"),
        (status(200, "oops", {"Content-Type": "application/json"}), "engine_garbage"),
        (error(500, "no"), "engine_failed"),
    ],
)
def test_faults_of_a_reply_in_one_piece(fake: FakeOpenAI, answer: object, code: str, make: Make) -> None:
    fake.answer(answer)
    engine = make(base_url=fake.url, key=None, models=(), silence_s=0.3)
    items, failure = fault(engine, replace(REQUEST, stream=False))
    assert (items, failure.error_code) == ([], code)


def test_a_server_that_compresses_unasked(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    packed = gzip.compress(delta("小猫") + delta(finish_reason="stop") + DONE)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    fake.answer(raw(head.encode() + packed))
    assert split(engine.open(REQUEST))[0] == ["小猫"]


def test_a_rate_limit_tells_how_long(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    fake.answer(error(429, "slow", {"Retry-After": "30"}))
    assert fault(engine)[1].detail["retry_after_s"] == 30
    assert len(fake.asked) == 1


def test_whose_key_is_wrong(fake: FakeOpenAI, engine: OpenAIEngine, make: Make) -> None:
    fake.answer(error(401, "no"))
    assert fault(engine)[1].whose_fault == "server"
    assert fault(engine, replace(REQUEST, key="sk-caller"))[1].whose_fault == "client"
    assert fault(make(base_url=fake.url, key=None, models=()))[1].error_code == "no_key"


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_nobody_there(host: str, make: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused
        engine = make(base_url=f"http://{host}:{taken.getsockname()[1]}/v1", key=None, models=())
        assert fault(engine)[1].error_code == "engine_unreachable"


def test_a_server_that_ignores_stream(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    fake.answer(lambda exchange: (exchange.body.clear(), reply()(exchange)))
    assert split(engine.open(REQUEST))[0] == [TEXT]


def test_nothing_is_waited_for_after_done(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    fake.answer(silence_after(delta("one"), DONE))
    assert split(engine.open(REQUEST))[0] == ["one"]
    assert fake.saw_the_end()


@pytest.mark.parametrize(("answer", "text"), [(silence, []), (silence_after(delta("one")), ["one"])])
def test_closed_while_silent(fake: FakeOpenAI, engine: OpenAIEngine, answer: object, text: list[str]) -> None:
    fake.answer(answer)
    stopped = engine.open(REQUEST)
    items: list[object] = []
    reader = threading.Thread(target=lambda: items.extend(stopped))
    reader.start()
    reader.join(0.3)
    stopped.close()
    reader.join(PATIENCE_S)
    assert not reader.is_alive()
    assert items == text
    assert fake.saw_the_end()


def test_a_reader_that_leaves_hangs_up(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    fake.answer(silence_after(delta("one")))
    for item in engine.open(REQUEST):
        assert item == "one"
        break
    assert fake.saw_the_end()


def test_closed_while_it_connects(fake: FakeOpenAI, engine: OpenAIEngine) -> None:
    stopped = engine.open(REQUEST)
    fake.answer(lambda exchange: (stopped.close(), error(500, "too late")(exchange)))
    assert list(stopped) == []


def test_closed_during_a_handshake_that_never_ends(make: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}/v1"
        stopped = make(base_url=url, key=None, models=(), connect_s=0.5).open(REQUEST)
        items: list[object] = []
        reader = threading.Thread(target=lambda: items.extend(stopped))
        reader.start()
        connection, _ = mute.accept()
        stopped.close()
        reader.join(PATIENCE_S)
        connection.close()
    assert not reader.is_alive()
    assert items == []


def test_over_tls(server_tls: object, certificate: object, monkeypatch: pytest.MonkeyPatch, make: Make) -> None:
    with FakeOpenAI(server_tls) as fake:
        assert fault(make(base_url=fake.url, key=None, models=()))[1].error_code == "engine_unreachable"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        engine = make(base_url=fake.url, key=None, models=())
        assert "".join(split(engine.open(REQUEST))[0]) == TEXT
        fake.answer(cut_after(delta("one")))
        items, failure = fault(engine)
        assert (items, failure.error_code) == (["one"], "engine_cut")
