"""The line of jobs as clients see it: fair, told, cancelled, kept while they are away."""

import itertools
import time
import uuid

import orjson
import pytest

from tests.e2e.client import Client
from tests.e2e.stored import pictures_of, rows
from tests.server import RunningServer, wait_until

pytestmark = pytest.mark.alone

SMALL = {"width": 128, "height": 128, "batch_size": 1}
OF_A = 10


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    # A job takes 0.4 s: long enough to be seen and cancelled, short enough for a line of ten.
    with RunningServer(tmp_path_factory.mktemp("data"), ARTBOT_DEMO_PACE="0.1") as running:
        yield running


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """One whose jobs take twelve seconds, so that the line stands still while it is looked at."""
    with RunningServer(tmp_path_factory.mktemp("slow"), ARTBOT_DEMO_PACE="3") as running:
        yield running


def back(server, client):
    return Client(server.address, auth={"session": client.session["token"]})


def began(server, jobs):
    """These jobs in the order in which they were begun."""
    found = dict(rows(server.data_dir, "SELECT id, started_at FROM jobs"))
    return sorted(jobs, key=lambda job_id: found[job_id])


def test_one_job_behind_ten_of_somebody_else_is_served_in_turn(server):
    with Client(server.address) as a, Client(server.address) as b:
        many = [a.paint(overrides=SMALL) for _ in range(OF_A)]
        one = b.paint(overrides=SMALL)
        assert b.job_end(one)["state"] == "done"
        assert {a.job_end(job_id)["state"] for job_id in many} == {"done"}
        assert began(server, [*many, one]).index(one) <= 2
        assert [job_id for job_id in began(server, [*many, one]) if job_id != one] == many
        spans = rows(server.data_dir, "SELECT started_at, ended_at FROM jobs ORDER BY started_at")
        assert all(first[1] <= then[0] for first, then in itertools.pairwise(spans))  # one at a time
        heard = {job_id: [] for job_id in many}
        for event in a.all("queue"):
            for job in event["jobs"]:
                heard[job["job_id"]].append(job["position"])
        assert heard[many[-1]][-1] < OF_A - 2
        for positions in heard.values():
            assert positions == sorted(positions, reverse=True)
        assert not any(job["job_id"] in many for event in b.all("queue") for job in event["jobs"])


def test_positions_and_what_a_waiting_job_costs_to_cancel(slow):
    with Client(slow.address) as client:
        running = client.paint(overrides=SMALL)
        client.wait("job", job_id=running, state="running")
        acks = [
            client.call("generate", {"prompt": "a hat", "folder": "landscape", "template": "gouache"}) for _ in range(3)
        ]
        assert [ack["position"] for ack in acks] == [0, 1, 2]
        first, second, third = (ack["job_id"] for ack in acks)
        assert client.call("cancel_job", {"job_id": first}) == {"ok": True, "state": "cancelled"}
        assert client.wait("job", job_id=first, state="cancelled")["ended_at"]
        moved = wait_until(
            lambda: [e for e in client.all("queue") if {"job_id": third, "position": 1, "eta_s": None} in e["jobs"]]
        )
        assert {"job_id": second, "position": 0, "eta_s": None} in moved[0]["jobs"]
        with back(slow, client) as desk:
            positions = {job["job_id"]: job["position"] for job in desk.session["jobs"]}
            assert positions == {running: None, first: None, second: 0, third: 1}
        for job_id in (second, third, running):
            assert client.call("cancel_job", {"job_id": job_id})["ok"]
        client.job_end(running)
        assert client.call("cancel_job", {"job_id": running})["state"] == "cancelled"
        assert client.call("cancel_job", {"job_id": "nobody's"})["error"]["code"] == "not_found"


def test_a_running_job_is_cancelled_soon_and_the_next_one_painted(slow):
    with Client(slow.address) as client, Client(slow.address) as other:
        first, second = client.paint(overrides=SMALL), client.paint(overrides=SMALL)
        client.wait("progress", job_id=first)
        assert other.call("cancel_job", {"job_id": first})["error"]["code"] == "not_found"
        asked_at = time.monotonic()
        assert client.call("cancel_job", {"job_id": first}) == {"ok": True, "state": "running"}
        assert client.job_end(first, within_s=8)["state"] == "cancelled"
        assert time.monotonic() - asked_at < 8  # of the twelve it would have taken
        assert client.wait("job", within_s=8, job_id=second, state="running")["attempt"] == 1
        client.call("cancel_job", {"job_id": second})
        client.job_end(second)
        assert pictures_of(slow.data_dir, first) == 0


def test_the_same_job_sent_twice_is_one(server):
    with Client(server.address) as client, Client(server.address) as stranger:
        order = {"prompt": "a hat", "folder": "landscape", "template": "gouache", "job_id": str(uuid.uuid4())}
        acks = [client.call("generate", order | {"overrides": SMALL}) for _ in range(2)]
        assert [ack["job_id"] for ack in acks] == [order["job_id"]] * 2
        assert client.job_end(order["job_id"])["state"] == "done"
        assert client.call("generate", order)["job_id"] == order["job_id"]
        assert stranger.call("generate", order)["error"]["detail"]["field"] == "job_id"
        assert len(client.all("images", job_id=order["job_id"])) == 1
        assert pictures_of(server.data_dir, order["job_id"]) == 1
        with back(server, client) as again:
            assert [job["attempt"] for job in again.session["jobs"]] == [1]


def test_a_client_that_is_away_finds_its_pictures_when_it_comes_back(server):
    with Client(server.address) as client:
        job_id = client.paint(overrides=SMALL)
    wait_until(lambda: rows(server.data_dir, "SELECT state FROM jobs WHERE id = ?", job_id) == [("done",)])
    with back(server, client) as again:
        [job] = again.session["jobs"]
        assert (job["job_id"], job["state"], job["progress"]) == (job_id, "done", 1.0)
        assert [picture["width"] for picture in job["images"]] == [128]
        assert again.all("images") == []


def test_a_snapshot_leaves_out_what_ended_before_the_last_twenty(slow):
    with Client(slow.address) as client:
        block = client.paint(overrides=SMALL)
        ended = []
        for _ in range(24):
            ended.append(client.paint(overrides=SMALL))
            client.call("cancel_job", {"job_id": ended[-1]})
        waiting = client.paint(overrides=SMALL)
        with back(slow, client) as again:
            assert [job["job_id"] for job in again.session["jobs"]] == [block, *ended[-20:], waiting]
        for job_id in (waiting, block):
            client.call("cancel_job", {"job_id": job_id})
        client.job_end(block)


def test_a_snapshot_of_a_full_queue_stays_small(slow):
    with Client(slow.address) as client:
        prompt = "an orange kitten on a wall, " * 70
        jobs = [client.paint(prompt=prompt, overrides=SMALL) for _ in range(40)]
        with back(slow, client) as again:
            assert len(orjson.dumps(again.session)) <= 64 * 1024
            shown = [job["job_id"] for job in again.session["jobs"]]
            assert len(shown) > 10
            assert shown == jobs[: len(shown)]
        for job_id in reversed(jobs):
            client.call("cancel_job", {"job_id": job_id})
        client.job_end(jobs[0])
