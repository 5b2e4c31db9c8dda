"""TLS between two ends of a real socket: Python's own server side there, ours here."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from artbot_server.llm.tls import TlsConnection

PATIENCE_S = 20


class Server:
    """The far end: shakes hands and does what the test says."""

    def __init__(self, context: ssl.SSLContext, act: Callable[[ssl.SSLSocket], None]) -> None:
        self.near, far = socket.socketpair()
        self.near.settimeout(PATIENCE_S)
        self.thread = threading.Thread(target=self._serve, args=(context, far, act))
        self.thread.start()

    def _serve(self, context: ssl.SSLContext, far: socket.socket, act: Callable[[ssl.SSLSocket], None]) -> None:
        try:
            with far, context.wrap_socket(far, server_side=True) as secret:
                act(secret)
        except (ssl.SSLError, ConnectionError):
            pass  # the client's refusal is part of the tests


@pytest.fixture
def client_tls(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def read_all(connection: TlsConnection) -> bytes:
    text = b""
    while received := connection.recv(65_536):
        text += received
    return text


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_ways(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, newest: ssl.TLSVersion) -> None:
    def echo(secret: ssl.SSLSocket) -> None:
        secret.sendall(secret.recv(100).upper())
        secret.unwrap()

    client_tls.maximum_version = newest
    server = Server(server_tls, echo)
    connection = TlsConnection(server.near, client_tls, "127.0.0.1")
    connection.sendall(b"hello")
    assert read_all(connection) == b"HELLO"
    assert connection.recv(100) == b""
    connection.close()
    server.thread.join(PATIENCE_S)


def test_all_records_that_came_are_one_read(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    sent, done = threading.Event(), threading.Event()

    def write(secret: ssl.SSLSocket) -> None:
        secret.recv(1)
        for number in range(50):
            secret.sendall(b"%02d" % number)
        sent.set()
        done.wait(PATIENCE_S)

    server = Server(server_tls, write)
    connection = TlsConnection(server.near, client_tls, "127.0.0.1")
    connection.sendall(b"x")
    assert sent.wait(PATIENCE_S)
    connection.setblocking(False)
    assert connection.recv(65_536) == b"".join(b"%02d" % number for number in range(50))
    with pytest.raises(BlockingIOError):
        connection.recv(65_536)
    done.set()
    server.thread.join(PATIENCE_S)
    assert connection.recv(65_536) == b""
    connection.close()


def test_long_ones_in_short_reads(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    text = bytes(range(256)) * 2000
    server = Server(server_tls, lambda secret: secret.sendall(text))
    connection = TlsConnection(server.near, client_tls, "127.0.0.1")
    connection.settimeout(PATIENCE_S)
    received = b""
    while piece := connection.recv(1000):
        received += piece
    assert received == text
    connection.close()


def test_an_end_without_a_farewell(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    def leave(secret: ssl.SSLSocket) -> None:
        secret.sendall(b"one")
        secret.shutdown(socket.SHUT_RDWR)

    server = Server(server_tls, leave)
    connection = TlsConnection(server.near, client_tls, "127.0.0.1")
    assert read_all(connection) == b"one"
    connection.close()


def test_damaged_on_the_way(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    def damage(secret: ssl.SSLSocket) -> None:
        socket.socket.send(secret, b"\x17\x03\x03\x00\x20" + b"x" * 32)

    server = Server(server_tls, damage)
    connection = TlsConnection(server.near, client_tls, "127.0.0.1")
    with pytest.raises(OSError, match=r"(?i)record|decrypt|mac"):
        read_all(connection)
    connection.close()


@pytest.mark.parametrize("host", ["model.example", "127.0.0.2"])
def test_somebody_else(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, host: str) -> None:
    server = Server(server_tls, lambda secret: None)
    with pytest.raises(ssl.SSLCertVerificationError):
        TlsConnection(server.near, client_tls, host)
    server.near.close()


def test_who_speaks_no_tls(client_tls: ssl.SSLContext) -> None:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        with pytest.raises(ssl.SSLError):
            TlsConnection(near, client_tls, "127.0.0.1")


def test_who_hangs_up_or_says_nothing(client_tls: ssl.SSLContext) -> None:
    near, far = socket.socketpair()
    with near, far:
        near.settimeout(0.05)
        with pytest.raises(TimeoutError):
            TlsConnection(near, client_tls, "127.0.0.1")
        far.close()
        with pytest.raises(OSError):  # noqa: PT011 - which one depends on where it was
            TlsConnection(near, client_tls, "127.0.0.1")
