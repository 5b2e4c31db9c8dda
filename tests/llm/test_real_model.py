"""The engine against a real model behind a real server. What the model says is of no interest here."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from artbot_server.errors import EngineFailed
from artbot_server.llm.base import ChatRequest, ReplyEnd
from artbot_server.llm.openai_api import OpenAIEngine
from tests.contracts.engine_contract import PATIENCE_S, split
from tests.llm.llama import KEY, REPLY_TOKENS, Llama, running


@pytest.fixture(scope="module")
def llama() -> Iterator[Llama]:
    with running() as server:
        yield server


@pytest.fixture
def engine(llama: Llama) -> OpenAIEngine:
    return OpenAIEngine(base_url=llama.url, key=KEY, models=())


def ask(text: str, **how: object) -> ChatRequest:
    return ChatRequest([{"role": "user", "content": text}], temperature=0, **how)


STORY = ask("Tell me a long story about a cat.")


def idle(llama: Llama) -> bool:
    """Whether its slot becomes free, within the bound."""
    deadline = time.monotonic() + PATIENCE_S
    while llama.busy():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_streamed_reply(engine: OpenAIEngine) -> None:
    pieces, [end] = split(engine.open(ask("Say hello, and 你好.")))
    assert len(pieces) > 1
    assert end.model == "smollm2"
    assert end.finish_reason in ("stop", "length")
    assert end.usage
    assert end.usage["completion_tokens"] <= REPLY_TOKENS


def test_in_one_piece_it_says_the_same(engine: OpenAIEngine) -> None:
    list(engine.open(ask("Say hello.")))  # from now on both find the prompt in the server's cache
    streamed, [end] = split(engine.open(ask("Say hello.")))
    [whole], [whole_end] = split(engine.open(ask("Say hello.", stream=False)))
    assert whole == "".join(streamed)
    assert whole_end.finish_reason == end.finish_reason


def test_a_stop_in_the_middle_frees_the_server(engine: OpenAIEngine, llama: Llama) -> None:
    _, [end] = split(engine.open(STORY))
    assert end.finish_reason == "length"  # so a story that is not stopped takes all REPLY_TOKENS
    before = llama.tokens_written()
    reply = engine.open(STORY)
    items = iter(reply)
    assert isinstance(next(items), str)
    assert llama.busy()
    reply.close()
    assert list(items) == []
    assert idle(llama)
    assert llama.tokens_written() - before < REPLY_TOKENS


def test_a_stop_while_waiting_in_the_servers_queue(engine: OpenAIEngine, llama: Llama) -> None:
    first, second = engine.open(STORY), engine.open(STORY)
    first_items = iter(first)
    assert isinstance(next(first_items), str)
    second_items: list[str | ReplyEnd] = []
    reader = threading.Thread(target=lambda: second_items.extend(second))
    reader.start()
    reader.join(0.2)
    second.close()
    reader.join(PATIENCE_S)
    assert not reader.is_alive()
    assert second_items == []
    first.close()
    assert idle(llama)


@pytest.mark.parametrize(
    ("request_", "code", "whose"),
    [
        (ask("hello", key="sk-wrong"), "wrong_key", "client"),
        (ask("cat " * 2000), "context_too_long", "client"),
    ],
)
def test_its_refusals(engine: OpenAIEngine, request_: ChatRequest, code: str, whose: str) -> None:
    with pytest.raises(EngineFailed) as caught:
        list(engine.open(request_))
    assert (caught.value.error_code, caught.value.whose_fault) == (code, whose)


def test_it_wants_a_key(llama: Llama) -> None:
    with pytest.raises(EngineFailed) as caught:
        list(OpenAIEngine(base_url=llama.url, key=None, models=()).open(STORY))
    assert caught.value.error_code == "no_key"
