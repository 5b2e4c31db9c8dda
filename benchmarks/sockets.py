"""A Socket.IO client on WebSocket that costs next to nothing, so that a machine can play hundreds of browsers.

Only what the benchmarks need of the protocol: no polling, no namespaces, no reconnecting. Use it inside an event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

CONNECT_S = 60.0
READ_BUFFER_BYTES = 4096
"""A token's frame is some hundred bytes; a larger frame makes the buffer grow."""
PATH = "/socket.io/?EIO=4&transport=websocket"

Heard = Callable[[str, Any], None]
"""`heard(event, data)`; pictures and other attachments are not handed over, but have come when this is called."""


class Refused(Exception):
    """The server did not let this client in, or hung up."""


class Browser(WSListener):
    """One client. `heard` gets every event and may be replaced at any time.

    Attributes:
        is_open: whether the connection stands.
        pings: how many of the server's pings it answered.
        process: which of several web processes it is at, as the end of its id tells; empty where there is one.
    """

    def __init__(self, auth: Mapping[str, Any] | None, heard: Heard) -> None:
        self.heard = heard
        self.is_open = False
        self.pings = 0
        self.process = ""
        self._auth = auth or {}
        self._joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._called = 0
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._waits_for_bytes: tuple[int, str, Any] | None = None
        self._transport: WSTransport

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Part of picows' protocol."""
        self._transport = transport
        self.is_open = True

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Part of picows' protocol."""
        self.is_open = False
        for waiting in (self._joined, *self._acks.values()):
            if not waiting.done():
                waiting.set_exception(Refused("The server hung up."))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Part of picows' protocol."""
        if frame.msg_type == WSMsgType.TEXT:
            self._on_packet(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.BINARY and self._waits_for_bytes is not None:
            count, name, data = self._waits_for_bytes
            self._waits_for_bytes = (count - 1, name, data) if count > 1 else None
            if count == 1:
                self.heard(name, data)

    def _on_packet(self, packet: bytes) -> None:
        """Engine.IO's ping and open; Socket.IO's connect, refusal, event, ack and event with attachments."""
        if packet.startswith(b"42"):
            self.heard(*_event(packet[2:]))
        elif packet == b"2":
            self.pings += 1
            self._send(b"3")
        elif packet.startswith(b"0"):
            self.process = str(orjson.loads(packet[1:])["sid"]).rpartition(".")[2] if b"." in packet else ""
            self._send(b"40" + orjson.dumps(self._auth))
        elif packet.startswith(b"40"):
            self._joined.set_result(None)
        elif packet.startswith(b"44"):
            self._joined.set_exception(Refused(packet[2:].decode()))
        elif packet.startswith(b"43"):
            number, _, answer = packet[2:].partition(b"[")
            self._acks.pop(int(number)).set_result(orjson.loads(b"[" + answer)[0])
        elif packet.startswith(b"45"):
            count, _, event = packet[2:].partition(b"-")
            self._waits_for_bytes = (int(count), *_event(event))

    def _send(self, packet: bytes) -> None:
        self._transport.send(WSMsgType.TEXT, packet)

    async def joined(self) -> None:
        """Until the server has let it in. Raises Refused."""
        await self._joined

    def emit(self, name: str, data: Any) -> None:
        """Send an event."""
        self._send(b"42" + orjson.dumps([name, data]))

    async def call(self, name: str, data: Any) -> Any:
        """Send an event and wait for its acknowledgement. Raises Refused."""
        self._called += 1
        number = self._called
        self._acks[number] = asyncio.get_running_loop().create_future()
        self._send(b"42%d" % number + orjson.dumps([name, data]))
        return await self._acks[number]

    def close(self) -> None:
        """Hang up."""
        self._transport.disconnect()


async def connect(
    address: str, auth: Mapping[str, Any] | None = None, heard: Heard | None = None, *, within_s: float = CONNECT_S
) -> Browser:
    """A client that the server has let in. Raises Refused, or TimeoutError when it takes longer."""
    async with asyncio.timeout(within_s):
        try:
            browser: Browser
            _, browser = await ws_connect(  # type: ignore[assignment]
                lambda: Browser(auth, heard or _ignored),
                address.replace("http", "ws", 1) + PATH,
                websocket_handshake_timeout=within_s,
                read_buffer_init_size=READ_BUFFER_BYTES,
            )
        except OSError as error:
            raise Refused(str(error)) from error
        await browser.joined()
        return browser


async def arrive(address: str, token: str | None = None) -> tuple[Browser, dict[str, Any]]:
    """A client of Art Bot, new or of the session with this token, and its snapshot."""
    snapshot: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    def heard(name: str, data: Any) -> None:
        if name == "session":
            snapshot.set_result(data)

    browser = await connect(address, {"session": token} if token else None, heard)
    return browser, await snapshot


def _event(packet: bytes) -> tuple[str, Any]:
    """Name and data; an event that wants an acknowledgement does not come to these clients."""
    name, *data = orjson.loads(packet)
    return name, data[0] if data else None


def _ignored(_name: str, _data: Any) -> None:
    """Nobody listens yet."""
