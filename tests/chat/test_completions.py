import threading
import uuid

import pytest

from artbot_server.chat.completions import CompletionService
from artbot_server.chat.live_replies import LiveReplies
from artbot_server.errors import BadRequest, EngineFailed, Unavailable
from artbot_server.llm.base import ChatRequest, ReplyEnd
from tests.chat.scripted_engine import ScriptedEngine
from tests.painting.house import until

REQUEST = ChatRequest([{"role": "user", "content": "a fox"}], options={"top_p": 0.5})


class Service(CompletionService):
    """One on an engine, with real threads."""

    def __init__(self, engine):
        self.live, self.threads = LiveReplies(), []
        super().__init__(self.live, lambda _key: engine, self._start, lambda: str(uuid.uuid4()))

    def _start(self, function, *arguments):
        self.threads.append(threading.Thread(target=function, args=arguments))
        self.threads[-1].start()


def test_a_completion_is_followed_to_its_end_and_forgotten():
    engine = ScriptedEngine("A red ", "fox", ReplyEnd("stop", {"total_tokens": 3}, "fox-1"))
    service = Service(engine)
    reply = service.begin("anna", REQUEST)
    *frames, last = reply.follow(10)
    assert "".join(frame.message for frame in frames) == "A red fox"
    assert (last.full_message, last.finish_reason, last.usage, last.model) == (
        "A red fox",
        "stop",
        {"total_tokens": 3},
        "fox-1",
    )
    assert engine.requests == [REQUEST]
    until(lambda: len(service.live) == 0)


def test_it_belongs_to_no_conversation():
    gate = threading.Event()
    service = Service(ScriptedEngine("A red ", gate, "fox", ReplyEnd("stop")))
    reply = service.begin("anna", REQUEST)
    assert next(reply.follow(10)).message == "A red "
    assert len(service.live) == 1
    assert service.live.of_session("anna") == []
    gate.set()
    assert list(reply.follow(10))[-1].name == "gpt_chat"


def test_stopped_it_closes_the_models_stream():
    engine = ScriptedEngine("A red ", threading.Event(), "fox")
    service = Service(engine)
    reply = service.begin("anna", REQUEST)
    news = reply.follow(10)
    next(news)
    reply.stop()
    assert [event.state for event in news] == ["stopped"]
    assert engine.streams[0].closed.is_set()
    service.threads[0].join(10)
    assert not service.threads[0].is_alive()


def test_a_fault_is_the_last_event():
    service = Service(ScriptedEngine("A red ", EngineFailed("The stream broke.", code="engine_cut")))
    *_, last = service.begin("anna", REQUEST).follow(10)
    assert (last.name, last.error["code"], last.full_message) == ("chat_error", "engine_cut", "A red ")


def test_what_is_refused_is_refused_at_once():
    refusal = BadRequest("No.", code="model_not_allowed")
    with pytest.raises(BadRequest):
        Service(ScriptedEngine(refuses=refusal)).begin("anna", REQUEST)
    service = Service(ScriptedEngine())
    service.live.drain(0)
    with pytest.raises(Unavailable):
        service.begin("anna", REQUEST)
    assert not service.threads


def test_a_stopping_server_interrupts_them():
    service = Service(ScriptedEngine("A red ", threading.Event()))
    reply = service.begin("anna", REQUEST)
    news = reply.follow(10)
    next(news)
    service.live.drain(0)
    assert [event.error["code"] for event in news] == ["interrupted"]


def test_the_models_are_the_engines():
    engine = ScriptedEngine()
    engine.models = ("one", "two")
    assert Service(engine).models() == ("one", "two")
