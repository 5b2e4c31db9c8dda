"""Understanding chunks: text joined for each read, the end, and every oddity a server may send."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from artbot_server.errors import EngineFailed
from artbot_server.llm.base import ReplyEnd
from artbot_server.llm.chunks import ReplyReader
from artbot_server.llm.sse import MAX_EVENT_BYTES
from tests.llm.fake_openai import DONE, USAGE, delta, event

FIXTURES = Path(__file__).parent / "fixtures"
RECORDED = {
    "openai.sse": (
        "an orange kitten, garden, 🐈橙色",
        ReplyEnd(
            "stop",
            {"prompt_tokens": 31, "completion_tokens": 9, "total_tokens": 40},
            "gpt-5.4-mini-2026-03-17",
        ),
    ),
    "xllamacpp.sse": (
        "熊猫是一种 bear🐼。",
        ReplyEnd("length", {"completion_tokens": 5, "prompt_tokens": 20, "total_tokens": 25}, "SmolLM2-135M-Instruct"),
    ),
    "llama_cpp.sse": ("(laughs) 你好", ReplyEnd("length", None, "SmolLM2-135M-Instruct")),
}


def read(*received: bytes, framed: bool = True) -> tuple[str, ReplyEnd]:
    """All of a stream as the engine reads it."""
    reader = ReplyReader()
    text = "".join(reader.feed(data) for data in received) + reader.finish()
    if reader.failure:
        raise reader.failure
    return text, reader.end(framed=framed)


def fault(*received: bytes, framed: bool = True) -> str:
    with pytest.raises(EngineFailed) as caught:
        read(*received, framed=framed)
    return caught.value.error_code


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_streams_cut_at_every_byte(name: str) -> None:
    stream = (FIXTURES / name).read_bytes()
    for at in range(len(stream) + 1):
        assert read(stream[:at], stream[at:]) == RECORDED[name], f"cut at byte {at}"


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_streams_with_other_line_ends(name: str) -> None:
    stream = (FIXTURES / name).read_bytes()
    assert read(stream.replace(b"\n", b"\r\n")) == RECORDED[name]
    assert read(*(bytes([byte]) for byte in stream.replace(b"data: ", b"data:"))) == RECORDED[name]


def test_all_deltas_of_one_read_are_one_piece() -> None:
    reader = ReplyReader()
    assert reader.feed(delta("a") + delta("b") + delta("c")[:10]) == "ab"
    assert reader.feed(delta("c")[10:] + delta("d")) == "cd"


def test_what_holds_no_text_gives_none() -> None:
    reader = ReplyReader()
    silent = [
        delta(role="assistant"),
        delta(role="assistant", content=None),
        delta(""),
        delta(reasoning_content="the user wants a cat"),
        delta(tool_calls=[]),
        event({"choices": []}),
        event({"choices": None, "moderation": {}}),
        event({"choices": [{"index": 0, "delta": None}]}),
        event({"choices": [{"index": 0, "delta": {"content": [{"type": "thinking"}]}}]}),
        b": ping\n\n",
        b"data:\n\n",
    ]
    assert [reader.feed(data) for data in silent] == [""] * len(silent)
    assert reader.failure is None


def test_a_data_line_may_be_broken_in_two() -> None:
    first, second = delta("two lines").split(b'"choices"')
    assert read(first + b'\ndata: "choices"' + second + DONE)[0] == "two lines"


def test_nothing_counts_after_done() -> None:
    reader = ReplyReader()
    assert reader.feed(delta("a") + DONE + delta("b")) == "a"
    assert reader.done


def test_the_end_holds_what_the_server_told() -> None:
    usage = event({"choices": [], "usage": {**USAGE, "details": {"cached": 1}}})
    assert read(delta("a"), delta(finish_reason="stop"), usage, DONE)[1] == ReplyEnd("stop", USAGE, "fake-1")


@pytest.mark.parametrize("framed", [True, False])
@pytest.mark.parametrize("end", [delta(finish_reason="stop"), DONE])
def test_either_mark_makes_a_reply_complete(end: bytes, framed: bool) -> None:
    assert read(delta("a"), end, framed=framed)[0] == "a"


def test_without_any_mark_the_bodys_own_end_decides() -> None:
    assert read(delta("a"), framed=True) == ("a", ReplyEnd(None, None, "fake-1"))
    assert fault(delta("a"), framed=False) == "engine_cut"


def test_a_reply_without_text_is_empty() -> None:
    assert fault() == "engine_empty"
    assert fault(DONE) == "engine_empty"
    assert fault(delta(role="assistant"), delta(finish_reason="stop"), DONE) == "engine_empty"
    assert fault(delta(reasoning_content="hm"), delta(finish_reason="length"), DONE) == "engine_empty"


def test_a_refusal_is_no_reply() -> None:
    assert fault(delta(finish_reason="content_filter"), DONE) == "refused"
    assert fault(delta(refusal="I cannot help with that."), delta(finish_reason="stop"), DONE) == "refused"


def test_a_filter_in_the_middle_leaves_the_text() -> None:
    text, end = read(delta("a lion"), delta(finish_reason="content_filter"), DONE)
    assert (text, end.finish_reason) == ("a lion", "content_filter")


@pytest.mark.parametrize("bad", [b"{oops", b"[1]", b"null", b'"text"', b"\xff\xfe"])
def test_what_is_no_chunk_ends_the_stream_after_what_came(bad: bytes) -> None:
    reader = ReplyReader()
    assert reader.feed(delta("a") + b"data: " + bad + b"\n\n" + delta("b")) == "a"
    assert reader.failure is not None
    assert reader.failure.error_code == "engine_garbage"


def test_a_page_instead_of_events_is_garbage() -> None:
    assert fault(b"<html><body>502 Bad Gateway</body></html>\n") == "engine_garbage"
    assert fault(b"data: " + b"x" * MAX_EVENT_BYTES) == "engine_garbage"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"message": "The server had an error", "type": "server_error"}, "engine_failed"),
        ({"message": "slow down", "code": "rate_limit_exceeded"}, "rate_limited"),
        ({"code": 400, "message": "too many", "type": "exceed_context_size_error"}, "context_too_long"),
        ("out of memory", "engine_failed"),
    ],
)
def test_an_error_in_the_stream_comes_after_the_text_before_it(error: object, code: str) -> None:
    reader = ReplyReader()
    assert reader.feed(delta("a") + event({"error": error}) + delta("b")) == "a"
    assert reader.failure is not None
    assert reader.failure.error_code == code


def test_an_error_does_not_show_the_key() -> None:
    reader = ReplyReader(secrets=("hunter2",))
    reader.feed(event({"error": {"message": "key hunter2 is bad"}}))
    assert "hunter2" not in str(reader.failure)


def test_a_whole_body() -> None:
    reader = ReplyReader()
    message = {"role": "assistant", "content": "橙色 cat"}
    body = {"model": "m", "choices": [{"message": message, "finish_reason": "stop"}], "usage": USAGE}
    assert reader.whole(json.dumps(body).encode()) == "橙色 cat"
    assert reader.end(framed=True) == ReplyEnd("stop", USAGE, "m")
