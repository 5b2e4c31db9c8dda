"""The worker process: a thread for each backend, one for the leases, the link to the web process. Nothing is patched.

SIGTERM and SIGINT set a flag only. Then nothing more is claimed, and what is being painted has a few seconds before it
goes back into the queue as if it had never been begun.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import structlog

from artbot_server.painting.backend_answers import BackendAnswers
from artbot_server.painting.batch_ends import BatchEnds
from artbot_server.painting.file_answers import FILE_QUESTIONS, answer_file
from artbot_server.painting.leases import Leases, Timing
from artbot_server.painting.painters import Painter
from artbot_server.painting.runs import Desk, Stop
from artbot_server.painting.template_store import TemplateStore
from artbot_server.painting.upload_answers import answer_upload
from artbot_server.sd.base import Backend
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.batch_ends import BatchEndStore
from artbot_server.storage.claims import Claims
from artbot_server.storage.database import Database
from artbot_server.storage.picture_files import PictureFiles
from artbot_server.storage.pictures import PictureStore

LOOK_AT_FLAG_EVERY_S = 0.1
CLOSE_BOUND_S = 35.0
"""A backend is free at most 30 s after its job was interrupted (`sd.base`); then the process ends without it."""

Body = Mapping[str, Any]
log = structlog.get_logger()


class Link(Protocol):
    """The way to the web process: `live.link` on one machine."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def send(self, kind: str, body: Body, blob: bytes = b"") -> None: ...


Connect = Callable[[Callable[[str, Body], None], Callable[[str, Body], Body], Sequence[str]], Link]
"""`connect(on_message, on_ask, backends)`: the link, not yet started; `backends`: their names."""


class Worker:
    """Paints what waits in the database on its backends.

    Args:
        files: where the files of pictures are, and those the web process hands over.
        connect: makes the link, `partial(LiveLink, data_dir)`.
        weights: of its backends, by name, where their operator set one.
        save_dir: root of the tree batches are saved in on request, None where there is none.
    """

    def __init__(
        self,
        database: Database,
        backends: Sequence[Backend],
        templates: TemplateStore,
        *,
        files: PictureFiles,
        connect: Connect,
        timing: Timing | None = None,
        weights: Mapping[str, float] | None = None,
        save_dir: Path | None = None,
    ) -> None:
        self._timing = timing or Timing()
        self._files = files
        self._pictures = PictureStore(database, files)
        self._link = connect(self._hear, self._answer, [backend.name for backend in backends])
        name = worker_name()
        claims = Claims(database, name, self._timing.lease_s)
        desk = Desk(claims, self._pictures, templates, self._link.send)
        self._leases = Leases(desk, self._timing)
        known = BackendStore(database)
        weigh = (weights or {}).get
        self._painters = [
            Painter(backend, desk, self._leases, known, self._timing, weigh(backend.name)) for backend in backends
        ]
        self._backend_answers = BackendAnswers(backends, self._pictures, known, desk.tell)
        ends = BatchEndStore(database, name, self._timing.lease_s)
        self._batch_ends = BatchEnds(ends, self._pictures, self._link.send, self._timing, save_dir)
        self._stopping = False

    def handle_signals(self) -> None:
        """End well on SIGTERM and SIGINT; only in the main thread."""
        signal.signal(signal.SIGTERM, lambda *_: self.stop())
        signal.signal(signal.SIGINT, lambda *_: self.stop())

    def stop(self) -> None:
        """Set the flag that ends `run`; from a signal's handler or any thread."""
        self._stopping = True

    def run(self) -> None:
        """Work until `stop`; everything is ended or handed back when this returns."""
        self._link.start()
        self._leases.start()
        for painter in self._painters:
            painter.start()
        self._batch_ends.start()
        log.info("worker_started", backends=len(self._painters))
        swept = self._pictures.sweep()
        if swept:
            log.info("pictures_swept", count=swept)
        while not self._stopping:
            time.sleep(LOOK_AT_FLAG_EVERY_S)
        self._end()
        log.info("worker_stopped")

    def _end(self) -> None:
        for painter in self._painters:
            painter.stop()
        grace_until = time.monotonic() + self._timing.grace_s
        for painter in self._painters:
            painter.join(max(0.0, grace_until - time.monotonic()))
        self._leases.stop_all(Stop.HANDED_BACK)
        bound = time.monotonic() + CLOSE_BOUND_S
        for painter in self._painters:
            painter.join(max(0.0, bound - time.monotonic()))
        self._batch_ends.stop()
        self._leases.stop()
        self._link.stop()

    def _hear(self, kind: str, body: Body) -> None:
        if kind == "wake":
            for painter in self._painters:
                painter.wake()
        elif kind == "cancel":
            self._leases.stop_run(body["job_id"], Stop.CANCELLED)

    def _answer(self, kind: str, body: Body) -> Body:
        if kind == "ask_backend":
            return self._backend_answers.answer(body)
        if kind in FILE_QUESTIONS:
            return answer_file(kind, body, self._files)
        return answer_upload(body, self._pictures, self._files)


def worker_name() -> str:
    """A name no other worker has or had."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
