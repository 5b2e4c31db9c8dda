"""Real worker processes: killed, stopped, paused, many at once, on both databases."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager

import pytest

from artbot_server.painting.jobs import JobState
from artbot_server.sd.base import Abilities
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.database import Database
from artbot_server.storage.jobs import JobStore
from tests.painting.house import House, until
from tests.painting.scripted_backend import ScriptedBackend
from tests.storage.databases import KINDS, fresh_url
from tests.storage.stored import LIMIT, job, put

SHORT = {"lease_s": 1.5, "renew_s": 0.4, "poll_s": 0.1, "health_s": 0.5, "grace_s": 0.2}


@pytest.fixture(params=KINDS)
def house(request, tmp_path):
    with House(tmp_path, fresh_url(request.param, tmp_path)) as house:
        yield house


@pytest.fixture
def notes(tmp_path):
    path = tmp_path / "notes"
    path.write_text("")
    return path


def begun(notes):
    return [line for line in notes.read_text().splitlines() if line.startswith("begun")]


def pictures(house, job):
    return house.pictures.of_jobs([job.id])[job.id]


@pytest.mark.long
def test_a_worker_told_to_stop_hands_its_job_back(house, notes):
    process = house.spawn(endless=True, notes=str(notes), timing=SHORT)
    first = house.submit()
    until(lambda: begun(notes))
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert notes.read_text().splitlines()[-1].startswith("closed")
    back = house.jobs.get(first.id)
    assert (back.state, back.attempt, back.worker) == (JobState.QUEUED, 0, None)
    house.spawn(timing=SHORT)
    done = house.ended(first)
    assert (done.state, done.attempt) == (JobState.DONE, 1)
    assert len(pictures(house, first)) == 1


@pytest.mark.long
def test_a_killed_workers_job_is_painted_once_more_and_done_once(house, notes):
    process = house.spawn(seconds=60, notes=str(notes), timing=SHORT)
    first = house.submit()
    until(lambda: begun(notes))
    process.kill()
    process.wait()
    house.spawn(notes=str(notes), timing=SHORT)
    done = house.ended(first)
    assert (done.state, done.attempt) == (JobState.DONE, 2)
    assert len(begun(notes)) == 2
    assert len(set(begun(notes))) == 2
    assert len(pictures(house, first)) == 1
    until(lambda: house.states(first.id)[-1:] == ["done"])
    assert house.states(first.id).count("done") == 1


@pytest.mark.long
def test_a_worker_that_slept_past_its_lease_changes_nothing(house, notes):
    slow = house.spawn(seconds=1.0, notes=str(notes), timing=SHORT)
    first = house.submit()
    until(lambda: begun(notes))
    slow.send_signal(signal.SIGSTOP)
    house.spawn(notes=str(notes), timing=SHORT)
    done = house.ended(first)
    assert (done.state, done.attempt) == (JobState.DONE, 2)
    kept = pictures(house, first)
    slow.send_signal(signal.SIGCONT)
    until(lambda: len(notes.read_text().splitlines()) == 4, within_s=30)
    time.sleep(1)
    assert house.jobs.get(first.id) == done
    assert pictures(house, first) == kept
    files = [path for path in (house.data_dir / "pictures").rglob("*") if path.is_file()]
    assert len(files) == 2
    assert house.states(first.id).count("done") == 1
    # It is of use again.
    later = [house.submit() for _ in range(4)]
    assert all(house.ended(one).state is JobState.DONE for one in later)


@pytest.mark.long
def test_four_processes_do_two_hundred_jobs_once_each(house, notes):
    ids = [f"job {number}" for number in range(200)]
    for number, job_id in enumerate(ids):
        put(house.database, job_id, session_id=f"session {number % 7}")
    for number in range(4):
        house.spawn(name=f"backend {number}", seconds=0.005, notes=str(notes), timing=SHORT)
    until(lambda: not house.jobs.queue_now().waiting, within_s=100)
    for number, job_id in enumerate(ids):
        done = house.queue.wait(f"session {number % 7}", job_id)
        assert (done.state, done.attempt) == (JobState.DONE, 1)
    ends = Counter(line.split()[0] for line in notes.read_text().splitlines())
    assert ends == {"begun": 200, "ended": 200}
    kept = house.pictures.of_jobs(ids)
    assert {len(found) for found in kept.values()} == {1}


@pytest.mark.long
def test_four_processes_on_one_backend_never_paint_at_the_same_time(house, notes):
    """One name, so one backend: its lines in the notes come in pairs."""
    jobs = [house.submit() for _ in range(30)]
    for _ in range(4):
        house.spawn(seconds=0.02, notes=str(notes), timing=SHORT)
    for one in jobs:
        assert house.ended(one).state is JobState.DONE
    kinds = [line.split()[0] for line in notes.read_text().splitlines()]
    assert kinds == ["begun", "ended"] * 30


HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("COMMIT")
connection.close()
"""


@contextmanager
def write_lock_held(path, seconds):
    """Another process that holds SQLite's write lock, as a backup or a shell may."""
    command = [sys.executable, "-c", HOLD, str(path), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        yield


def test_writes_wait_for_a_foreign_lock_and_succeed(tmp_path):
    database = Database(fresh_url("sqlite", tmp_path))
    jobs = JobStore(database)
    with write_lock_held(tmp_path / "artbot.db", 2):
        begun_at = time.monotonic()
        assert jobs.of_session("anna") == []
        assert jobs.create(job("j1"), LIMIT)[1]
        BackendStore(database).seen(ScriptedBackend(), Abilities())
        assert time.monotonic() - begun_at > 1
    assert jobs.get("j1").state is JobState.QUEUED
    database.close()


@pytest.mark.long
def test_a_worker_paints_on_behind_a_foreign_lock(tmp_path, notes):
    with House(tmp_path) as house:
        house.spawn(seconds=0.5, notes=str(notes), timing=SHORT)
        jobs = [house.submit() for _ in range(3)]
        until(lambda: begun(notes))
        with write_lock_held(tmp_path / "artbot.db", 1):
            pass
        for one in jobs:
            assert house.ended(one).state is JobState.DONE
        with sqlite3.connect(tmp_path / "artbot.db") as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        raw.close()
