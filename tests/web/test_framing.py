"""WebSocket bytes, checked by a library that wrote them itself: wsproto's client reads ours, and its frames are read."""

import os

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.connection import Connection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, Pong, Request, TextMessage

from artbot_server.web.framing import BINARY, TEXT, Incoming, closing, frame, framed, handshake


def client():
    return Connection(ConnectionType.CLIENT)


def masked(event):
    return bytes(client().send(event))


def heard(data):
    reader = client()
    reader.receive_data(data)
    return list(reader.events())


def test_a_client_takes_the_answer_to_its_handshake():
    connection = WSConnection(ConnectionType.CLIENT)
    asked = connection.send(Request(host="example.test", target="/socket.io/")).decode()
    headers = dict(line.split(": ", 1) for line in asked.split("\r\n")[1:] if line)
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    connection.receive_data(handshake(environ))
    [accepted] = connection.events()
    assert isinstance(accepted, AcceptConnection) and accepted.extensions == []


@pytest.mark.parametrize(
    "environ",
    [{}, {"HTTP_SEC_WEBSOCKET_KEY": "x"}, {"HTTP_SEC_WEBSOCKET_KEY": "x", "HTTP_SEC_WEBSOCKET_VERSION": "8"}],
)
def test_what_is_no_handshake_gets_none(environ):
    assert handshake(environ) is None


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_frames_of_every_length_are_read_as_they_were_meant(size):
    text, data = "画" * (size // 3) + "x" * (size % 3), os.urandom(size)
    assert "".join(event.data for event in heard(framed(text))) == text
    assert b"".join(bytes(event.data) for event in heard(framed(data))) == data
    assert framed(text)[0] == TEXT and framed(data)[0] == BINARY


def test_messages_come_whole_however_they_are_cut():
    sent = masked(TextMessage(data="一只猫 " * 50)) + masked(BytesMessage(data=b"\0\1" * 500))
    for step in (1, 7, 500, len(sent)):
        incoming = Incoming(10_000)
        got = [m for at in range(0, len(sent), step) for m in incoming.feed(sent[at : at + step])]
        assert got == ["一只猫 " * 50, b"\0\1" * 500]


def test_a_message_in_fragments_is_one_message():
    sender, incoming = client(), Incoming(100)
    parts = [TextMessage(data="a", message_finished=False), Ping(b"?"), TextMessage(data="b")]
    got = [message for part in parts for message in incoming.feed(bytes(sender.send(part)))]
    assert got == ["ab"]
    assert [event.payload for event in heard(incoming.pongs[0])] == [b"?"]
    assert isinstance(heard(incoming.pongs[0])[0], Pong)


def test_a_message_over_the_bound_ends_it_before_it_is_whole():
    incoming = Incoming(1_000)
    assert incoming.feed(masked(TextMessage(data="x" * 5_000))[:2_000]) == []
    assert heard(incoming.end)[0].code == 1009
    assert Incoming(1_000).feed(masked(TextMessage(data="x" * 1_000))) == ["x" * 1_000]


def test_a_client_s_close_is_answered_with_its_own_code():
    incoming = Incoming(100)
    assert incoming.feed(masked(TextMessage(data="last")) + masked(CloseConnection(code=1001))) == ["last"]
    assert heard(incoming.end)[0].code == 1001


def test_a_close_without_a_code_is_a_normal_one():
    incoming = Incoming(100)
    incoming.feed(b"\x88\x80" + b"\0\0\0\0")
    assert incoming.end == closing(1000)


@pytest.mark.parametrize(
    "data",
    [frame(TEXT, b"not masked"), b"\xc1\x80\0\0\0\0", b"\x83\x80\0\0\0\0", masked(BytesMessage(data=b"\xff"))],
    ids=["unmasked", "reserved bit", "unknown opcode", "half a letter"],
)
def test_what_is_no_websocket_is_refused(data):
    incoming = Incoming(100)
    if data[0] == BINARY:
        data = bytes([TEXT]) + data[1:]
    assert incoming.feed(data) == []
    assert heard(incoming.end)[0].code in (1002, 1007)
