"""The listening socket is ours alone, and frames are unmasked as the RFC says."""

import os
import socket
import subprocess
import sys

import pytest

from artbot_server.errors import ConfigError
from artbot_server.web.serving import UNSENT_BYTES, listen, plain_websockets, unmask
from tests.server import ROOT


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


def limited(soft, hard):
    """What a process with these limits prints: how many connections, and the soft limit after it."""
    script = f"""
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
from artbot_server.web.serving import raise_file_limit
print(raise_file_limit(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout


def test_the_limit_of_open_files_is_raised_to_the_hard_one():
    assert limited(256, 12_000) == "5968 12000\n"


def test_a_limit_that_is_too_low_is_told_with_what_to_do():
    told = limited(256, 1_000)
    assert "at most 468 browsers" in told and "no more than 1000 files" in told and "LimitNOFILE" in told
    assert told.endswith("468 1000\n")


def test_connections_send_at_once_and_keep_little_in_the_kernel():
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == UNSENT_BYTES
