"""The web process's end of the local link to workers on the same machine; the worker's end is `link`.

Plain blocking sockets and threads of the standard library, so it runs as green threads too. What is lost here is made
good by the database: workers look for jobs each second anyway. A worker that does not read is cut off, never waited for.
"""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from artbot_server.errors import ArtbotError, Unavailable
from artbot_server.live import address
from artbot_server.live.frames import BadFrame, Frame, FrameReader, encode

SEND_TIMEOUT_S = 2.0
"""Longest wait for a worker that does not read; wake-ups are some bytes, so a full buffer means it hangs."""
CONNECT_WAIT_S = 5.0
"""A question that comes while the worker is still starting waits for it as long."""
RECEIVE_BYTES = 256 * 1024

OnMessage = Callable[[str, Mapping[str, Any], bytes], None]
log = structlog.get_logger()


class _Worker:
    """One connected worker."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.heard_at = time.monotonic()
        self.backends: frozenset[str] = frozenset()
        self.answers: dict[int, Callable[[Mapping[str, Any] | None], None]] = {}
        self._sending = threading.Lock()

    def send(self, data: bytes) -> bool:
        """Send all of it; False, and no more of this worker, when it does not take it."""
        try:
            with self._sending:
                self.connection.sendall(data)
        except OSError:
            self.cut()
            return False
        return True

    def cut(self) -> None:
        """Wake its reader, which then closes the socket."""
        with suppress(OSError):  # It may have gone already.
            self.connection.shutdown(socket.SHUT_RDWR)


class LiveHub:
    """Hears from workers and speaks to them.

    Args:
        on_message: called with kind, body and blob of each message, in the reader's thread; must not block.
        on_change: called with the number of connected workers when it changed.
    """

    def __init__(self, data_dir: Path, on_message: OnMessage, on_change: Callable[[int], None]) -> None:
        self._data_dir = data_dir
        self._on_message = on_message
        self._on_change = on_change
        self._numbers = itertools.count(1)
        self._changing = threading.Lock()
        self._workers: list[_Worker] = []
        self._listening: socket.socket | None = None
        self._stopped = False

    @property
    def workers(self) -> int:
        """How many are connected."""
        return len(self._workers)

    def start(self) -> None:
        """Listen. Raises `ConfigError` when another server uses this data folder."""
        self._listening = address.listen(self._data_dir)
        threading.Thread(target=self._accept, args=(self._listening,), name="live-accept", daemon=True).start()

    def stop(self) -> None:
        """Cut all workers off and remove the socket; safe to call twice."""
        self._stopped = True
        listening, self._listening = self._listening, None
        if listening is not None:
            with suppress(OSError):  # Not every system lets a listening socket be shut; closing it is enough there.
                listening.shutdown(socket.SHUT_RDWR)
            address.remove(self._data_dir, listening)
        for worker in list(self._workers):
            worker.cut()

    def wake(self) -> None:
        """Tell every worker that something waits."""
        self._to_all(Frame("wake"))

    def cancel(self, job_id: str) -> None:
        """Tell every worker to stop this job, if it is theirs."""
        self._to_all(Frame("cancel", {"job_id": job_id}))

    def ask(
        self, kind: str, body: Mapping[str, Any], blob: bytes = b"", *, timeout_s: float, backend: str | None = None
    ) -> dict[str, Any]:
        """Ask the worker that was heard last, among those that have this backend, and wait for its answer.

        Raises:
            Unavailable: no such worker is connected even after some seconds, or it did not answer in time.
        """
        give_up_at = time.monotonic() + CONNECT_WAIT_S
        while not self._whom(backend) and not self._stopped and time.monotonic() < give_up_at:
            time.sleep(CONNECT_WAIT_S / 100)
        workers = self._whom(backend)
        if not workers:
            raise Unavailable("The worker is away; try again in a moment.")
        worker, number = workers[-1], next(self._numbers)
        answered = threading.Event()
        answers: list[Mapping[str, Any] | None] = []

        def on_answer(body: Mapping[str, Any] | None) -> None:
            answers.append(body)
            answered.set()

        worker.answers[number] = on_answer
        try:
            if worker in self._workers and worker.send(encode(Frame(kind, body, blob, number))):
                answered.wait(timeout_s)
        finally:
            worker.answers.pop(number, None)
        if not answers or answers[0] is None:
            raise Unavailable("The worker did not answer; try again in a moment.")
        return dict(answers[0])

    def _whom(self, backend: str | None) -> list[_Worker]:
        """Those that can be asked about a backend, the one heard last at the end."""
        able = [worker for worker in self._workers if backend is None or backend in worker.backends]
        return sorted(able, key=lambda worker: worker.heard_at)

    def _to_all(self, frame: Frame) -> None:
        data = encode(frame)
        for worker in list(self._workers):
            worker.send(data)

    def _accept(self, listening: socket.socket) -> None:
        while not self._stopped:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connection.settimeout(SEND_TIMEOUT_S)
            threading.Thread(target=self._serve, args=(connection,), name="live-worker", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        worker = _Worker(connection)
        self._change(lambda: self._workers.append(worker))
        try:
            self._read(worker)
        except (OSError, BadFrame) as error:
            if not self._stopped:
                log.warning("live_cut", reason=str(error))
        finally:
            self._change(lambda: self._workers.remove(worker))
            connection.close()
            for on_answer in list(worker.answers.values()):
                on_answer(None)

    def _read(self, worker: _Worker) -> None:
        reader = FrameReader()
        while not self._stopped:
            try:
                data = worker.connection.recv(RECEIVE_BYTES)
            except TimeoutError:
                continue  # The timeout is for sending; silence is fine.
            if not data:
                return
            worker.heard_at = time.monotonic()
            for frame in reader.feed(data):
                self._hear(worker, frame)

    def _hear(self, worker: _Worker, frame: Frame) -> None:
        if frame.kind == "hello":
            worker.backends = frozenset(frame.body.get("backends", ()))
        elif frame.kind != "answer":
            self._tell(frame)
        elif frame.ask is not None and (on_answer := worker.answers.get(frame.ask)) is not None:
            on_answer(frame.body)

    def _tell(self, frame: Frame) -> None:
        try:
            self._on_message(frame.kind, frame.body, frame.blob)
        except ArtbotError as error:
            # A job that was deleted meanwhile, a database that is away: the next message may fare better.
            log.warning("live_message_lost", kind=frame.kind, code=error.error_code, reason=error.message)

    def _change(self, change: Callable[[], None]) -> None:
        with self._changing:
            change()
        try:
            self._on_change(len(self._workers))
        except ArtbotError as error:
            log.warning("live_change_not_told", code=error.error_code, reason=error.message)
