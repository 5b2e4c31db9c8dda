"""The listening socket and the three servers that may stand behind it, one for each async mode.

Nothing here knows the application but as a WSGI callable.
"""

from __future__ import annotations

import resource
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol

import structlog

from artbot_server.errors import ConfigError
from artbot_server.web.passed import PassedSockets

log = structlog.get_logger()

BACKLOG = 1_024
UNSENT_BYTES = 131_072
"""What the kernel keeps for a client beyond what is on its way: by itself it would take megabytes of stale frames."""
SPARE_FILES = 64
"""File handles kept for the database and pictures. Of the rest, each browser may need a second one for its reply."""
WANTED_CONNECTIONS = 5_000
"""What a process can hold; with room for fewer it says so when it starts."""

POOL = "artbot.connections"
"""Where in a request's environ eventlet's count of connections is."""

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Server(Protocol):
    """A running web server."""

    def stop(self) -> None:
        """Take no new connections."""
        ...


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket, alone on its port.

    `eventlet.listen` and `socketio.run` would share the port with a second server in silence.

    Raises:
        ConfigError: the port is taken or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # its connections have it from here, and the next
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, UnicodeError) as error:  # the second for names that no resolver takes
        listener.close()
        reason = getattr(error, "strerror", None) or "no such address"
        raise ConfigError(f"Cannot listen on {host} port {port} ({reason}): set ARTBOT_HOST or ARTBOT_PORT.") from error
    return listener


def raise_file_limit() -> int:
    """Allow as many open files as this user may have; gives how many connections that leaves room for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = hard if hard != resource.RLIM_INFINITY else 1_048_576
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    connections = max(SPARE_FILES, (most - SPARE_FILES) // 2)
    if connections < WANTED_CONNECTIONS:
        log.warning(
            f"at most {connections} browsers can be connected at once: this process may open no more than {most} files. "
            f"Raise the hard limit (ulimit -Hn, LimitNOFILE) to {2 * WANTED_CONNECTIONS + SPARE_FILES} or more"
        )
    return connections


def plain_websockets(app: WsgiApp) -> WsgiApp:
    """Decline permessage-deflate: on small frames it costs more than the rest of the relay (research: three times)."""

    def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return app(environ, start_response)

    return wrapped


def start(async_mode: str, listener: socket.socket | PassedSockets, app: WsgiApp, connections: int) -> Server:
    """Serve in the background; returns at once. Connections that are passed by a front are eventlet's alone."""
    if isinstance(listener, PassedSockets):
        return _eventlet(listener, plain_websockets(app), connections)
    servers = {"eventlet": _eventlet, "gevent": _gevent, "threading": _threads}
    return servers[async_mode](listener, plain_websockets(app), connections)


def _eventlet(listener: socket.socket | PassedSockets, app: WsgiApp, connections: int) -> Server:
    import eventlet
    import eventlet.wsgi
    from eventlet.websocket import RFC6455WebSocket

    RFC6455WebSocket._apply_mask = staticmethod(unmask)
    pool = eventlet.GreenPool(connections)
    serving = eventlet.spawn(
        eventlet.wsgi.server, listener, app, log_output=False, custom_pool=pool, environ={POOL: pool}, debug=False,
        # One that stayed open would bring the next request to this process, whosesoever it is.
        keepalive=not isinstance(listener, PassedSockets),
        minimum_chunk_size=1,  # what a response yields goes out at once; eventlet would gather 4 KB of a stream first
    )  # fmt: skip

    class Running:
        def stop(self) -> None:
            serving.kill()
            listener.close()

    return Running()


def unmask(data: bytes, mask: bytes | list[int], length: int | None = None, offset: int = 0) -> bytes:
    """A WebSocket frame's XOR over the whole text at once.

    eventlet's own goes byte by byte: 15 ms for 100 KB, in which nobody else is served.
    """
    size = len(data) if length is None else length
    key = bytes(mask[(offset + i) % 4] for i in range(4))
    stretched = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data[:size], "big") ^ int.from_bytes(stretched, "big")).to_bytes(size, "big")


def _gevent(listener: socket.socket, app: WsgiApp, connections: int) -> Server:
    from gevent.pool import Pool
    from gevent.pywsgi import WSGIHandler, WSGIServer

    class Calm(WSGIHandler):  # type: ignore[misc]
        def handle(self) -> None:
            """A client that hangs up in the middle is no fault of ours: gevent would print a traceback for each."""
            with suppress(ConnectionResetError, BrokenPipeError):
                super().handle()

    server = WSGIServer(listener, app, log=None, error_log=None, spawn=Pool(connections), handler_class=Calm)
    server.start()

    class Running:
        def stop(self) -> None:
            server.close()

    return Running()


def _threads(listener: socket.socket, app: WsgiApp, connections: int) -> Server:
    from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: Any) -> None:
            """Requests are not logged line by line in any mode."""

    host, port = listener.getsockname()[:2]
    server = ThreadedWSGIServer(host, port, app, Quiet, fd=listener.fileno())
    threading.Thread(target=server.serve_forever, name="web", daemon=True).start()

    class Running:
        def stop(self) -> None:
            server.shutdown()
            listener.close()

    return Running()
