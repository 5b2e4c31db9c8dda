"""The listening socket is ours alone, and frames are unmasked as the RFC says."""

import os
import socket

import pytest

from artbot_server.errors import ConfigError
from artbot_server.web.serving import listen, plain_websockets, raise_file_limit, unmask


def test_a_second_server_on_the_port_is_refused_by_name():
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port}.*ARTBOT_PORT"):
            listen("127.0.0.1", port)
    listen("127.0.0.1", port).close()


def test_the_port_is_not_shared():
    with listen("127.0.0.1", 0) as listener:
        assert listener.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) == 0


def test_an_address_that_is_not_ours_is_refused():
    with pytest.raises(ConfigError, match="ARTBOT_HOST"):
        listen("203.0.113.1", 0)


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 125, 70_001])
@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_unmasking_is_the_rfcs_xor(size, offset):
    data, mask = os.urandom(size), os.urandom(4)
    by_hand = bytes(byte ^ mask[(offset + place) % 4] for place, byte in enumerate(data))
    assert unmask(data, list(mask), size, offset) == by_hand


def test_only_the_given_length_is_unmasked():
    assert unmask(b"abcdef", b"\0\0\0\0", 3) == b"abc"


def test_compression_is_declined():
    seen = {}
    app = plain_websockets(lambda environ, start: seen.update(environ) or [])
    app({"HTTP_SEC_WEBSOCKET_EXTENSIONS": "permessage-deflate", "PATH_INFO": "/"}, lambda *_: None)
    assert seen == {"PATH_INFO": "/"}


def test_there_is_room_for_connections():
    assert raise_file_limit() > 64
