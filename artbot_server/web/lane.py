"""The short way to a browser under eventlet: its WebSocket without green threads, its packets without a queue.

engineio gives each client three green threads and a queue. Here a client's socket is taken out of eventlet's web
server when its handshake is read (`Pipe`), engineio's packets are written to it at once, and one keeper does all pings.
This is the only module that leans on names which these packages do not document; with versions that nobody has looked
at, and in the other async modes, everything goes the packages' own way (`KNOWN`).
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from queue import Empty
from typing import Any

import structlog
from engineio import socket as engine
from engineio.exceptions import EngineIOError, UnknownPacketError
from engineio.packet import NOOP, PING, PONG, UPGRADE, Packet
from socketio import Server

from artbot_server.web.framing import framed, handshake
from artbot_server.web.keeper import TICK_S, Keeper
from artbot_server.web.pipe import Owner, Pipe
from artbot_server.web.serving import POOL

log = structlog.get_logger()

KNOWN = {"eventlet": ("0.41",), "python-engineio": ("4.15",), "python-socketio": ("5.18",)}
"""Series of the packages whose undocumented names used here have been read and tested."""
UPGRADE_S = 45.0
"""How long a WebSocket may take to replace its client's polling: engineio's own bound."""
KEPT_OUT = ("eventlet.", "artbot.", "headers_raw", "wsgi.input")
"""Of a request's environ: what would keep its buffers alive as long as the client is there."""
NO_BODY = io.BytesIO()


def known_versions() -> bool:
    """Whether the installed packages are ones whose inner names we know."""
    for package, series in KNOWN.items():
        try:
            installed = version(package)
        except PackageNotFoundError:
            return False
        if not any(installed.startswith(f"{one}.") for one in series):
            log.info(
                "of an unknown version: browsers are served the packages' own way", package=package, version=installed
            )
            return False
    return True


def take_lane(server: Server, async_mode: str) -> bool:
    """Serve this server's WebSocket clients the short way; False where that cannot be done, and nothing changes."""
    if async_mode != "eventlet" or not known_versions():
        return False
    Lane(server)
    return True


class EventletLoop:
    """eventlet's hub as a connection needs it."""

    def __init__(self) -> None:
        import eventlet
        from eventlet.hubs import get_hub

        self._hub = get_hub
        self.spawn: Callable[..., object] = eventlet.spawn_n

    def watch(self, sock: socket.socket, call: Callable[[], None], *, write: bool) -> object:
        hub = self._hub()
        watch = hub.add(hub.WRITE if write else hub.READ, sock.fileno(), lambda _: call(), lambda _: None, None)
        watch.greenlet = hub.greenlet  # or the green thread that happens to run now would be kept as long as the watch
        return watch

    def forget(self, watch: Any) -> None:
        self._hub().remove(watch)


