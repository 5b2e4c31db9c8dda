import socket
import struct
import subprocess
import sys
import threading
import time

import pytest

from artbot_server.errors import ConfigError, NotFound, Unavailable
from artbot_server.live import address
from artbot_server.live.answering import SLOW_ASKS_AT_ONCE
from artbot_server.live.frames import Frame, encode
from artbot_server.live.local import LiveHub
from tests.painting.house import until


def test_what_the_web_process_says_reaches_every_worker(ends):
    hub, links = ends.hub(), [ends.link(), ends.link()]
    until(lambda: hub.workers == 2)
    hub.wake()
    hub.cancel("j1")
    for link in links:
        until(lambda link=link: link.heard == [("wake", {}), ("cancel", {"job_id": "j1"})])


def test_what_a_worker_says_is_heard(ends):
    hub, link = ends.hub(), ends.link()
    link.send("job_changed", {"job_id": "j1"})
    until(lambda: hub.heard == [("job_changed", {"job_id": "j1"}, b"")])
    link.send("progress", {"job_id": "j1"}, b"preview")
    until(lambda: hub.heard[1:] == [("progress", {"job_id": "j1"}, b"preview")])


def test_workers_are_counted(ends):
    hub = ends.hub()
    first = ends.link()
    until(lambda: hub.workers == 1)
    second = ends.link()
    until(lambda: hub.workers == 2)
    second.stop()
    until(lambda: hub.workers == 1)
    first.stop()
    until(lambda: hub.counts == [1, 2, 1, 0])


def test_a_question_is_answered(ends):
    hub = ends.hub()
    ends.link()
    until(lambda: hub.workers == 1)
    assert hub.ask("check_upload", {"name": "x"}, timeout_s=5) == {"kind": "check_upload", "name": "x"}


def test_many_questions_at_once_each_get_their_own_answer(ends):
    hub = ends.hub()
    ends.link()
    until(lambda: hub.workers == 1)
    answers = {}

    def ask(number):
        answers[number] = hub.ask("check_upload", {"number": number}, timeout_s=5)["number"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: number for number in range(20)}


def test_nobody_is_there_to_ask(ends):
    with pytest.raises(Unavailable):
        ends.hub().ask("check_upload", {}, timeout_s=5)


def test_a_late_answer_is_no_answer(ends):
    hub, link = ends.hub(), ends.link()
    until(lambda: hub.workers == 1)
    with pytest.raises(Unavailable):
        hub.ask("slow", {}, timeout_s=0.1)
    link.may_answer.set()
    assert hub.ask("check_upload", {"n": 2}, timeout_s=5)["n"] == 2


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


def test_the_worker_that_has_the_backend_is_asked(ends):
    hub = ends.hub()
    first, second = ends.link("studio", "cellar"), ends.link("attic")
    until(lambda: hub.workers == 2)
    first.may_answer.set()
    assert hub.ask("ask_backend", {"n": 1}, timeout_s=5, backend="cellar")["n"] == 1
    second.send("job_changed", {})
    until(lambda: hub.heard)
    assert hub.ask("ask_backend", {"n": 2}, timeout_s=5, backend="studio")["n"] == 2
    with pytest.raises(Unavailable):
        hub.ask("ask_backend", {}, timeout_s=5, backend="nowhere")


def test_its_backends_are_known_again_after_a_lost_connection(ends):
    hub, link = ends.hub(), ends.link("studio")
    link.may_answer.set()
    assert hub.ask("ask_backend", {"n": 1}, timeout_s=5, backend="studio")["n"] == 1
    hub.stop()
    again = ends.hub()
    assert again.ask("ask_backend", {"n": 2}, timeout_s=5, backend="studio")["n"] == 2


def test_slow_questions_do_not_hold_up_others(ends):
    hub, link = ends.hub(), ends.link("studio")
    until(lambda: hub.workers == 1)
    answers = []

    def ask():
        answers.append(hub.ask("ask_backend", {}, timeout_s=20, backend="studio"))

    asking = [threading.Thread(target=ask) for _ in range(SLOW_ASKS_AT_ONCE)]
    for thread in asking:
        thread.start()
    until(lambda: len(slow_threads()) == SLOW_ASKS_AT_ONCE)
    assert all(thread.daemon for thread in slow_threads())
    assert hub.ask("check_upload", {"n": 1}, timeout_s=5)["n"] == 1
    assert hub.ask("ask_backend", {}, timeout_s=5, backend="studio")["error"]["code"] == "unavailable"
    link.may_answer.set()
    for thread in asking:
        thread.join()
    assert answers == [{"kind": "ask_backend"}] * SLOW_ASKS_AT_ONCE
    until(lambda: not slow_threads())
    assert hub.ask("ask_backend", {"n": 2}, timeout_s=5, backend="studio")["n"] == 2


def slow_threads():
    return [thread for thread in threading.enumerate() if thread.name == "live-slow-ask"]


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
