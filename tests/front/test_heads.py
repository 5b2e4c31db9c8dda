import pytest

from artbot_server.front.heads import MOST_LINE_BYTES, has_line, marked, owner

SID = marked("j2y2L0e3rBAcc-FrAAAA", 3)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        (f"GET /socket.io/?EIO=4&transport=polling&sid={SID} HTTP/1.1", 3),
        (f"POST /socket.io/?sid={SID}&EIO=4 HTTP/1.1", 3),
        ("GET /art/socket.io/?transport=websocket&sid=abc.12 HTTP/1.1", 12),
        ("GET /socket.io/?EIO=4&transport=polling HTTP/1.1", None),
        ("GET / HTTP/1.1", None),
        ("GET /socket.io/?sid=without-a-mark HTTP/1.1", None),
        ("GET /socket.io/?sid=a.1x HTTP/1.1", None),
        ("GET /socket.io/?nosid=a.1 HTTP/1.1", None),
        ("GET /socket.io/?sid=a.123456 HTTP/1.1", None),
        ("\x16\x03\x01 nonsense", None),
    ],
)
def test_the_first_line_says_whose_it_is(line, number):
    assert owner(line.encode() + b"\r\nHost: a\r\nX: ?sid=b.9 \r\n\r\n") == number


def test_half_a_line_is_not_decided_on_unless_it_never_ends():
    assert not has_line(b"GET /socket.io/?EIO=4&tran")
    assert has_line(b"GET / HTTP/1.1\r\n")
    assert has_line(b"x" * MOST_LINE_BYTES)
