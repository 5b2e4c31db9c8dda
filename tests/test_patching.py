"""Each in a process of its own: what is patched stays so."""

import os
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(__file__))

REPORT = """
import os, socket, threading, time
print(time.sleep.__module__, socket.socket.__module__, threading.Lock.__module__, os.environ.get("PSYCOPG_WAIT_FUNC"))
"""

SIDE_BY_SIDE = """
import threading, time
done = []
def wait():
    time.sleep(0.3)
    done.append(threading.current_thread().name)
threads = [threading.Thread(target=wait) for _ in range(10)]
begun = time.monotonic()
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(done), time.monotonic() - begun < 2.9)
"""


def run(mode, script):
    code = f"from artbot_server.patching import patch\npatch({mode!r})\n{script}"
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(("mode", "package"), [("eventlet", "eventlet"), ("gevent", "gevent")])
def test_sleeping_and_sockets_are_green_and_psycopg_waits_where_others_run(mode, package):
    sleep, socket, _, psycopg = run(mode, REPORT)
    assert sleep.startswith(package)
    assert socket.startswith(package)
    assert psycopg == "wait_selector"


def test_threads_need_nothing():
    assert run("threading", REPORT) == ["time", "socket", "_thread", "None"]


@pytest.mark.parametrize("mode", ["eventlet", "gevent", "threading"])
def test_ten_that_wait_wait_side_by_side(mode):
    assert run(mode, SIDE_BY_SIDE) == ["10", "True"]


@pytest.mark.parametrize("mode", ["eventlet", "gevent", "threading"])
def test_a_process_knows_what_it_is_patched_for(mode):
    assert run(mode, "from artbot_server.patching import patched_for; print(patched_for())") == [mode]


EPOLL = """
import select
from artbot_server.patching import real_epoll
epoll = real_epoll()()
import socket
near, far = socket.socketpair()
epoll.register(near.fileno(), select.EPOLLIN)
far.sendall(b"x")
print(hasattr(select, "epoll"), type(epoll).__module__, epoll.poll(0) == [(near.fileno(), select.EPOLLIN)])
near.close(), far.close()
"""


@pytest.mark.parametrize(("mode", "still_there"), [("eventlet", "False"), ("gevent", "False"), ("threading", "True")])
def test_epoll_is_had_although_patching_takes_it_away(mode, still_there):
    assert run(mode, EPOLL) == [still_there, "select", "True"]
