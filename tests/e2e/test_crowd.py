"""Fifty sessions order twenty jobs each and cancel some at random moments: every job ends once, and is told once."""

import random
import threading
import time
import uuid
from collections import Counter

import pytest

from tests.e2e.client import Client
from tests.e2e.stored import files_without_rows, pictures_of, rows
from tests.server import RunningServer, wait_until

pytestmark = pytest.mark.alone

SEED = 20240607
TINY = {"width": 64, "height": 64, "batch_size": 1}
ENDED = ("done", "cancelled")


class Person(threading.Thread):
    """Orders, cancels some of it, and notes what became of each as it was told."""

    def __init__(self, address, number, jobs):
        super().__init__(daemon=True)
        self._address, self._jobs = address, jobs
        self._chance = random.Random(f"{SEED}/{number}")
        self.wishes, self.told, self.complaints = {}, {}, []

    def run(self):
        try:
            with Client(self._address) as client:
                for _ in range(self._jobs):
                    self._order(client)
                wait_until(lambda: self._all_told(client), 540, "the end of all jobs")
                for job_id in self.wishes:
                    # Cancelled twice, a job is told twice, with the same `seq`: a client takes that for what it has.
                    told = {job["seq"]: job["state"] for job in client.all("job", job_id=job_id)}
                    ends = [state for state in told.values() if state in ENDED]
                    self.told[job_id] = (ends, len(client.all("images", job_id=job_id)))
        except AssertionError as error:
            self.complaints.append(str(error))

    def _order(self, client):
        job_id = str(uuid.uuid4())
        client.paint(overrides=TINY, job_id=job_id)
        self.wishes[job_id] = None
        time.sleep(self._chance.uniform(0, 0.1))
        if self._chance.random() < 0.4:
            victim = self._chance.choice(list(self.wishes))
            ack = client.call("cancel_job", {"job_id": victim}, timeout=60)
            assert ack["ok"], ack
            self.wishes[victim] = self.wishes[victim] or ack["state"]

    def _all_told(self, client):
        return all(any(job["state"] in ENDED for job in client.all("job", job_id=one)) for one in self.wishes)


@pytest.mark.parametrize(
    ("people", "jobs"), [(8, 5), pytest.param(50, 20, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
def test_nobody_loses_a_job_in_a_crowd(tmp_path, people, jobs):
    with RunningServer(tmp_path, ARTBOT_DEMO_PACE="0") as server:
        server.wait_for_worker()
        crowd = [Person(server.address, number, jobs) for number in range(people)]
        for person in crowd:
            person.start()
        for person in crowd:
            person.join(600)
        assert [complaint for person in crowd for complaint in person.complaints] == []
        told = {job_id: what for person in crowd for job_id, what in person.told.items()}
        wishes = {job_id: wish for person in crowd for job_id, wish in person.wishes.items()}
        assert len(told) == people * jobs
        stored = dict(rows(tmp_path, "SELECT id, state FROM jobs"))
        assert set(stored) == set(told)
        for job_id, (ends, pictures) in told.items():
            assert ends == [stored[job_id]]  # one end, and the one that is stored
            assert pictures == pictures_of(tmp_path, job_id) == (1 if ends == ["done"] else 0)
            if wishes[job_id] in (None, "done"):
                assert ends == ["done"]
            elif wishes[job_id] == "cancelled":
                assert ends == ["cancelled"]
        attempts = rows(tmp_path, "SELECT max(attempt) FROM jobs")
        assert attempts == [(1,)]
        assert files_without_rows(tmp_path) == set()
        assert rows(tmp_path, "SELECT job_id FROM backends") == [(None,)]
        counts = Counter(stored.values())
        assert counts["done"] + counts["cancelled"] == people * jobs
        assert min(counts.values()) > 0
        assert "Traceback" not in server.output
