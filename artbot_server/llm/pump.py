"""One reader for all streams of a process: what each has brought since the last look is taken in one go.

Looking less often joins what came meanwhile in the kernel's buffers, which saves reads, switches and frames alike; how
often follows from how much work there is. For patched processes only (the real `epoll` never waits here, the patched
`select` does); what a stream's bytes mean is none of its business.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

READ_BYTES = 65_536
"""One read: more than a model writes between two looks."""
AT_ONCE = 64
"""Streams read before everybody else in the process gets a turn: some milliseconds of work."""
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.005, 0.060
PAUSE_AFTER_A_SECOND = 700
"""Pauses grow with the square of the work before them: 6 ms after 3 ms, 45 ms after 8 ms. A busy process looks less often and
joins more; one with little to do brings each token at once."""
LOOK_S = 0.25
"""How often silent streams are looked at; a time-out may be so much late."""


class Source(Protocol):
    """What can be read: a socket, or TLS on one that keeps nothing back."""

    def fileno(self) -> int: ...

    def setblocking(self, flag: bool, /) -> None: ...

    def recv(self, size: int, /) -> bytes: ...


class Pump:
    """Reads sources until their takers have enough.

    Args:
        epoll: the real `select.epoll`, see `patching.real_epoll`.
    """

    def __init__(self, epoll: Callable[[], Any]) -> None:
        self._epoll = epoll()
        self._lock = threading.Lock()
        self._streams: dict[int, _Stream] = {}
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None

    def carry(self, source: Source, take: Callable[[bytes], bool], silence_s: float) -> None:
        """Have `take` called with what each read brings, b"" at the end, until it returns True; wait for that.

        `take` runs in the pump's own green thread: it must not wait for anything.

        Raises:
            TimeoutError: nothing came for `silence_s` seconds.
            OSError: the connection broke.
            Exception: whatever `take` raised.
        """
        stream = _Stream(source, take, silence_s)
        source.setblocking(False)
        with self._lock:
            self._streams[stream.number] = stream
            self._epoll.register(stream.number, select.EPOLLIN)
            self._wanted.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pump", daemon=True)
                self._thread.start()
        try:
            stream.over.wait()
        finally:
            self._end(stream, None)
        if stream.fault is not None:
            raise stream.fault

    def _run(self) -> None:
        looked_at = time.monotonic()
        while True:
            self._wanted.wait()
            if time.monotonic() - looked_at >= LOOK_S:
                looked_at = time.monotonic()
                self._end_silent(looked_at)
            work_s = self._pass()
            if work_s:
                time.sleep(pause_s(work_s))
            else:
                select.select([self._epoll.fileno()], [], [], LOOK_S)

    def _pass(self) -> float:
        """Read every stream that has something, each about once; the seconds it took."""
        work_s, left = 0.0, len(self._streams)
        while left > 0:
            began = time.perf_counter()
            ready = self._epoll.poll(0, AT_ONCE)
            for number, _ in ready:
                self._read(self._streams[number])
            if ready:
                work_s += time.perf_counter() - began
            if len(ready) < AT_ONCE:
                break
            left -= AT_ONCE
            time.sleep(0)
        return work_s

    def _read(self, stream: _Stream) -> None:
        try:
            received = stream.source.recv(READ_BYTES)
            stream.heard_at = time.monotonic()
            over = stream.take(received)
        except BlockingIOError:  # half a TLS record
            return
        except Exception as fault:  # noqa: BLE001 - it costs this stream and no other, and is raised to its owner
            return self._end(stream, fault)
        if over:
            self._end(stream, None)

    def _end_silent(self, now: float) -> None:
        for stream in list(self._streams.values()):
            if now - stream.heard_at > stream.silence_s:
                self._end(stream, TimeoutError())

    def _end(self, stream: _Stream, fault: Exception | None) -> None:
        """Let go of it before its owner closes it: its number may be another's at once."""
        with self._lock:
            if self._streams.get(stream.number) is not stream:
                return
            self._epoll.unregister(stream.number)
            del self._streams[stream.number]
            if not self._streams:
                self._wanted.clear()
        stream.fault = fault
        stream.over.set()


class _Stream:
    __slots__ = ("fault", "heard_at", "number", "over", "silence_s", "source", "take")

    def __init__(self, source: Source, take: Callable[[bytes], bool], silence_s: float) -> None:
        self.source = source
        self.number = source.fileno()
        self.take = take
        self.silence_s = silence_s
        self.heard_at = time.monotonic()
        self.over = threading.Event()
        self.fault: Exception | None = None


def pause_s(work_s: float) -> float:
    """How long to let things gather after so much work. Pure."""
    return min(max(PAUSE_AFTER_A_SECOND * work_s**2, SHORTEST_PAUSE_S), LONGEST_PAUSE_S)
