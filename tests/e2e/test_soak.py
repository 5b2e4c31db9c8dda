"""Forty people who come, talk, stop, go on, paint and leave as they like for minutes: nobody is forgotten, nothing grows."""

import random
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from socketio.exceptions import SocketIOError

from tests.e2e.client import Client
from tests.e2e.stored import pictures_of, rows
from tests.server import RunningServer, wait_until

PEOPLE = 40
PING_EVERY_S = 25
SEED = 20240607
SMALL = {"width": 128, "height": 128, "batch_size": 1}
WORDS = ("a red fox in the snow", "一只在花园里的橙色小猫", "two pandas eating bamboo", "make it blue", "hello")
MOST_NEW_FILES = 24
"""The database's pool may still fill: eight connections, three files each. A leak would be one a visit, hundreds."""
MOST_GROWTH_MB = 12
"""The allocator's noise; a leak of one reply's or one socket's state in this many rounds is several times that."""


@dataclass(frozen=True)
class Size:
    """What a process takes."""

    resident_mb: float
    files: int
    threads: int

    @classmethod
    def of(cls, pid):
        fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        return cls(int(fields["VmRSS"].split()[0]) / 1024, files, int(fields["Threads"]))


class Person(threading.Thread):
    """Comes and goes until told otherwise; notes what never came to an end while he stayed."""

    def __init__(self, address, chance, until):
        super().__init__(daemon=True)
        self._address, self._chance, self._until = address, chance, until
        self._token = None
        self.lost, self.visits, self.replies, self.jobs = [], 0, 0, 0

    def run(self):
        while time.monotonic() < self._until:
            try:
                self._visit()
            except (AssertionError, KeyError, OSError, SocketIOError) as error:
                self.lost.append(repr(error))
            self.visits += 1

    def _visit(self):
        transports = self._chance.choice([None, ["websocket"], ["polling"]])
        auth = {"session": self._token} if self._token and self._chance.random() < 0.7 else {}
        with Client(self._address, auth=auth, transports=transports) as client:
            self._token = client.session["token"]
            acts = [self._talk] * 10 + [self._say_and_stop] * 4 + [self._stop_and_go_on] * 4 + [self._look] * 4
            acts.append(self._paint)
            for _ in range(self._chance.randint(1, 4)):
                act = self._chance.choice(acts)
                act(client)
                time.sleep(self._chance.uniform(0, 0.2))
            # Over polling alone the server would believe him there for another 45 s, and the test would have to wait.
            if transports != ["polling"] and self._chance.random() < 0.5:
                client.say(self._chance.choice(WORDS))
                client.io.eio.disconnect(abort=True)  # in the middle, without a word

    def _talk(self, client):
        ack = client.say(self._chance.choice(WORDS))
        done = client.wait("gpt_chat", within_s=30, reply_id=ack["reply_id"])
        assert client.text_of(ack["reply_id"]) == done["full_message"]
        self.replies += 1

    def _say_and_stop(self, client):
        ack = client.say(self._chance.choice(WORDS))
        time.sleep(self._chance.uniform(0, 0.3))
        client.call("stop_chat", {"reply_id": ack["reply_id"]})
        assert client.wait("gpt_chat", within_s=30, reply_id=ack["reply_id"])["state"] in ("stopped", "complete")
        self.replies += 1

    def _stop_and_go_on(self, client):
        ack = client.say(self._chance.choice(WORDS))
        time.sleep(self._chance.uniform(0, 0.3))
        client.call("stop_chat", {"reply_id": ack["reply_id"]})
        if client.wait("gpt_chat", within_s=30, reply_id=ack["reply_id"])["state"] == "stopped":
            assert client.call("continue_chat", {"reply_id": ack["reply_id"]})["ok"]
            done = client.wait("gpt_chat", within_s=30, reply_id=ack["reply_id"], state="complete")
            assert client.text_of(ack["reply_id"]) == done["full_message"]
        self.replies += 1

    def _look(self, client):
        assert client.call("history", {})["ok"]
        assert client.call("conversations", {})["ok"]

    def _paint(self, client):
        job_id = client.paint(overrides=SMALL)
        if self._chance.random() < 0.5:
            client.call("cancel_job", {"job_id": job_id})
        assert client.job_end(job_id, within_s=60)["state"] in ("done", "cancelled")
        self.jobs += 1


def churn(server, number, half_s):
    """Half of the soak; everybody has left and everything has ended when it returns."""
    until = time.monotonic() + half_s
    people = [Person(server.address, random.Random(f"{SEED}/{number}/{one}"), until) for one in range(PEOPLE)]
    for person in people:
        person.start()
    for person in people:
        person.join(half_s + 90)
    open_jobs = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')"
    wait_until(lambda: rows(server.data_dir, open_jobs) == [(0,)], 60, "the end of all jobs")
    open_replies = "SELECT count(*) FROM messages WHERE state = 'streaming'"
    wait_until(lambda: rows(server.data_dir, open_replies) == [(0,)], 60, "the end of all replies")
    return people


def settled(server, mode):
    """The sizes of web process and worker once the open files of the first no longer change."""
    if mode == "threading":
        time.sleep(PING_EVERY_S + 2)  # the thread that pings a socket sees its end when the next ping is due
    sizes = [Size.of(server.process.pid)]

    def steady():
        time.sleep(0.5)
        sizes.append(Size.of(server.process.pid))
        return len(sizes) > 4 and len({size.files for size in sizes[-4:]}) == 1

    wait_until(steady, 60, "a steady number of open files")
    return sizes[-1], Size.of(server.worker_pid())


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("mode", "half_s"), [("eventlet", 100), ("gevent", 20), ("threading", 20)])
def test_forty_people_for_minutes(tmp_path, mode, half_s):
    with RunningServer(tmp_path, ARTBOT_DEMO_PACE="0.3", ARTBOT_ASYNC_MODE=mode) as server:
        server.worker_pid()
        people = churn(server, 1, half_s)
        before = settled(server, mode)
        people += churn(server, 2, half_s)
        after = settled(server, mode)
        assert [complaint for person in people for complaint in person.lost] == []
        counts = {name: sum(getattr(person, name) for person in people) for name in ("visits", "replies", "jobs")}
        print(f"\n{mode}: {counts}, {before} -> {after}")  # noqa: T201
        assert all(count > 0 for count in counts.values())
        for first, then in zip(before, after, strict=True):
            assert then.resident_mb - first.resident_mb < MOST_GROWTH_MB
            assert then.files <= first.files + MOST_NEW_FILES
            assert then.threads <= first.threads + 1
        done = rows(tmp_path, "SELECT id, count FROM jobs WHERE state = 'done'")
        assert all(pictures_of(tmp_path, job_id) == count for job_id, count in done)
        assert "Traceback" not in server.output
        assert server.stop() == 0
