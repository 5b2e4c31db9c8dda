import sys
import time

import psutil
import pytest

from benchmarks.programs import NotStarted, free_port, program, wait_for_page, wait_for_port

SERVE = "import http.server as h; h.HTTPServer(('127.0.0.1', {port}), h.SimpleHTTPRequestHandler).serve_forever()"
CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"
STUBBORN = (
    "import signal, socket; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "listener = socket.create_server(('127.0.0.1', {port})); signal.pause()"
)


def python(code):
    return [sys.executable, "-c", code]


def test_a_program_is_ended_with_what_it_started(tmp_path):
    with program(python(CHILD), tmp_path / "log") as started:
        until = time.monotonic() + 20
        while len(started.tree()) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        tree = started.tree()
        assert len(tree) == 2
    assert psutil.wait_procs(tree, timeout=10)[1] == []
    assert (started.tree(), started.cpu_s(), started.memory_kb()) == ([], 0.0, 0.0)


def test_cpu_and_memory_of_children_count(tmp_path):
    with program(python(CHILD), tmp_path / "log") as started:
        until = time.monotonic() + 20
        while started.cpu_s() < 0.3 and time.monotonic() < until:
            time.sleep(0.02)
        assert started.cpu_s() >= 0.3
        assert started.process.pid == started.tree()[0].pid
        assert started.tree()[0].cpu_times().user < 0.3
        assert started.memory_kb() > 5_000


def test_one_that_does_not_listen_to_reason_is_killed(tmp_path):
    port = free_port()
    with program(python(STUBBORN.format(port=port)), tmp_path / "log") as started:
        wait_for_port(started, port)
        started.stop(wait_s=0.2)
        assert started.process.returncode == -9


def test_a_page_is_waited_for(tmp_path):
    port = free_port()
    with program(python(SERVE.format(port=port)), tmp_path / "log") as started:
        wait_for_page(started, f"http://127.0.0.1:{port}/", b"Directory listing")
        assert started.process.poll() is None


def test_a_program_that_ends_says_why(tmp_path):
    with (
        program(python("print('one', flush=True); raise SystemExit('no such setting')"), tmp_path / "log") as started,
        pytest.raises(NotStarted, match="ended with 1 and said: no such setting"),
    ):
        wait_for_port(started, free_port())


def test_programs_do_not_get_the_settings_of_whoever_runs_this(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTBOT_PREFIX", "/secret")
    show = "import os; print(os.environ.get('ARTBOT_PREFIX'), os.environ['ARTBOT_PORT'], 'PATH' in os.environ)"
    with program(python(show), tmp_path / "log", {"ARTBOT_PORT": "12"}) as started:
        started.process.wait(20)
    assert started.told() == "None 12 True"
