"""Bodies alone: every framing however it is cut, and, against h11, that the same bytes mean the same."""

from __future__ import annotations

import random

import h11
import pytest

from artbot_server.llm.framing import MAX_LINE_BYTES, Body

CHUNKED = [(b"transfer-encoding", b"chunked")]
WIRE = b'5\r\nabcde\r\n1;why="not"\r\nf\r\n00a \r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n'
TEXT = b"abcdef0123456789"


def fed(body: Body, *reads: bytes) -> bytes:
    return b"".join(body.feed(read) for read in reads)


def test_chunks_that_came_together() -> None:
    body = Body(200, CHUNKED)
    assert body.feed(WIRE) == TEXT
    assert (body.framed, body.over, body.fault) == (True, True, None)


@pytest.mark.parametrize("size", range(1, len(WIRE)))
def test_chunks_cut_anywhere(size: int) -> None:
    body = Body(200, CHUNKED)
    assert fed(body, *(WIRE[at : at + size] for at in range(0, len(WIRE), size))) == TEXT
    assert body.over


def test_a_chunk_is_given_as_it_comes() -> None:
    body = Body(200, CHUNKED)
    assert [body.feed(b"ff\r\nab"), body.feed(b"cd")] == [b"ab", b"cd"]


def test_what_follows_the_body_is_not_its() -> None:
    body = Body(200, CHUNKED)
    assert (body.feed(b"1\r\na\r\n0\r\n\r\nHTTP/1.1 200"), body.feed(b"x"), body.over) == (b"a", b"", True)
    body = Body(200, [(b"content-length", b"2")])
    assert (body.feed(b"abc"), body.feed(b"d"), body.over) == (b"ab", b"", True)


@pytest.mark.parametrize(
    "wire",
    [
        b"no size\r\n",
        b"\r\n",
        b"-1\r\n",
        b"+1\r\n",
        b"0x1\r\n",
        b"1_0\r\n",
        b"1\r\nab\r\n",
        b"f" * 16 + b"\r\n",
        b"\xe9\r\n",
    ],
)
def test_no_chunks(wire: bytes) -> None:
    body = Body(200, CHUNKED)
    assert body.feed(b"1\r\nx\r\n" + wire)[:1] == b"x"
    assert (body.over, body.fault) == (False, "broken")
    assert body.feed(b"1\r\ny\r\n") == b""


def test_a_line_without_an_end() -> None:
    body = Body(200, CHUNKED)
    assert fed(body, *[b"0" * 1000] * (MAX_LINE_BYTES // 1000 + 1)) == b""
    assert body.fault == "broken"


@pytest.mark.parametrize("wire", [b"", b"5\r\nab", b"5\r\nabcde\r\n", b"5\r\nabcde\r\n0\r\n"])
def test_chunks_cut_short(wire: bytes) -> None:
    body = Body(200, CHUNKED)
    fed(body, wire, b"")
    assert (body.over, body.fault) == (False, "cut")


def test_a_length() -> None:
    body = Body(200, [(b"content-length", b"5")])
    assert [body.feed(b"ab"), body.over, body.feed(b"cde"), body.over] == [b"ab", False, b"cde", True]
    body = Body(200, [(b"content-length", b"5")])
    assert (fed(body, b"ab", b""), body.over, body.fault) == (b"ab", False, "cut")


def test_as_long_as_the_connection() -> None:
    body = Body(200, [(b"content-type", b"text/plain")])
    assert (body.framed, body.feed(b"ab"), body.over) == (False, b"ab", False)
    assert (body.feed(b""), body.over, body.fault) == (b"", True, None)


@pytest.mark.parametrize("headers", [[], CHUNKED, [(b"content-length", b"5")]])
@pytest.mark.parametrize("status", [204, 304])
def test_nothing_at_all(status: int, headers: list[tuple[bytes, bytes]]) -> None:
    body = Body(status, headers)
    assert (body.over, body.feed(b""), body.fault) == (True, b"", None)
    assert Body(200, [(b"content-length", b"0")]).over


def by_h11(wire: bytes) -> tuple[bytes, bool]:
    """What h11 makes of a chunked body and of the connection's end behind it: its text, and whether it is whole."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + wire)
    connection.receive_data(b"")
    text = b""
    try:
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            text += event.data if isinstance(event, h11.Data) else b""
    except h11.RemoteProtocolError:
        return text, False
    return text, True


def test_damaged_at_random_it_is_what_h11_makes_of_it() -> None:
    chance = random.Random(4)
    whole = WIRE.replace(b"Trailer: x\r\n", b"")
    for _ in range(2000):
        wire = bytearray(whole)
        for _ in range(chance.choice((0, 1, 1, 2))):
            wire[chance.randrange(len(wire) - 5)] = chance.choice(b"\r\n0123aF;x")
        if chance.random() < 0.3:
            del wire[chance.randrange(len(wire)) :]
        body = Body(200, CHUNKED)
        assert (fed(body, bytes(wire), b""), body.over) == by_h11(bytes(wire)), bytes(wire)
