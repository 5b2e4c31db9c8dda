import socket
import struct
import subprocess
import sys
import threading
import time

import pytest

from artbot_server.errors import ConfigError, NotFound, Unavailable
from artbot_server.live import address
from artbot_server.live.frames import Frame, encode
from artbot_server.live.local import LiveHub
from tests.painting.house import until


def test_a_worker_that_dies_over_a_question_is_not_waited_for(ends):
    hub = ends.hub()
    worker = address.connect(ends.folder)
    until(lambda: hub.workers == 1)
    threading.Timer(0.1, worker.close).start()
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        hub.ask("check_upload", {}, timeout_s=60)
    assert time.monotonic() - begun < 30


def test_the_worker_that_was_heard_last_is_asked(ends):
    hub = ends.hub()
    with address.connect(ends.folder):
        until(lambda: hub.workers == 1)
        link = ends.link()
        until(lambda: hub.workers == 2)
        link.send("job_changed", {})
        until(lambda: hub.heard)
        assert hub.ask("check_upload", {"n": 1}, timeout_s=5)["n"] == 1


def test_a_worker_that_does_not_read_is_cut_and_the_others_go_on(ends):
    hub, link = ends.hub(), ends.link()
    until(lambda: hub.workers == 1)
    with address.connect(ends.folder):
        until(lambda: hub.workers == 2)
        long_id = "j" * 50_000
        while hub.workers == 2:
            hub.cancel(long_id)
        assert hub.workers == 1
        hub.wake()
        until(lambda: link.heard[-1] == ("wake", {}))


@pytest.mark.parametrize("nonsense", [b"GET / HTTP/1.1\r\n\r\n", struct.pack(">II", 3, 0) + b"[1]"])
def test_who_speaks_otherwise_is_cut(ends, nonsense):
    hub = ends.hub()
    with address.connect(ends.folder) as stranger:
        stranger.sendall(nonsense)
        assert stranger.recv(10) == b""
    until(lambda: hub.workers == 0)


def test_a_message_that_cannot_be_used_costs_nothing_else(tmp_path):
    heard = []

    def on_message(kind, _body, _blob):
        heard.append(kind)
        raise NotFound("There is no such job.")

    hub = LiveHub(tmp_path, on_message, lambda _count: None)
    hub.start()
    with address.connect(tmp_path) as worker:
        worker.sendall(encode(Frame("one")) + encode(Frame("two")))
        until(lambda: heard == ["one", "two"])
    hub.stop()


def test_an_answer_nobody_asked_for_is_dropped(ends):
    hub = ends.hub()
    with address.connect(ends.folder) as worker:
        worker.sendall(encode(Frame("answer", {}, ask=99)) + encode(Frame("job_changed")))
        until(lambda: hub.heard == [("job_changed", {}, b"")])


def test_one_web_process_a_folder(ends):
    ends.hub()
    with pytest.raises(ConfigError):
        ends.hub()


def test_the_end_removes_the_socket_and_lets_go_of_workers(ends):
    hub = ends.hub()
    worker = address.connect(ends.folder)
    until(lambda: hub.workers == 1)
    hub.stop()
    assert worker.recv(10) == b""
    worker.close()
    with pytest.raises(OSError, match=r"\w"):
        address.connect(ends.folder)


GREEN = """
import sys
mode, folder = sys.argv[1:]
import warnings
warnings.simplefilter("ignore")
if mode == "eventlet":
    import eventlet
    eventlet.monkey_patch()
elif mode == "gevent":
    from gevent import monkey
    monkey.patch_all()
import threading, time
from pathlib import Path
from artbot_server.live.local import LiveHub
ticks = []
hub = LiveHub(Path(folder), lambda *message: None, lambda count: None)
hub.start()
def tick():
    while True:
        ticks.append(time.monotonic())
        time.sleep(0.005)
threading.Thread(target=tick, daemon=True).start()
print("ready", flush=True)
while hub.workers == 0:
    time.sleep(0.01)
for number in range(5):
    assert hub.ask("check_upload", {"n": number}, timeout_s=10)["n"] == number
hub.wake()
before = len(ticks)
try:
    hub.ask("slow", {}, timeout_s=0.5)
except Exception as error:
    assert type(error).__name__ == "Unavailable", error
assert len(ticks) - before > 20, "the others stood still"
hub.stop()
print("good", flush=True)
"""


OTHER_MODES = [pytest.param(mode, marks=pytest.mark.long) for mode in ("gevent", "threading")]


@pytest.mark.parametrize("mode", ["eventlet", *OTHER_MODES])
def test_in_every_async_mode(ends, mode):
    command = [sys.executable, "-c", GREEN, mode, str(ends.folder)]
    web = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert web.stdout.readline() == "ready\n"
    link = ends.link()
    until(lambda: ("wake", {}) in link.heard)
    out, _ = web.communicate(timeout=30)
    link.may_answer.set()
    assert out == "good\n"
    assert web.returncode == 0


def test_sockets_are_of_this_machine(ends):
    ends.hub()
    with address.connect(ends.folder) as worker:
        assert worker.family == socket.AF_UNIX
