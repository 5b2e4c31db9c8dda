"""A minute without Redis on two web processes: replies and jobs that begin before, during and after it, and the books."""

import itertools
import signal
import time
import uuid
from collections import Counter

import pytest

from tests.e2e.client import Client
from tests.e2e.paced import numbered, paced
from tests.e2e.several import Several
from tests.llm.fake_openai import FakeOpenAI

pytestmark = pytest.mark.long

AWAY_S = 60
AROUND_S = 4
"""How long things begin before and after it."""
EACH_S = 1.0
PAUSE_S = 0.02
LENGTHS = (15, 60, 400)
"""Pieces: of the short ones some are over before anybody who does not write them has looked."""
SMALL = {"width": 64, "height": 64, "batch_size": 1}


def pieces_of(words):
    """What the model answers to these: `<name> <how many pieces>`."""
    name, count = words.split()
    return [f"{name}-{piece}" for piece in numbered(int(count))]


def as_asked(exchange):
    paced(pieces_of(exchange.body["messages"][-1]["content"]), PAUSE_S)(exchange)


@pytest.fixture
def several(tmp_path):
    with FakeOpenAI() as model:
        model.answer(as_asked)
        settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test"}
        with Several(tmp_path, **settings) as running:
            running.webs[0].wait_for_worker()
            running.webs[1].wait_for_worker()
            yield running


def killed(redis):
    redis.stop()
    yield
    redis.start()
    yield


def stopped(redis):
    """It stands still: nothing is refused, nothing is answered."""
    redis.process.send_signal(signal.SIGSTOP)
    yield
    redis.process.send_signal(signal.SIGCONT)
    yield


class Life:
    """What two devices do by turns; `replies` and `jobs`: what was promised to them."""

    def __init__(self, *devices):
        self._turns = itertools.cycle(devices)
        self._names = itertools.count()
        self._lengths = itertools.cycle(LENGTHS)
        self.replies, self.jobs = {}, []

    def say(self, device, count):
        """In a conversation of its own."""
        words = f"tale{next(self._names)} {count}"
        ack = device.say(words)
        self.replies[ack["reply_id"]] = (ack["conversation_id"], "".join(pieces_of(words)))

    def lasts(self, for_s):
        """Each second one of them says something and has a picture painted."""
        until = time.monotonic() + for_s
        while time.monotonic() < until:
            device = next(self._turns)
            self.say(device, next(self._lengths))
            self.jobs.append(device.paint(overrides=SMALL, job_id=str(uuid.uuid4())))
            time.sleep(EACH_S)


@pytest.mark.parametrize("leave", [killed, stopped])
def test_a_minute_without_redis_loses_nothing(several, leave):
    with Client(several.webs[0].address) as phone:
        auth = {"session": phone.session["token"]}
        with Client(several.webs[1].address, auth=auth) as desk:
            life, redis = Life(phone, desk), leave(several.redis)
            life.say(phone, int((AWAY_S + 2 * AROUND_S) / PAUSE_S))  # is written all the time
            life.lasts(AROUND_S)
            next(redis)
            life.lasts(AWAY_S)
            next(redis)
            life.lasts(AROUND_S)
            assert len(life.replies) > AWAY_S / EACH_S / 2
            for device in (phone, desk):
                assert lost(device, life) == Counter()
    assert "Traceback" not in "".join(web.output for web in several.webs)


def lost(device, life):
    """What of all that was promised a device has not got at the end, by kind."""

    def heard():
        ends = {event["reply_id"]: event["full_message"] for event in device.all("gpt_chat")}
        told = device.all("job") + [job for shown in device.all("session") for job in shown["jobs"]]
        done = {job["job_id"] for job in told if job["state"] == "done"}
        missing = sum(ends.get(reply_id) != text for reply_id, (_, text) in life.replies.items())
        return +Counter(ends=missing, jobs=len(set(life.jobs) - done))

    until = time.monotonic() + 40
    while (missing := heard()) and time.monotonic() < until:
        time.sleep(0.2)
    for conversation_id, text in life.replies.values():
        kept = device.call("history", {"conversation_id": conversation_id})["messages"]
        missing["kept"] += [(m["content"], m["state"]) for m in kept[1:]] != [(text, "complete")]
    for start in range(0, len(life.jobs), 50):
        some = life.jobs[start : start + 50]
        records = device.call("jobs", {"job_ids": some})["jobs"]
        missing["painted"] += sum(len(job["images"]) != 1 for job in records) + len(some) - len(records)
    return +missing
