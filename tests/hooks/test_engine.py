from dataclasses import replace

import pytest

from artbot_server.errors import BadRequest, EngineFailed
from artbot_server.hooks.engine import hooked
from artbot_server.hooks.record import Hooks
from artbot_server.llm.base import ChatRequest, ReplyEnd
from artbot_server.llm.demo.engine import DemoEngine
from tests.contracts.engine_contract import EngineContract

REQUEST = ChatRequest([{"role": "user", "content": "a kitten in a garden"}])


def demo():
    return DemoEngine(pace_s=0)


def test_without_chat_hooks_the_engine_is_used_as_it_is():
    engine = demo()
    assert hooked(engine, Hooks(after_paint=[print])) is engine


def test_the_engine_shows_through():
    engine = hooked(demo(), Hooks(before_reply=[lambda request: request]))
    assert (engine.name, engine.demo, engine.models) == (demo().name, True, demo().models)


def test_what_is_asked_passes_the_hooks():
    asks = "a castle by the sea"

    def castle(request):
        return replace(request, messages=[{"role": "user", "content": asks}])

    text = "".join(p for p in hooked(demo(), Hooks(before_reply=[castle])).open(REQUEST) if isinstance(p, str))
    assert "castle" in text
    assert "kitten" not in text


def test_a_refusal_begins_no_reply():
    def refuse(_request):
        raise BadRequest("Not today.")

    with pytest.raises(BadRequest, match="Not today"):
        hooked(demo(), Hooks(before_reply=[refuse])).open(REQUEST)


def test_what_was_said_is_told_once_at_the_end():
    told = []
    pieces = list(hooked(demo(), Hooks(after_reply=[lambda *what: told.append(what)])).open(REQUEST))
    text = "".join(piece for piece in pieces if isinstance(piece, str))
    assert isinstance(pieces[-1], ReplyEnd)
    assert told == [(REQUEST, text, pieces[-1])]


class TestHookedEngine(EngineContract):
    @pytest.fixture
    def engine(self):
        return hooked(DemoEngine(pace_s=0.005), Hooks(after_reply=[lambda *_: None]))


class Broken:
    name, demo, models = "broken", False, ()

    def open(self, _request):
        return self

    def __iter__(self):
        yield "a"
        raise EngineFailed("It broke.")

    def close(self):
        pass


def test_a_reply_that_breaks_is_no_reply_that_ended():
    told = []
    stream = hooked(Broken(), Hooks(after_reply=[lambda *what: told.append(what)])).open(REQUEST)
    with pytest.raises(EngineFailed):
        list(stream)
    stream.close()
    assert told == []
