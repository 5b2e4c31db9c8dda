import os
import signal
import subprocess
import sys

import pytest

from artbot_server.painting.supervisor import Supervisor
from tests.painting.house import until

# Writes its pid, then ends well on SIGTERM or when its parent is gone.
CHILD = """
import os, signal, sys, time
from artbot_server.painting.supervisor import end_with_parent
stopping = []
signal.signal(signal.SIGTERM, lambda *_: {on_term})
end_with_parent(lambda: stopping.append("parent"))
with open(sys.argv[1], "a") as notes:
    notes.write(f"{{os.getpid()}}\\n")
while not stopping:
    time.sleep(0.02)
with open(sys.argv[1], "a") as notes:
    notes.write(f"ended by {{stopping[0]}}\\n")
"""
GOOD = CHILD.format(on_term='stopping.append("signal")')
STUBBORN = CHILD.format(on_term="None")


@pytest.fixture
def notes(tmp_path):
    path = tmp_path / "notes"
    path.write_text("")
    return path


def lines(notes):
    return notes.read_text().splitlines()


def command(code, notes):
    return [sys.executable, "-c", code, str(notes)]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_starts_and_stops_well(notes):
    starts = []
    supervisor = Supervisor(command(GOOD, notes), starts.append)
    supervisor.start()
    [pid] = until(lambda: lines(notes))
    assert supervisor.pid == int(pid)
    supervisor.stop()
    assert lines(notes) == [pid, "ended by signal"]
    assert supervisor.pid is None
    assert not is_alive(int(pid))
    assert starts == [1]


def test_a_dead_worker_is_started_again(notes):
    starts = []
    supervisor = Supervisor(command(GOOD, notes), starts.append)
    supervisor.start()
    [first] = until(lambda: lines(notes))
    os.kill(int(first), signal.SIGKILL)
    _, second = until(lambda: len(lines(notes)) == 2 and lines(notes))
    assert starts == [1, 2]
    supervisor.stop()
    assert not is_alive(int(second))


def test_a_worker_that_will_not_end_is_killed(notes):
    supervisor = Supervisor(command(STUBBORN, notes))
    supervisor.start()
    [pid] = until(lambda: lines(notes))
    supervisor.stop(bound_s=0.2)
    assert not is_alive(int(pid))
    assert lines(notes) == [pid]


def test_it_has_a_process_group_of_its_own(notes):
    supervisor = Supervisor(command(GOOD, notes))
    supervisor.start()
    [pid] = until(lambda: lines(notes))
    assert os.getpgid(int(pid)) == int(pid)
    supervisor.stop()


def test_stopping_before_anything_began(notes):
    supervisor = Supervisor([sys.executable, "-c", "raise SystemExit(3)"])
    supervisor.start()
    supervisor.stop()
    assert supervisor.pid is None


PARENT = """
import sys, warnings
warnings.simplefilter("ignore")
mode = sys.argv[1]
if mode == "eventlet":
    import eventlet
    eventlet.monkey_patch()
elif mode == "gevent":
    from gevent import monkey
    monkey.patch_all()
import threading, time
from artbot_server.painting.supervisor import Supervisor
supervisor = Supervisor(sys.argv[3:])
supervisor.start()
ticks = []
def tick():
    while True:
        ticks.append(time.monotonic())
        time.sleep(0.005)
threading.Thread(target=tick, daemon=True).start()
while not open(sys.argv[2]).read():
    time.sleep(0.01)
before = len(ticks)
time.sleep(0.5)
assert len(ticks) - before > 20, "the others stood still"
if sys.stdin.readline() == "stop\\n":
    supervisor.stop()
    print("stopped", flush=True)
"""


def parent(mode, notes):
    argv = [sys.executable, "-c", PARENT, mode, str(notes), *command(GOOD, notes)]
    return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


OTHER_MODES = [pytest.param(mode, marks=pytest.mark.long) for mode in ("gevent", "threading")]


@pytest.mark.parametrize("mode", ["eventlet", *OTHER_MODES])
def test_in_every_async_mode(notes, mode):
    web = parent(mode, notes)
    out, _ = web.communicate("stop\n", timeout=30)
    assert out == "stopped\n"
    assert lines(notes)[1:] == ["ended by signal"]


def test_a_killed_parent_takes_its_worker_along(notes):
    with parent("threading", notes) as web:
        [pid] = until(lambda: lines(notes))
        web.kill()
        web.wait()
        until(lambda: lines(notes)[1:] == ["ended by parent"])
        until(lambda: not is_alive(int(pid)))
