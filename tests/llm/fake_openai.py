"""A small HTTP server in the place of a model's side: real sockets, threads, and every fault on demand.

`with FakeOpenAI() as fake:` then `fake.answer(...)` sets what comes next: one answer a request, the last one again and
again. An answer is a function of the `Exchange`; the functions at the end of this file make the usual ones.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PIECES = ("a playful ", "orange ", "小猫", ", garden")
STREAM_HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Transfer-Encoding": "chunked"}
WAIT_S = 20
"""Bound of every wait in here: a test that hangs ends."""


class Exchange:
    """One request as it came, and the means to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        self.path = handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.body = body
        self._connection: socket.socket = handler.connection

    @property
    def key(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def head(self, status: int, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} Fake", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        self.send("\r\n".join(lines).encode())

    def chunk(self, data: bytes) -> None:
        """One HTTP chunk."""
        self.send(b"%x\r\n%b\r\n" % (len(data), data))

    def end(self) -> None:
        """The end mark of a chunked body."""
        self.send(b"0\r\n\r\n")

    def wait_for_close(self, bound_s: float = WAIT_S) -> None:
        """Say nothing until the other side has hung up."""
        self._connection.settimeout(bound_s)
        try:
            while self._connection.recv(4096):
                pass
        except ConnectionResetError:
            pass

    def reset(self) -> None:
        """Break the connection with a RST, as a crashed host's kernel does."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._connection.close()


Answer = Callable[[Exchange], None]


class FakeOpenAI:
    """The server: `url` is what an engine takes as its base URL, `asked` holds the requests so far."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Exchange] = []
        self.hung_up = threading.Semaphore(0)
        """Released once for each request that is over, also where the client ended it."""
        self._answers: list[Answer] = [reply()]
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port: int = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)

    def __enter__(self) -> FakeOpenAI:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, *answers: Answer) -> None:
        self._answers = list(answers)

    def handle(self, exchange: Exchange) -> None:
        with self._lock:
            self.asked.append(exchange)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        try:
            answer(exchange)
        except OSError:
            pass  # the client left in the middle, as it may
        finally:
            self.hung_up.release()

    def saw_the_end(self) -> bool:
        """Whether one more request is over, within the bound."""
        return self.hung_up.acquire(timeout=WAIT_S)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves during TLS or headers is part of the tests."""


def _handler(fake: FakeOpenAI) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.close_connection = True
            fake.handle(Exchange(self, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def event(chunk: object) -> bytes:
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


def delta(text: str | None = None, finish_reason: str | None = None, **more: Any) -> bytes:
    """A chunk with one choice, as OpenAI writes it."""
    choice = {
        "index": 0,
        "delta": {**({} if text is None else {"content": text}), **more},
        "finish_reason": finish_reason,
    }
    return event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "fake-1", "choices": [choice]})


USAGE = {"prompt_tokens": 7, "completion_tokens": 4, "total_tokens": 11}
DONE = b"data: [DONE]\n\n"


def reply(pieces: Sequence[str] = PIECES, finish_reason: str | None = "stop") -> Answer:
    """A whole good reply, streamed or in one piece as the request asks."""

    def answer(exchange: Exchange) -> None:
        if not exchange.body.get("stream"):
            message = {"role": "assistant", "content": "".join(pieces)}
            choice = {"index": 0, "message": message, "finish_reason": finish_reason}
            return status(200, {"model": "fake-1", "choices": [choice], "usage": USAGE})(exchange)
        events = [delta(role="assistant"), *(delta(piece) for piece in pieces), delta(finish_reason=finish_reason)]
        if exchange.body.get("stream_options", {}).get("include_usage"):
            events.append(event({"model": "fake-1", "choices": [], "usage": USAGE}))
        return stream(*events, DONE)(exchange)

    return answer


def stream(*chunks: bytes, then: Callable[[Exchange], None] = Exchange.end) -> Answer:
    """These bytes, each as one HTTP chunk; `then` ends it (or waits, or breaks)."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, STREAM_HEADERS)
        for chunk in chunks:
            exchange.chunk(chunk)
        then(exchange)

    return answer


def status(code: int, body: object, headers: dict[str, str] | None = None) -> Answer:
    """A JSON answer (or, for a str, text as it is)."""

    def answer(exchange: Exchange) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        kind = "text/html" if isinstance(body, str) else "application/json"
        exchange.head(code, {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})})
        exchange.send(data)

    return answer


def error(http: int, message: str, headers: dict[str, str] | None = None, **fields: Any) -> Answer:
    """OpenAI's error envelope."""
    return status(http, {"error": {"message": message, "type": None, "param": None, "code": None, **fields}}, headers)


def raw(data: bytes) -> Answer:
    """These bytes instead of HTTP, then the end of the connection; also a recording as it came off the wire."""
    return lambda exchange: exchange.send(data)


def silence(exchange: Exchange) -> None:
    """Not even headers, until the client hangs up: a model that thinks."""
    exchange.wait_for_close()


def silence_after(*chunks: bytes, bound_s: float = WAIT_S) -> Answer:
    """Silent in the middle of a stream until the client hangs up."""
    return stream(*chunks, then=lambda exchange: exchange.wait_for_close(bound_s))


def cut_after(*chunks: bytes) -> Answer:
    """The connection closes without the end mark of the body."""
    return stream(*chunks, then=lambda exchange: None)
