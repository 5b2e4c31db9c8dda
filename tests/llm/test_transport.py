"""The transport alone, under an httpx2 client as the SDK uses it: reads, framing, proxies, faults."""

from __future__ import annotations

import contextlib
import socket
import threading

import httpx2
import pytest

from artbot_server.llm.transport import StreamTransport
from tests.llm.fake_openai import (
    WAIT_S,
    Exchange,
    FakeOpenAI,
    cut_after,
    raw,
    silence,
    status,
    stream,
)

TIMEOUT = httpx2.Timeout(WAIT_S)


@pytest.fixture
def client():
    with httpx2.Client(transport=StreamTransport(secure=False), timeout=TIMEOUT) as made:
        yield made


def reads(client: httpx2.Client, url: str) -> list[bytes]:
    with client.stream("POST", url, json={}) as response:
        return list(response.iter_raw())


def test_what_arrived_together_is_one_piece(fake: FakeOpenAI, client: httpx2.Client) -> None:
    """Three HTTP chunks sent while nobody reads, then a fourth after the first piece was taken."""
    sent, taken = threading.Event(), threading.Event()

    def answer(exchange: Exchange) -> None:
        exchange.head(200, {"Transfer-Encoding": "chunked"})
        exchange.send(b"1\r\na\r\n1\r\nb\r\n1\r\nc\r\n")
        sent.set()
        taken.wait(WAIT_S)
        exchange.chunk(b"d")
        exchange.end()

    fake.answer(answer)
    with client.stream("POST", fake.url, json={}) as response:
        assert sent.wait(WAIT_S)
        pieces = response.iter_raw()
        first = next(pieces)
        taken.set()
        assert [first, *pieces] == [b"abc", b"d"]


@pytest.mark.parametrize(
    "answer",
    [
        status(200, "whole body"),
        stream(b"whole", b" body"),
        raw(b"HTTP/1.1 200 OK\r\n\r\nwhole body"),
        raw(b"HTTP/1.0 200 OK\r\n\r\nwhole body"),
        raw(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nwhole body"),
        lambda exchange: [exchange.send(bytes([byte])) for byte in b"HTTP/1.1 200 OK\r\n\r\nwhole body"],
    ],
)
def test_every_framing(fake: FakeOpenAI, client: httpx2.Client, answer: object) -> None:
    fake.answer(answer)
    assert b"".join(reads(client, fake.url)) == b"whole body"


def test_no_body_at_all(fake: FakeOpenAI, client: httpx2.Client) -> None:
    fake.answer(raw(b"HTTP/1.1 204 No Content\r\n\r\n"))
    assert reads(client, fake.url) == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (raw(b""), httpx2.ReadError),
        (raw(b"HTTP/1.1 200 OK\r\nContent"), httpx2.ReadError),
        (Exchange.reset, httpx2.ReadError),
        (cut_after(), httpx2.ReadError),
        (raw(b"\x15\x03\x01\x00\x02\x02\x50\r\n\r\n"), httpx2.RemoteProtocolError),
        (stream(then=lambda exchange: exchange.send(b"not hexadecimal\r\n")), httpx2.RemoteProtocolError),
    ],
)
def test_each_fault_has_httpx_s_name(
    fake: FakeOpenAI, client: httpx2.Client, answer: object, kind: type[Exception]
) -> None:
    fake.answer(answer)
    with pytest.raises(kind):
        reads(client, fake.url)


def test_what_came_before_a_fault_is_given_first(fake: FakeOpenAI, client: httpx2.Client) -> None:
    fake.answer(raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzzz\r\n"))
    got: list[bytes] = []
    with client.stream("POST", fake.url, json={}) as response, pytest.raises(httpx2.RemoteProtocolError):
        got.extend(response.iter_raw())
    assert got == [b"abc"]


def test_silence_is_a_timeout(fake: FakeOpenAI, client: httpx2.Client) -> None:
    fake.answer(silence)
    with pytest.raises(httpx2.ReadTimeout):
        client.post(fake.url, json={}, timeout=0.2)


def test_a_header_that_cannot_be_sent(fake: FakeOpenAI, client: httpx2.Client) -> None:
    with pytest.raises(httpx2.LocalProtocolError):
        client.post(fake.url, json={}, headers={"X-Bad": b"a\nb"})
    assert fake.asked == []


def test_redirected_to_tls(
    fake: FakeOpenAI, server_tls: object, certificate: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with FakeOpenAI(server_tls) as secret, httpx2.Client(transport=StreamTransport(secure=False)) as client:
        fake.answer(raw(f"HTTP/1.1 307 There\r\nLocation: {secret.url}\r\nContent-Length: 0\r\n\r\n".encode()))
        assert client.post(fake.url, json={}, follow_redirects=True).status_code == 200
        assert len(secret.asked) == 1


def test_a_plain_proxy_gets_the_whole_address(fake: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://me:p%40ss@127.0.0.1:{fake.port}")
    monkeypatch.setenv("no_proxy", "")
    with httpx2.Client(transport=StreamTransport(secure=False), timeout=TIMEOUT) as client:
        assert client.post("http://model.example/v1/x", json={}).status_code == 200
    [asked] = fake.asked
    assert asked.path == "http://model.example/v1/x"
    assert asked.headers["host"] == "model.example"
    assert asked.headers["proxy-authorization"] == "Basic bWU6cEBzcw=="


def test_a_host_that_needs_no_proxy(fake: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with httpx2.Client(transport=StreamTransport(secure=False), timeout=TIMEOUT) as client:
        assert client.post(fake.url, json={}).status_code == 200


@pytest.mark.parametrize(("answer", "kind"), [(b"200 Connection established", None), (b"407 No", httpx2.ProxyError)])
def test_a_tunnel_for_tls(
    answer: bytes,
    kind: type[Exception] | None,
    server_tls: object,
    certificate: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FakeOpenAI(server_tls) as secret, Proxy(answer, secret.port) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with httpx2.Client(transport=StreamTransport(secure=True), timeout=TIMEOUT) as client:
            if kind:
                with pytest.raises(kind):
                    client.post("https://localhost:4433/v1", json={})
            else:
                assert client.post("https://localhost:4433/v1", json={}).status_code == 200
        assert proxy.asked.startswith(b"CONNECT localhost:4433 HTTP/1.1\r\n")


def test_a_proxy_of_another_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    with (
        httpx2.Client(transport=StreamTransport(secure=False), timeout=TIMEOUT) as client,
        pytest.raises(httpx2.ConnectError, match="socks5"),
    ):
        client.post("http://model.example/v1", json={})


class Proxy:
    """Answers one CONNECT, and joins the two connections when it said yes."""

    def __init__(self, answer: bytes, port: int) -> None:
        self.asked = b""
        self._answer = answer
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._thread.join(WAIT_S)

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        with client:
            while not self.asked.endswith(b"\r\n\r\n"):
                self.asked += client.recv(4096)
            client.sendall(b"HTTP/1.1 %b\r\n\r\n" % self._answer)
            if self._answer.startswith(b"200"):
                with socket.create_connection(self._target, WAIT_S) as target:
                    back = threading.Thread(target=self._copy, args=(target, client), daemon=True)
                    back.start()
                    self._copy(client, target)
                    back.join(WAIT_S)

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
