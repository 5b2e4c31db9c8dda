"""The pump alone, on real sockets: what it gives to whom, and that one stream's fault is no other's."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from artbot_server.llm.pump import AT_ONCE, LONGEST_PAUSE_S, SHORTEST_PAUSE_S, Pump, pause_s
from artbot_server.patching import real_epoll

PATIENCE_S = 20


@pytest.fixture(scope="module")
def pump() -> Pump:
    return Pump(real_epoll())


class Carried:
    """One source on its way through the pump; `far` is the other end. It has enough at `enough`, or at the end."""

    def __init__(self, pump: Pump, enough: bytes = b"!", silence_s: float = PATIENCE_S) -> None:
        self.near, self.far = socket.socketpair()
        self.reads: list[bytes] = []
        self.fault: Exception | None = None
        self.heard = threading.Event()
        self._enough = enough
        self._pump = pump
        self._silence_s = silence_s
        self._thread = threading.Thread(target=self._carry)
        self._thread.start()

    def take(self, received: bytes) -> bool:
        self.reads.append(received)
        self.heard.set()
        return not received or self._enough in received

    def _carry(self) -> None:
        try:
            self._pump.carry(self.near, self.take, self._silence_s)
        except (OSError, ZeroDivisionError) as fault:
            self.fault = fault
        finally:
            self.near.close()

    def end(self) -> list[bytes]:
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        self.far.close()
        return self.reads


class Stumbling(Carried):
    def take(self, received: bytes) -> bool:
        super().take(received)
        raise ZeroDivisionError


@pytest.fixture
def stream(pump: Pump) -> Iterator[Carried]:
    carried = Carried(pump)
    yield carried
    carried.far.close()
    carried.end()


def test_what_comes_is_given_until_it_is_enough(stream: Carried) -> None:
    stream.far.sendall(b"one")
    assert stream.heard.wait(PATIENCE_S)
    stream.far.sendall(b"two!")
    assert b"".join(stream.end()) == b"onetwo!"
    assert stream.fault is None


def test_an_end_is_given_too(stream: Carried) -> None:
    stream.far.sendall(b"one")
    stream.far.close()
    assert stream.end()[-1] == b""
    assert b"".join(stream.reads) == b"one"


def test_a_reset_is_its_readers_fault(pump: Pump) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = Carried(pump)
        stream.far.sendall(b"!")
        stream.end()
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
        far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        far.close()
        with near, pytest.raises(ConnectionResetError):
            pump.carry(near, stream.take, PATIENCE_S)


def test_silence_ends_one_stream_and_no_other(pump: Pump) -> None:
    patient, hasty = Carried(pump), Carried(pump, silence_s=0.05)
    assert hasty.end() == []
    assert isinstance(hasty.fault, TimeoutError)
    patient.far.sendall(b"!")
    assert patient.end() == [b"!"]
    assert patient.fault is None


def test_a_fault_of_ours_comes_to_its_own_thread_and_costs_no_other_stream(pump: Pump) -> None:
    good, bad = Carried(pump), Stumbling(pump)
    bad.far.sendall(b"x")
    bad.end()
    assert isinstance(bad.fault, ZeroDivisionError)
    good.far.sendall(b"!")
    assert good.end() == [b"!"]


def test_a_number_that_is_used_again_is_another_stream(pump: Pump) -> None:
    numbers = set()
    for round in range(20):
        stream = Carried(pump)
        numbers.add(stream.near.fileno())
        stream.far.sendall(b"%d!" % round)
        assert b"".join(stream.end()) == b"%d!" % round
    assert len(numbers) < 20


def test_more_streams_than_are_read_at_once(pump: Pump) -> None:
    streams = [Carried(pump) for _ in range(2 * AT_ONCE + 1)]
    for number, stream in enumerate(streams):
        stream.far.sendall(b"stream %d!" % number)
    assert [b"".join(stream.end()) for stream in streams] == [b"stream %d!" % n for n in range(len(streams))]


def test_shut_down_by_its_owner_while_silent(stream: Carried) -> None:
    stream.far.sendall(b"one")
    assert stream.heard.wait(PATIENCE_S)
    stream.near.shutdown(socket.SHUT_RDWR)
    assert stream.end() == [b"one", b""]


def test_the_more_work_the_longer_the_pause_within_bounds() -> None:
    assert pause_s(0.0001) == SHORTEST_PAUSE_S
    assert SHORTEST_PAUSE_S < pause_s(0.004) < pause_s(0.008) < LONGEST_PAUSE_S
    assert pause_s(1) == LONGEST_PAUSE_S
