"""The way from an outbox down to one Socket.IO client: straight to its connection where it has one of its own (`lane`),
otherwise through the packages' queue, which must not grow."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from flask_socketio import SocketIO

from artbot_server.events import Event, Frame
from artbot_server.storage.pictures import PictureStore
from artbot_server.web.framing import TEXT, frame
from artbot_server.web.metrics import Metrics
from artbot_server.web.pipe import Pipe
from artbot_server.web.prefix import prefixed
from artbot_server.web.wire import fields_for, packet_of

log = structlog.get_logger()

DOWNSTREAM_PACKETS = 4
"""Packets that may wait in engineio: enough to keep the socket busy between two looks."""
LOOK_AGAIN_S = 0.02


class Below:
    """What the wires of one server share."""

    def __init__(self, socketio: SocketIO, pictures: PictureStore, metrics: Metrics) -> None:
        self.socketio = socketio
        self.pictures = pictures
        self.metrics = metrics
        self._last: tuple[Frame | None, bytes] = (None, b"")

    def bytes_of(self, event: Frame) -> bytes:
        """A frame as it goes over a WebSocket; made once for all sockets of its session, which come one after another."""
        last, data = self._last
        if last is not event:
            packet = packet_of(event.name, event.fields())
            assert packet is not None  # a frame is text
            data = frame(TEXT, packet)
            self._last = (event, data)
        return data

    def load_picture(self, picture_id: str, variant: str) -> bytes | None:
        """A picture's bytes, None when it is gone."""
        return self.pictures.load(picture_id, "thumbnail" if variant == "thumbnail" else "original")


class SocketWire:
    """One client's. `images` is the form in which it wants pictures, `prefix` what its addresses begin with."""

    __slots__ = ("_below", "_client", "_images", "_prefix", "_sid")

    def __init__(self, below: Below, sid: str, images: str, prefix: str) -> None:
        self._below, self._sid, self._images, self._prefix = below, sid, images, prefix
        server = below.socketio.server
        self._client: Any = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))

    def _pipe(self) -> Pipe | None:
        return getattr(self._client, "pipe", None)

    def send(self, event: Event) -> None:
        """See `Wire`."""
        below, pipe = self._below, self._pipe()
        if isinstance(event, Frame):
            below.metrics.frames.inc()
            if pipe is not None:
                pipe.send(below.bytes_of(event))
                return
        fields = prefixed(fields_for(event, self._images, below.load_picture), self._prefix)
        packet = packet_of(event.name, fields) if pipe is not None else None
        if pipe is not None and packet is not None:
            pipe.send(frame(TEXT, packet))
        else:
            below.socketio.emit(event.name, fields, to=self._sid)

    def has_room(self) -> bool:
        """See `Wire`."""
        pipe = self._pipe()
        if pipe is not None:
            return pipe.has_room
        return self._client is None or self._client.queue.qsize() < DOWNSTREAM_PACKETS

    def when_room(self, call: Callable[[], None]) -> None:
        """See `Wire`."""
        pipe = self._pipe()
        if pipe is not None:
            pipe.when_empty(call)
            return

        def look_again() -> None:
            time.sleep(LOOK_AGAIN_S)
            call()

        self._below.socketio.start_background_task(look_again)

    def cut(self) -> None:
        """See `Wire`."""
        self._below.metrics.cut.inc()
        log.info("a socket reads too slowly and was closed", sid=self._sid)
        if self._client is not None:
            self._client.close(wait=False, abort=True)  # as a lost line: clients come back from that by themselves
