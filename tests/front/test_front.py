"""The front with real processes behind it."""

import os
import signal
import socket
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from artbot_server.front.children import Child
from artbot_server.front.front import Front
from artbot_server.startup import Share
from artbot_server.web.serving import listen
from tests.painting.house import until

PROGRAM = Path(__file__).parent / "passed_child.py"


class House:
    """A front with two processes; its loop runs in a thread."""

    def __init__(self):
        self.listener = listen("127.0.0.1", 0)
        self.port = self.listener.getsockname()[1]
        self.children = [self._child(number) for number in (1, 2)]
        self.front = Front(self.listener, self.children)
        self.codes, self._stopping = [], False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _child(self, number):
        environ = os.environ | {"PYTHONPATH": os.getcwd()}
        return Child(number, lambda file: [sys.executable, str(PROGRAM), str(Share(number, file, False))], environ)

    def _run(self):
        while not self._stopping:
            for child in self.children:
                fileno = child.fileno()
                code = child.ended(lambda fileno=fileno: self.front.forget(fileno))
                if code is not None:
                    self.codes.append((child.number, code))
                if child.start_when_due():
                    self.front.watch(child)
            self.front.turn()

    def ready(self):
        until(lambda: all(child.is_ready for child in self.children))

    def stop(self):
        self._stopping = True
        self._thread.join()
        self.front.close()
        for child in self.children:
            child.stop(signal.SIGKILL)
            until(lambda child=child: child.ended(lambda: None) is not None or not child.runs)

    def ask(self, *pieces, pause_s=0.0):
        with socket.create_connection(("127.0.0.1", self.port), 10) as client:
            for piece in pieces:
                client.sendall(piece)
                time.sleep(pause_s)
            said = b""
            while more := client.recv(1000):
                said += more
            return said.decode()


@pytest.fixture
def house():
    made = House()
    yield made
    made.stop()


def test_a_request_goes_to_the_process_whose_sid_it_bears_and_nothing_of_it_is_lost(house):
    house.ready()
    for number in (1, 2, 2, 1):
        line = f"GET /socket.io/?EIO=4&sid=abc.{number} HTTP/1.1"
        assert house.ask(f"{line}\r\n\r\n".encode()) == f"{number} {line}"


def test_others_are_shared_out(house):
    house.ready()
    answers = Counter(house.ask(b"GET / HTTP/1.1\r\n\r\n")[0] for _ in range(40))
    assert answers["1"] == pytest.approx(20, abs=6)


def test_a_line_that_comes_in_pieces_is_waited_for_and_holds_up_nobody(house):
    house.ready()
    slow = []
    pieces = (b"GET /socket.io/?sid=a", b"bc.", b"2 HTTP/1.1\r", b"\n\r\n")
    thread = threading.Thread(target=lambda: slow.append(house.ask(*pieces, pause_s=0.2)))
    thread.start()
    for _ in range(5):
        assert house.ask(b"GET /quick?sid=x.1 HTTP/1.1\r\n\r\n") == "1 GET /quick?sid=x.1 HTTP/1.1"
    thread.join()
    assert slow == ["2 GET /socket.io/?sid=abc.2 HTTP/1.1"]


def test_who_comes_before_anybody_is_ready_waits(house):
    assert house.ask(b"GET / HTTP/1.1\r\n\r\n").endswith("GET / HTTP/1.1")


def test_who_says_nothing_or_hangs_up_costs_nothing(house):
    house.ready()
    silent = [socket.create_connection(("127.0.0.1", house.port), 10) for _ in range(20)]
    for each in silent[:10]:
        each.close()
    assert house.ask(b"GET /?sid=a.2 HTTP/1.1\r\n\r\n")[0] == "2"
    until(lambda: len(house.front._opened) == 10)
    for each in silent[10:]:
        each.close()
    until(lambda: not house.front._opened)


def test_one_that_dies_is_started_again_and_its_clients_are_served_meanwhile(house):
    house.ready()
    house.children[1].stop(signal.SIGKILL)
    until(lambda: house.codes == [(2, -signal.SIGKILL)])
    assert house.ask(b"GET /?sid=a.2 HTTP/1.1\r\n\r\n")[0] in "12"
    until(lambda: house.children[1].is_ready)
    assert house.ask(b"GET /?sid=a.2 HTTP/1.1\r\n\r\n")[0] == "2"


def test_one_that_stands_still_does_not_hold_up_the_others(house):
    house.ready()
    house.children[1].stop(signal.SIGSTOP)
    for _ in range(5):
        assert house.ask(b"GET /?sid=a.1 HTTP/1.1\r\n\r\n")[0] == "1"
    house.children[1].stop(signal.SIGCONT)
    assert house.ask(b"GET /?sid=a.2 HTTP/1.1\r\n\r\n")[0] == "2"


def test_children_end_with_the_front(house):
    house.ready()
    house.children[0]._socket.shutdown(socket.SHUT_RDWR)
    until(lambda: house.codes == [(1, 0)])
