"""Two workers with a backend each, one killed, stopped past its lease or told to end in the middle of a job: nothing is lost,
nothing doubled. Real processes; `audit` counts."""

import signal
import time
from contextlib import ExitStack

import pytest

from tests.e2e.client import Client
from tests.e2e.pool import WorkerProcess, audit, until_up
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.server import RunningServer, wait_until

LEASE_S = 2
ONE = {"batch_size": 1, "width": 64, "height": 64}
LONG = ONE | {"steps": 150}
SHORT = ONE | {"steps": 3}

pytestmark = [pytest.mark.long, pytest.mark.timeout(180)]


class TwoWorkers:
    """`one`, whose backend weighs more and so gets a job first, and `two`."""

    def __init__(self, data_dir):
        self._stack = ExitStack()
        enter = self._stack.enter_context
        self.fakes = {name: enter(FakeAutomatic1111(step_s=0.04)) for name in ("one", "two")}
        self.server = enter(RunningServer(data_dir, ARTBOT_WORKER="none", ARTBOT_LEASE_S=str(LEASE_S)))
        self.one, self.two = (enter(self._worker(name, weight)) for name, weight in (("one", 2), ("two", 1)))
        self.client = enter(Client(self.server.address))
        until_up(self.client, "one", "two")

    def _worker(self, name, weight):
        return WorkerProcess(self.server, f"{self.fakes[name].url}#name={name}&weight={weight}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()

    def paint_on_one(self):
        """A job in the middle of its painting there, and more in line."""
        job_id = self.client.paint(overrides=LONG)
        self.client.wait("progress", job_id=job_id)
        assert self.client.wait("job", job_id=job_id, state="running")["backend"] == "one"
        return job_id, [self.client.paint(overrides=SHORT) for _ in range(5)]

    def begun(self):
        return {name: len(fake.painter.begun) for name, fake in self.fakes.items()}


@pytest.fixture
def workers(tmp_path):
    with TwoWorkers(tmp_path) as workers:
        yield workers


def test_killed_in_the_middle_of_a_job(workers):
    first, others = workers.paint_on_one()
    workers.one.kill()
    end = workers.client.job_end(first, within_s=60)
    assert (end["state"], end["attempt"], end["backend"], end["failed_on"]) == ("done", 2, "two", ["one"])
    for job_id in others:
        assert workers.client.job_end(job_id)["attempt"] == 1
    assert audit(workers.server, [workers.client], [first, *others]) == {}
    assert workers.begun() == {"one": 1, "two": 6}


def test_stopped_past_its_lease_and_woken(workers):
    first, others = workers.paint_on_one()
    workers.one.send(signal.SIGSTOP)
    end = workers.client.job_end(first, within_s=60)
    assert (end["state"], end["attempt"], end["backend"], end["failed_on"]) == ("done", 2, "two", ["one"])
    for job_id in others:
        workers.client.job_end(job_id)
    wait_until(lambda: workers.fakes["one"].painter.finished, what="the first one's backend painting to its end")
    workers.one.send(signal.SIGCONT)
    time.sleep(3)  # what it still wants to say of the job it lost
    assert audit(workers.server, [workers.client], [first, *others]) == {}
    assert workers.client.all("job", job_id=first)[-1] == end
    # It is of use again, and first in line as before.
    again = wait_until(lambda: workers.client.job_end(workers.client.paint(overrides=SHORT))["backend"] == "one", 60)
    assert again
    assert workers.one.process.poll() is None


def test_stopped_past_its_lease_again_and_again_under_load(workers):
    jobs = []
    for _ in range(2):
        new = [workers.client.paint(overrides=ONE | {"steps": 20}) for _ in range(6)]
        # Each once: a job may be lost with both of them, and a third loss would be its end.
        for worker in (workers.one, workers.two):
            worker.send(signal.SIGSTOP)
            time.sleep(LEASE_S * 1.5)
            worker.send(signal.SIGCONT)
        assert [workers.client.job_end(job_id, within_s=90)["state"] for job_id in new] == ["done"] * len(new)
        jobs += new
    time.sleep(2)
    assert audit(workers.server, [workers.client], jobs) == {}


def test_told_to_end_in_the_middle_of_a_job(workers):
    first, others = workers.paint_on_one()
    workers.one.send(signal.SIGTERM)
    assert workers.one.process.wait(30) == 0
    end = workers.client.job_end(first, within_s=60)
    # It went back as if it had never been begun; on whom it was is no fault of the backend's.
    assert (end["state"], end["attempt"], end["failed_on"]) == ("done", 1, [])
    for job_id in others:
        workers.client.job_end(job_id)
    assert audit(workers.server, [workers.client], [first, *others]) == {}
    state = workers.fakes["one"].painter.state
    assert state.interrupted
    assert state.sampling_step < 149