class Lane:
    """What the clients of one server share: the loop, the keeper of time, the class of their sockets."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._loop = EventletLoop()
        self.keeper = Keeper(server.eio.sockets, server.eio.ping_interval, server.eio.ping_timeout)
        self._keeping = False
        self._kind = type("DirectSocket", (DirectSocket,), {"lane": self})
        server.eio.start_service_task = False  # the keeper does its work
        server.eio.on("connect", self._connect)

    def _connect(self, eio_sid: str, environ: Mapping[str, Any]) -> Any:
        if not self._keeping:  # not before: a host may fork between
            self._keeping = True
            self._server.start_background_task(self._keep)
        self._server.eio.sockets[eio_sid].__class__ = self._kind
        slim = {name: value for name, value in environ.items() if not name.startswith(KEPT_OUT)}
        return self._server._handle_eio_connect(eio_sid, slim | {"wsgi.input": NO_BODY})

    def _keep(self) -> None:
        while True:
            time.sleep(TICK_S)
            try:
                self.keeper.tick(time.monotonic())
            except Exception:
                log.exception("the keeper of sockets failed once")

    def detach(self, environ: Mapping[str, Any], owner: Owner) -> Pipe | None:
        """Take a client's socket out of the web server's hands; None when it is no plain one (TLS in a host's server)."""
        from eventlet.greenio import GreenSocket
        from eventlet.patcher import original

        green: Any = environ["eventlet.input"].get_socket() if "eventlet.input" in environ else None
        if type(green) is not GreenSocket:
            return None
        # What the web server has left is a closed socket: all that it still does comes to nothing.
        sock: socket.socket = original("socket").socket(fileno=green.fd.detach())
        most_bytes = self._server.eio.max_http_buffer_size
        return Pipe(sock, self._loop, owner, most_bytes, self.keeper.overdue, hold_place(environ))


def hold_place(environ: Mapping[str, Any]) -> Callable[[], None]:
    """Keep counting a connection among the web server's, whose green thread for it ends; gives what lets go of it."""
    pool = environ.get(POOL)
    if pool is None:
        return lambda: None
    pool.sem.counter -= 1
    release: Callable[[], None] = pool.sem.release
    return release


class DirectSocket(engine.Socket):  # type: ignore[misc]
    """A client of engineio that, once it is on a WebSocket, is written to at once. Polling stays as it is."""

    lane: Lane
    pipe: Pipe | None = None
    connected: bool
    upgraded: bool
    last_ping: float | None
    queue: Any

    def schedule_ping(self) -> None:
        """Called when a client has connected, and for each pong."""
        if self.last_ping:
            self.last_ping = None
            self.lane.keeper.ping_later(self.sid)

    def ping(self) -> None:
        """The keeper's call."""
        if not self.closing:
            self.last_ping = time.time()
            self.send(Packet(PING))

    def send(self, pkt: Packet) -> None:
        """Send one of engineio's packets."""
        if self.pipe is None:
            super().send(pkt)
        elif self.check_ping_timeout():
            self.pipe.send(framed(pkt.encode()))

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """End it, as engineio means it: `abort` at once, otherwise after what has been sent."""
        pipe = self.pipe
        super().close(wait=wait and pipe is None, abort=abort, reason=reason)
        if pipe is not None:
            pipe.cut() if abort else pipe.close()

    def _upgrade_websocket(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """A request for a WebSocket: a new client's first, or that of one who polls."""
        answer = handshake(environ)
        if self.upgraded or self.closed or answer is None:
            return self.server._bad_request("no WebSocket here")
        pipe = self.lane.detach(environ, self)
        if pipe is None:
            return super()._upgrade_websocket(environ, start_response)
        pipe.send(answer)
        if self.connected:
            pipe.owner = Probe(self, pipe)
            self.lane.keeper.overdue[pipe] = time.monotonic() + UPGRADE_S
        else:
            self.connected = True
            self.go_direct(pipe)
        pipe.listen()
        from eventlet.wsgi import WSGI_LOCAL

        WSGI_LOCAL.already_handled = True
        return ()  # a list would be an answer to a poll

    def go_direct(self, pipe: Pipe) -> None:
        """From here on everything goes straight to this connection; first what has gathered."""
        gathered, self.queue = self.queue, NoQueue()
        self.pipe, self.upgraded, self.upgrading = pipe, True, False
        while True:
            try:
                packet = gathered.get(block=False)
            except Empty:
                return
            gathered.task_done()
            if packet is not None:
                pipe.send(framed(packet.encode()))

    def heard(self, message: str | bytes) -> None:
        """A packet from the client's WebSocket."""
        try:
            self.receive(Packet(encoded_packet=message))
        except UnknownPacketError:
            pass  # engineio takes no notice of them either
        except (EngineIOError, ValueError, LookupError, TypeError) as error:
            log.info("a client sent what is no packet and was closed", reason=type(error).__name__)
            self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_ERROR)

    def lost(self) -> None:
        """The client's WebSocket is over."""
        self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
        self.pipe = None
        self.server.sockets.pop(self.sid, None)


class NoQueue:
    """Where engineio puts the end of a client that has no queue."""

    def put(self, _end: None) -> None:
        """Nothing waits here."""

    def join(self) -> None:
        """Nobody waits for it."""


class Probe:
    """A WebSocket that is to take the place of its client's polling: `2probe`, `3probe`, `5`."""

    def __init__(self, client: DirectSocket, pipe: Pipe) -> None:
        self._client = client
        self._pipe = pipe
        self._probed = False

    def heard(self, message: str | bytes) -> None:
        """The two packets that an upgrade takes; anything else ends it, and the client goes on polling."""
        client = self._client
        if client.upgraded or client.closed:
            self._pipe.cut()
        elif message == f"{PING}probe" and not self._probed:
            self._probed = client.upgrading = True  # engineio holds back what it would give to a poll
            self._pipe.send(framed(f"{PONG}probe"))
            client.queue.put(Packet(NOOP))  # ends the poll that hangs
        elif message == str(UPGRADE) and self._probed:
            self._client.lane.keeper.overdue.pop(self._pipe, None)
            self._pipe.owner = client
            client.go_direct(self._pipe)
        else:
            self._pipe.cut()

    def lost(self) -> None:
        """It did not come to an upgrade."""
        if self._probed:
            self._client.upgrading = False
