"""What every engine must do: subclass `EngineContract`, name it `Test…` and give it an `engine` fixture.

    class TestMyEngine(EngineContract):
        @pytest.fixture
        def engine(self):
            return MyEngine()

The engine must answer MESSAGES with some text.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from artbot_server.errors import BadRequest
from artbot_server.llm.base import ChatRequest, Engine, ReplyEnd, ReplyStream

MESSAGES = (
    {"role": "system", "content": "You write prompts for pictures. Answer in English, in ten words or less."},
    {"role": "user", "content": "一只在花园里的橙色小猫"},
)
REQUEST = ChatRequest(messages=MESSAGES, temperature=0)
PATIENCE_S = 30
"""Bound of a wait for something that should come at once."""


def split(reply: ReplyStream) -> tuple[list[str], list[ReplyEnd]]:
    """A reply's pieces and its ends, in the order of each."""
    items = list(reply)
    return [item for item in items if isinstance(item, str)], [item for item in items if isinstance(item, ReplyEnd)]


class EngineContract:
    @pytest.fixture
    def engine(self) -> Engine:
        raise NotImplementedError("give the contract an engine")

    def test_it_says_who_it_is(self, engine: Engine) -> None:
        assert engine.name
        assert "@" not in engine.name
        assert isinstance(engine.demo, bool)
        assert isinstance(engine.models, tuple)

    def test_a_reply_is_pieces_of_text_and_then_one_end(self, engine: Engine) -> None:
        items = list(engine.open(REQUEST))
        assert len(items) >= 2
        assert all(isinstance(item, str) and item for item in items[:-1])
        assert isinstance(items[-1], ReplyEnd)

    def test_in_one_piece_when_not_streamed(self, engine: Engine) -> None:
        pieces, ends = split(engine.open(replace(REQUEST, stream=False)))
        assert len(pieces) == 1
        assert len(ends) == 1

    def test_the_same_question_streamed_or_not_is_the_same_text(self, engine: Engine) -> None:
        streamed, _ = split(engine.open(REQUEST))
        whole, _ = split(engine.open(replace(REQUEST, stream=False)))
        assert "".join(streamed) == "".join(whole)

    def test_the_end_names_the_model(self, engine: Engine) -> None:
        _, [end] = split(engine.open(REQUEST))
        assert end.model
        assert end.finish_reason == "stop"

    def test_closed_before_it_began(self, engine: Engine) -> None:
        reply = engine.open(REQUEST)
        reply.close()
        assert list(reply) == []

    def test_closed_in_the_middle_it_just_stops(self, engine: Engine) -> None:
        reply = engine.open(REQUEST)
        items = iter(reply)
        assert isinstance(next(items), str)
        reply.close()
        assert list(items) == []

    def test_closed_twice_and_after_the_end(self, engine: Engine) -> None:
        reply = engine.open(REQUEST)
        _, ends = split(reply)
        reply.close()
        reply.close()
        assert len(ends) == 1

    def test_closed_from_another_thread_while_it_is_read(self, engine: Engine) -> None:
        reply = engine.open(REQUEST)
        begun = threading.Event()
        items: list[str | ReplyEnd] = []

        def read() -> None:
            for item in reply:
                items.append(item)
                begun.set()

        reader = threading.Thread(target=read)
        reader.start()
        assert begun.wait(PATIENCE_S)
        reply.close()
        reader.join(PATIENCE_S)
        assert not reader.is_alive()
        assert isinstance(items[0], str)

    def test_replies_at_the_same_time_do_not_mix(self, engine: Engine) -> None:
        alone = "".join(split(engine.open(REQUEST))[0])
        first, second = engine.open(REQUEST), engine.open(REQUEST)
        texts = ["", ""]
        for pair in zip(first, second, strict=False):
            for number, item in enumerate(pair):
                texts[number] += item if isinstance(item, str) else ""
        first.close()
        second.close()
        assert all(alone.startswith(text) and text for text in texts)

    def test_a_model_that_is_not_offered_is_refused_with_the_list(self, engine: Engine) -> None:
        if engine.models:
            with pytest.raises(BadRequest) as caught:
                engine.open(replace(REQUEST, model="no-such-model"))
            assert caught.value.error_code == "model_not_allowed"
            assert caught.value.detail["allowed"] == list(engine.models)

    def test_its_own_models_may_be_asked_for(self, engine: Engine) -> None:
        for model in engine.models:
            _, ends = split(engine.open(replace(REQUEST, model=model)))
            assert len(ends) == 1
