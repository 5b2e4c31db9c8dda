"""A backend that breaks in every way it can while another one is well: nothing lost, nothing doubled, and it is told.

Both are real HTTP servers, the web process and the worker real processes; `audit` counts.
"""

import base64
import time
from contextlib import ExitStack

import pytest
import requests

from tests.e2e.client import Client
from tests.e2e.pool import audit, backends_now, until_up
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.server import RunningServer, wait_until

STALL_S = 2.0
ONE = {"batch_size": 1, "width": 64, "height": 64, "steps": 3}
TXT2IMG, PROGRESS, TASK = "/sdapi/v1/txt2img", "/sdapi/v1/progress", "/internal/progress"
HTML = base64.b64encode(b"<html>Bad Gateway</html>").decode()
CUDA = b'{"error":"RuntimeError","detail":"","body":"","errors":"CUDA error: device-side assert triggered"}'

pytestmark = [pytest.mark.long, pytest.mark.timeout(180)]


class Pair:
    """`bad`, which weighs more and so gets a job first, `good`, and a server with a worker for both."""

    def __init__(self, data_dir):
        self._stack = ExitStack()
        enter = self._stack.enter_context
        self.bad, self.good = enter(FakeAutomatic1111()), enter(FakeAutomatic1111())
        urls = f"{self.bad.url}#name=bad&weight=2, {self.good.url}#name=good"
        self.server = enter(
            RunningServer(data_dir, ARTBOT_SD_URL=urls, ARTBOT_SD_STALL_S=str(STALL_S), ARTBOT_LEASE_S="4")
        )
        self.clients = [enter(Client(self.server.address)) for _ in range(3)]
        until_up(self.clients[0], "bad", "good")

    def close(self):
        self._stack.close()

    def operate(self, name, act):
        answer = requests.post(f"{self.server.address}/api/v1/backends/{name}/{act}", timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()["backend"]

    def recover(self):
        """Mend both and have `bad` paint again: its operator asks for it."""
        for fake in (self.bad, self.good):
            fake.mend()
        wait_until(self._bad_paints, 60, "recovery")

    def _bad_paints(self):
        self.operate("bad", "check")
        client = self.clients[0]
        return client.job_end(client.paint(overrides=ONE))["backend"] == "bad"

    def paint_six(self):
        """Two jobs of each session, all to their end; their ids."""
        jobs = [(client, client.paint(overrides=ONE)) for client in self.clients * 2]
        for client, job_id in jobs:
            client.job_end(job_id, within_s=60)
        return [job_id for _, job_id in jobs]

    def told(self, job_id):
        """Every record of a job that its session was told."""
        return [record for client in self.clients for record in client.all("job", job_id=job_id)]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    running = Pair(tmp_path_factory.mktemp("data"))
    yield running
    running.close()


@pytest.fixture
def pair(running):
    running.recover()
    yield running
    running.bad.mend()
    running.good.mend()


def pictures_as(text):
    def change(answer):
        return answer | {"images": [text for _ in answer["images"]]}

    return change


FAULTS = {
    "closes without an answer": lambda bad: bad.fault(TXT2IMG, "close"),
    "hangs": lambda bad: bad.fault(TXT2IMG, "hang"),
    "hangs and tells no progress": lambda bad: [bad.fault(path, "hang") for path in (TXT2IMG, PROGRESS, TASK)],
    "500": lambda bad: bad.fault(TXT2IMG, (500, CUDA)),
    "502 with a page": lambda bad: bad.fault(TXT2IMG, (502, b"<html>Bad Gateway</html>")),
    "cut in the middle": lambda bad: bad.fault(TXT2IMG, "cut"),
    "silent in the middle": lambda bad: bad.fault(TXT2IMG, "stall"),
    "garbage": lambda bad: bad.fault(TXT2IMG, (200, b'{"images": [')),
    "JSON of another kind": lambda bad: bad.fault(TXT2IMG, (200, b'["nothing"]')),
    "pictures that are none": lambda bad: setattr(bad, "change", pictures_as(HTML)),
    "no pictures": lambda bad: setattr(bad, "change", lambda answer: answer | {"images": []}),
    "a drip without an end": lambda bad: bad.fault(TXT2IMG, "trickle"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_another_backend_takes_the_jobs_over(pair, fault):
    FAULTS[fault](pair.bad)
    jobs = pair.paint_six()
    assert audit(pair.server, pair.clients, jobs) == {}
    ends = {job_id: pair.told(job_id)[-1] for job_id in jobs}
    assert {end["backend"] for end in ends.values()} == {"good"}
    handed = [job_id for job_id, end in ends.items() if end["failed_on"]]
    assert handed  # the bad one weighs more, so it had the first
    for job_id in handed:
        assert (ends[job_id]["failed_on"], ends[job_id]["attempt"]) == (["bad"], 2)
        records = [(one["state"], one["attempt"], one["backend"]) for one in pair.told(job_id)]
        # A record is read when it is told, so a quick change may hide the one before it; none comes late.
        assert {one for one in records if one[0] == "running"} <= {("running", 1, "bad"), ("running", 2, "good")}
        assert [one[1] for one in records] == sorted(one[1] for one in records)


def test_a_slow_answer_is_waited_for(pair):
    pair.bad.fault(TXT2IMG, "drip")
    jobs = pair.paint_six()
    assert audit(pair.server, pair.clients, jobs) == {}
    assert {pair.told(job_id)[-1]["attempt"] for job_id in jobs} == {1}
    assert "bad" in {pair.told(job_id)[-1]["backend"] for job_id in jobs}


def test_an_answer_that_comes_too_late_changes_nothing(pair):
    came = []

    def late(answer):
        time.sleep(3 * STALL_S)
        came.append(answer)
        return answer

    pair.bad.change = late
    client = pair.clients[0]
    job_id = client.paint(overrides=ONE | {"seed": 7})
    end = client.job_end(job_id)
    assert (end["backend"], end["failed_on"], end["attempt"]) == ("good", ["bad"], 2)
    assert not came
    wait_until(lambda: came, what="the late answer")
    time.sleep(1)
    assert audit(pair.server, pair.clients, [job_id]) == {}
    assert pair.told(job_id)[-1] == end


def test_two_that_are_broken_are_tried_three_times_in_all(pair):
    for fake in (pair.bad, pair.good):
        fake.fault(TXT2IMG, (500, CUDA))
        fake.calls.clear()
    client = pair.clients[0]
    end = client.job_end(client.paint(overrides=ONE), within_s=60)
    assert (end["state"], end["attempt"], end["error"]["code"]) == ("failed", 3, "backend_failed")
    assert set(end["failed_on"]) == {"bad", "good"}
    assert len(pair.bad.bodies(TXT2IMG)) + len(pair.good.bodies(TXT2IMG)) == 3
    assert client.all("images", job_id=end["job_id"]) == []


def test_a_backend_is_drained_and_resumed(pair):
    assert pair.operate("bad", "drain")["drained"]
    wait_until(lambda: all(backends_now(client)["bad"]["drained"] for client in pair.clients))
    jobs = pair.paint_six()
    assert {pair.told(job_id)[-1]["backend"] for job_id in jobs} == {"good"}
    assert audit(pair.server, pair.clients, jobs) == {}
    pair.operate("bad", "resume")
    job_id = pair.clients[0].paint(overrides=ONE)
    assert pair.clients[0].job_end(job_id)["backend"] == "bad"


def test_one_that_refuses_every_connection_is_asked_again_when_it_is_back(tmp_path):
    with FakeAutomatic1111() as good, ExitStack() as until_it_goes:
        gone = until_it_goes.enter_context(FakeAutomatic1111())
        port = int(gone.url.rpartition(":")[2])
        urls = f"http://127.0.0.1:{port}#name=bad&weight=2, {good.url}#name=good"
        with RunningServer(tmp_path, ARTBOT_SD_URL=urls) as server, Client(server.address) as client:
            until_up(client, "bad", "good")
            until_it_goes.close()
            jobs = [client.paint(overrides=ONE) for _ in range(6)]
            assert {client.job_end(job_id)["backend"] for job_id in jobs} == {"good"}
            assert audit(server, [client], jobs) == {}
            wait_until(lambda: not backends_now(client)["bad"]["up"], what="bad is away")
            with FakeAutomatic1111(port=port):
                requests.post(f"{server.address}/api/v1/backends/bad/check", timeout=10)
                wait_until(lambda: backends_now(client)["bad"]["up"], 5, "bad is back")
                assert client.job_end(client.paint(overrides=ONE))["backend"] == "bad"
