"""Cutting events out of bytes that arrive in any portions."""

from __future__ import annotations

import pytest

from artbot_server.llm.sse import MAX_EVENT_BYTES, EventCutter

STREAM = (
    'data: {"a": "橙🐈"}\n\n: ping\n\ndata:two\r\n\r\nevent: x\nid: 7\nretry: 10\ndata: three\ndata: 四\n\n'.encode()
)
EVENTS = ['{"a": "橙🐈"}'.encode(), b"two", "three\n四".encode()]


@pytest.mark.parametrize("at", range(len(STREAM) + 1))
def test_cut_in_two_at_every_byte(at: int) -> None:
    cutter = EventCutter()
    assert cutter.feed(STREAM[:at]) + cutter.feed(STREAM[at:]) == EVENTS
    assert not cutter.foreign


def test_byte_by_byte() -> None:
    cutter = EventCutter()
    assert [event for byte in STREAM for event in cutter.feed(bytes([byte]))] == EVENTS


def test_an_event_counts_when_its_empty_line_came() -> None:
    cutter = EventCutter()
    assert cutter.feed(b"data: one\n") == []
    assert cutter.feed(b"\n") == [b"one"]


@pytest.mark.parametrize("tail", [b"", b"\n", b"\r\n", b"\r"])
def test_the_last_event_may_lack_its_empty_line(tail: bytes) -> None:
    cutter = EventCutter()
    assert cutter.feed(b"data: one" + tail) == []
    assert cutter.finish() == [b"one"]
    assert cutter.finish() == []


def test_only_one_space_after_the_colon_belongs_to_the_format() -> None:
    assert EventCutter().feed(b"data:  two spaces\n\ndata:\n\ndata\n\n") == [b" two spaces", b"", b""]


def test_empty_lines_and_comments_are_no_events() -> None:
    cutter = EventCutter()
    assert cutter.feed(b"\n\n:\n: keep-alive\n\n\n") == []
    assert not cutter.foreign


@pytest.mark.parametrize("line", [b"<html>", b'{"error": "no stream"}', b"HTTP 502"])
def test_what_is_no_field_is_noticed(line: bytes) -> None:
    cutter = EventCutter()
    assert cutter.feed(line + b"\n") == []
    assert cutter.foreign


def test_a_line_without_an_end_does_not_fill_the_memory() -> None:
    cutter = EventCutter()
    cutter.feed(b"data: " + b"x" * (MAX_EVENT_BYTES - 6))
    with pytest.raises(ValueError, match="without an end"):
        cutter.feed(b"x")
