"""A client's connection, with real sockets and eventlet's own loop: order, partial sends, bounds, ends."""

import socket
import time

import eventlet
import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, TextMessage

from artbot_server.web import pipe
from artbot_server.web.framing import framed
from artbot_server.web.lane import EventletLoop
from artbot_server.web.pipe import MOST_WAITING, Pipe


class Owner:
    """Keeps what it hears; may take its time over each message."""

    def __init__(self):
        self.messages, self.ends, self.pause_s = [], 0, 0

    def heard(self, message):
        eventlet.sleep(self.pause_s)
        self.messages.append(message)

    def lost(self):
        self.ends += 1


class Browser:
    """The other end, and the pipe under test. Everything is left as it would be in a server: one thread, one loop."""

    def __init__(self, small_buffers=False, most_bytes=1_000_000):
        self.socket, ours = socket.socketpair()
        if small_buffers:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_608)
        self.socket.setblocking(False)
        self.owner, self.overdue, self.gone = Owner(), {}, []
        self.ours = ours
        self.pipe = Pipe(ours, EventletLoop(), self.owner, most_bytes, self.overdue, lambda: self.gone.append(1))
        self.pipe.listen()
        self.far = Connection(ConnectionType.CLIENT)

    def say(self, event):
        self.socket.sendall(self.far.send(event))

    def read(self, size=1 << 20):
        try:
            return self.socket.recv(size)
        except BlockingIOError:
            return None

    def read_all(self):
        """Everything there is and comes while the loop runs, until the end or until nothing comes any more."""
        data, quiet = b"", 0
        while quiet < 20:
            piece = self.read()
            if piece == b"":
                break
            quiet = 0 if piece else quiet + 1
            data += piece or b""
            eventlet.sleep(0.001)
        return data


@pytest.fixture
def browser():
    made = Browser()
    yield made
    made.pipe.cut()
    made.socket.close()
    eventlet.sleep(0)


@pytest.fixture
def slow():
    made = Browser(small_buffers=True)
    yield made
    made.pipe.cut()
    made.socket.close()
    eventlet.sleep(0)


def until(condition, within_s=5):
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end
        eventlet.sleep(0.001)


def test_what_is_sent_is_there_at_once_without_the_loop(browser):
    browser.pipe.send(b"now")
    assert browser.read() == b"now"
    assert browser.pipe.has_room


def test_a_frame_that_went_in_part_is_completed_before_anything_else(slow):
    frames = [framed(f"{number}:" + "x" * 50_000) for number in range(20)]
    for one in frames:
        slow.pipe.send(one)
    assert not slow.pipe.has_room
    slow.pipe.send(framed("2"))  # a ping of engineio
    assert slow.read_all() == b"".join(frames) + framed("2")
    assert slow.pipe.has_room and slow.overdue == {}


def test_who_waits_for_room_is_called_once_when_all_has_gone(slow):
    calls = []
    slow.pipe.when_empty(lambda: calls.append("at once"))
    until(lambda: calls == ["at once"])
    slow.pipe.send(b"x" * 100_000)
    slow.pipe.when_empty(lambda: calls.append(slow.pipe.has_room))
    eventlet.sleep(0.02)
    assert calls == ["at once"]
    slow.read_all()
    assert calls == ["at once", True]
    slow.pipe.send(b"x" * 100_000)
    slow.read_all()
    assert calls == ["at once", True]


def test_a_client_that_does_not_read_costs_a_bounded_amount_and_is_ended(slow):
    piece = b"x" * 1_000_000
    for _ in range(MOST_WAITING // len(piece)):
        slow.pipe.send(piece)
    assert slow.pipe.is_open
    slow.pipe.send(piece)
    slow.pipe.send(piece)
    assert not slow.pipe.is_open and slow.pipe._waiting is None
    until(lambda: slow.owner.ends)
    assert slow.gone == [1]


def test_as_long_as_it_takes_something_its_time_begins_again(slow):
    slow.pipe.send(b"x" * 100_000)
    first = slow.overdue[slow.pipe]
    assert first == pytest.approx(time.monotonic() + pipe.STUCK_S, abs=2)
    slow.read(40_000)
    until(lambda: slow.overdue[slow.pipe] > first)


def test_after_the_end_the_descriptor_is_not_written_to(browser):
    number = browser.ours.fileno()
    browser.pipe.cut()
    other, far = socket.socketpair()
    with other, far:
        assert number in (other.fileno(), far.fileno())  # the number is somebody else's now
        browser.pipe.send(b"a secret")
        browser.pipe.close()
        eventlet.sleep(0.02)
        for one in (other, far):
            one.setblocking(False)
            with pytest.raises(BlockingIOError):
                one.recv(100)
    assert (browser.owner.ends, browser.gone) == (1, [1])


def test_a_browser_that_goes_in_the_middle_of_a_send_ends_the_connection(slow):
    slow.pipe.send(b"x" * 500_000)
    slow.socket.close()
    until(lambda: slow.owner.ends)
    slow.pipe.send(b"more")
    assert (slow.owner.ends, slow.gone, slow.overdue) == (1, [1], {})


def test_a_graceful_end_comes_after_all_that_was_sent(slow):
    slow.pipe.send(framed("x" * 300_000))
    slow.pipe.close()
    slow.pipe.send(framed("too late"))
    data = slow.read_all()
    assert data.startswith(framed("x" * 300_000)) and data.endswith(b"\x88\x02\x03\xe8")
    until(lambda: slow.owner.ends == 1)


def test_messages_are_heard_in_order_one_at_a_time(browser):
    browser.owner.pause_s = 0.005
    for number in range(20):
        browser.say(TextMessage(data=str(number)))
        eventlet.sleep(0.001)
    until(lambda: len(browser.owner.messages) == 20)
    assert browser.owner.messages == [str(number) for number in range(20)]


def test_who_sends_faster_than_is_heard_has_to_wait(browser):
    browser.owner.pause_s = 1
    browser.say(TextMessage(data="slow"))
    eventlet.sleep(0.02)
    sent, quiet = 0, 0
    while quiet < 20:
        try:
            sent += browser.socket.send(b"x" * 65_536)
            quiet = 0
        except BlockingIOError:
            quiet += 1
        eventlet.sleep(0.001)
    assert sent < 2_000_000
    assert browser.owner.messages == []


def test_a_close_of_the_client_is_answered_and_ends_it(browser):
    browser.say(TextMessage(data="bye"))
    browser.say(CloseConnection(code=1000))
    assert browser.read_all() == b"\x88\x02\x03\xe8"
    until(lambda: browser.owner.ends == 1)
    assert browser.owner.messages == ["bye"]


def test_too_large_a_message_is_not_kept():
    browser = Browser(most_bytes=1_000)
    browser.say(TextMessage(data="x" * 2_000))
    assert browser.read_all() == b"\x88\x02\x03\xf1"  # 1009
    until(lambda: browser.owner.ends == 1)
    assert browser.owner.messages == []
    browser.socket.close()
