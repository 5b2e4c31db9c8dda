"""The wire under the SDK: one TCP or TLS connection for each request, headers read with h11, handed to the SDK's client
as an `httpx2` transport.

Why not httpx2's own: it gives a body chunk by chunk (this one gives what a read brought, joined, so a busy stream costs
a wake-up a read and not a token), it hides the socket until the headers are there (a model is silent mostly before
them, and must be stoppable then), and whoever reads all streams at once (`pump.py`) needs the socket afterwards too:
`Incoming`, under INCOMING in the response's extensions. The SDK never uses a stream's connection twice, so no pool is
lost. Import this only where a real engine is configured.
"""

from __future__ import annotations

import contextlib
import socket
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import h11
import httpx2

from artbot_server.llm.framing import Body
from artbot_server.llm.tls import Connection, TlsConnection
from artbot_server.llm.wire import CURRENT_WIRE, Wire

READ_BYTES = 65_536
"""One read: more than a model writes between two wake-ups."""

MAX_HEADER_BYTES = 65_536

INCOMING = "artbot_incoming"


class StreamTransport(httpx2.BaseTransport):
    """Makes requests for an `httpx2.Client`. Timeouts are the client's own: `connect` and `read` (between two reads).

    A proxy is used as the environment names it when this is made (`https_proxy`, `http_proxy`, `no_proxy`; only HTTP
    proxies).

    Args:
        secure: https is expected.
    """

    def __init__(self, *, secure: bool) -> None:
        self._tls = httpx2.create_ssl_context() if secure else None  # 35 ms: better now than in a chat
        self._proxies = getproxies()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send and wait for the headers; the body comes through `Response.iter_raw()`.

        Raises:
            httpx2.TransportError: could not connect, timed out, was cut or is no HTTP.
        """
        timeout = request.extensions["timeout"]
        wire = CURRENT_WIRE.get(None) or Wire()
        headers = request.headers.raw
        target = request.url.raw_path.decode("ascii")
        proxy = self._proxy(request.url)
        with _named(httpx2.ConnectTimeout, httpx2.ConnectError):
            connection = self._connect(request.url, proxy, timeout["connect"], wire)
        if proxy and request.url.scheme == "http":
            target, headers = str(request.url), headers + _proxy_headers(proxy)
        exchange = _Exchange(connection)
        try:
            with named_reads():
                connection.settimeout(timeout["read"])
                exchange.send(request.method, target, headers, request.read())
                incoming = exchange.answer()
        except BaseException:
            connection.close()
            raise
        return httpx2.Response(
            incoming.status,
            headers=list(incoming.headers.raw_items()),
            stream=_Reads(incoming),
            extensions={INCOMING: incoming},
        )

    def _connect(self, url: httpx2.URL, proxy: SplitResult | None, timeout: float, wire: Wire) -> Connection:
        secure = url.scheme == "https"
        host = url.raw_host.decode("ascii").strip("[]")
        port = url.port or (443 if secure else 80)
        connection = socket.create_connection(_address(proxy) if proxy else (host, port), timeout)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wire.hold(connection)
            if secure:
                if proxy:
                    _tunnel(connection, proxy, host, port)
                tls = self._tls or httpx2.create_ssl_context()  # the latter after a redirect
                return TlsConnection(connection, tls, host)
        except BaseException:
            connection.close()
            raise
        return connection

    def _proxy(self, url: httpx2.URL) -> SplitResult | None:
        address = self._proxies.get(url.scheme) or self._proxies.get("all")
        if not address or proxy_bypass(url.host):
            return None
        proxy = urlsplit(address if "://" in address else f"http://{address}")
        if proxy.scheme != "http":
            raise httpx2.ConnectError(f"a proxy of kind {proxy.scheme} is not supported")
        return proxy


class Incoming:
    """A response whose headers are here and whose body comes.

    Attributes:
        first: what came of the body together with the headers; to be fed before anything that is read.
    """

    def __init__(self, connection: Connection, head: h11.Response, first: bytes) -> None:
        self.connection = connection
        self.status = head.status_code
        self.headers = head.headers
        self.first = first
        self.body = Body(head.status_code, head.headers)

    def require_whole(self) -> None:
        """Raises httpx2.TransportError when the body ended too early or is no HTTP."""
        if self.body.fault:
            kind = httpx2.ReadError if self.body.fault == "cut" else httpx2.RemoteProtocolError
            raise kind(f"the body is {self.body.fault}")


class _Exchange:
    """A request and the headers of its answer, on a connected socket."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEADER_BYTES)
        self._ended = False

    def send(self, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
        try:
            message = self._http.send(h11.Request(method=method, target=target, headers=headers)) or b""
        except h11.LocalProtocolError as exc:
            raise httpx2.LocalProtocolError(str(exc)) from exc
        if body:
            message += self._http.send(h11.Data(data=body)) or b""
        message += self._http.send(h11.EndOfMessage()) or b""
        with contextlib.suppress(BrokenPipeError):  # a server may refuse before it has read everything, and say why
            self._connection.sendall(message)

    def answer(self) -> Incoming:
        """Wait for it."""
        while True:
            event = self._next()
            if isinstance(event, h11.Response):
                return Incoming(self._connection, event, self._http.trailing_data[0])
            if event is h11.NEED_DATA:
                received = self._connection.recv(READ_BYTES)
                self._ended = not received
                self._http.receive_data(received)
            elif not isinstance(event, h11.InformationalResponse):
                raise httpx2.ReadError("closed without a response")

    def _next(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        try:
            return self._http.next_event()
        except h11.RemoteProtocolError as exc:
            kind = httpx2.ReadError if self._ended else httpx2.RemoteProtocolError  # cut short, or no HTTP
            raise kind(str(exc)) from exc


class _Reads(httpx2.SyncByteStream):
    """A body that yields, for each read of the socket, all that it brought."""

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming

    def __iter__(self) -> Iterator[bytes]:
        incoming = self._incoming
        if incoming.first:
            yield from self._given(incoming.first)
        while not incoming.body.over:
            with named_reads():
                received = incoming.connection.recv(READ_BYTES)
            yield from self._given(received)

    def _given(self, received: bytes) -> Iterator[bytes]:
        if data := self._incoming.body.feed(received):
            yield data
        self._incoming.require_whole()  # after what came before the fault

    def close(self) -> None:
        self._incoming.connection.close()


def _address(proxy: SplitResult) -> tuple[str, int]:
    return proxy.hostname or "", proxy.port or 80


def _tunnel(connection: socket.socket, proxy: SplitResult, host: str, port: int) -> None:
    exchange = _Exchange(connection)
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    exchange.send("CONNECT", authority, [(b"Host", authority.encode()), *_proxy_headers(proxy)])
    status = exchange.answer().status
    if status != 200:
        raise httpx2.ProxyError(f"the proxy answered {status}")


def _proxy_headers(proxy: SplitResult) -> list[tuple[bytes, bytes]]:
    if not proxy.username:
        return []
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return [(b"Proxy-Authorization", b"Basic " + b64encode(pair.encode()))]


def named_reads() -> contextlib.AbstractContextManager[None]:
    """Faults of reading under httpx2's names."""
    return _named(httpx2.ReadTimeout, httpx2.ReadError)


@contextlib.contextmanager
def _named(timeout: type[httpx2.TimeoutException], other: type[httpx2.NetworkError]) -> Iterator[None]:
    """Faults of sockets and TLS under httpx2's names, which the SDK knows."""
    try:
        yield
    except TimeoutError as exc:
        raise timeout(str(exc)) from exc
    except OSError as exc:
        raise other(str(exc)) from exc
