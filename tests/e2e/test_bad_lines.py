"""Real clients on lines that are cut at random bytes, stand still or crawl: the text is the same to the letter everywhere,
no piece of it is there twice, and no job's end is lost."""

import contextlib
import random
import time

import pytest

from tests.e2e.bad_line import BadLine
from tests.e2e.client import Client
from tests.e2e.devices import Device
from tests.e2e.paced import numbered, paced
from tests.e2e.several import Several
from tests.e2e.stored import pictures_of, rows
from tests.e2e.wishes import SMALL, holds_all_of, newcomer, stood_once, to_each_in_turn, wish
from tests.llm.fake_openai import FakeOpenAI
from tests.server import RunningServer, wait_until

pytestmark = pytest.mark.alone

SEED = 20240607
PAUSE_S = 0.02
FURTHEST = 9_000
"""Bytes to a client before its next cut: from inside the handshake to some dozen frames behind the snapshot."""
TRANSPORTS = (["polling", "websocket"], ["websocket"], ["polling"])


@pytest.fixture(scope="module")
def model():
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture(scope="module")
def server(tmp_path_factory, model):
    settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test", "ARTBOT_DEMO_PACE": "0.02"}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        running.wait_for_worker()
        yield running


@pytest.mark.parametrize(
    ("people", "cuts", "count"), [(4, 3, 250), pytest.param(10, 10, 1_000, marks=pytest.mark.long)]
)
def test_cut_at_random_points(server, model, people, cuts, count):
    pieces = numbered(count)
    text = "".join(pieces)
    model.answer(paced(pieces, PAUSE_S))
    chance = random.Random(SEED)
    with contextlib.ExitStack() as stack:
        lines, devices, witnesses, wishes = [], [], [], []
        for number in range(people):
            points = [chance.randrange(FURTHEST) for _ in range(cuts)]
            lines.append(stack.enter_context(BadLine(server.address, points)))
            token, asks = newcomer(server), wish(text)
            given = {"transports": TRANSPORTS[number % len(TRANSPORTS)], **asks}
            devices.append(stack.enter_context(Device(lines[-1].address, token, **given)))
            wishes.append((token, asks))
        for device, (token, asks) in zip(devices, wishes, strict=True):
            follow = {"reply_id": device.wait("began")["reply_id"], "job_id": asks["order"]["job_id"]}
            joins = Device(server.address, token, transports=["websocket"], follow=follow, expect=text)
            witnesses.append(stack.enter_context(joins))
        for device in (*devices, *witnesses):
            holds_all_of(device.wait("end", 60 + count * PAUSE_S * 2), text)
        assert [line.cuts_left for line in lines] == [0] * people
        assert sum(line.cut_so_far for line in lines) == people * cuts
        assert all(device.said["end"]["connects"] >= 2 for device in devices)
    for _, asks in wishes:  # what was asked again because its answer was lost was done once
        named = asks["words"]["message_id"]
        assert rows(server.data_dir, "SELECT count(*) FROM messages WHERE message_id = ?", named) == [(2,)]
        assert pictures_of(server.data_dir, asks["order"]["job_id"]) == 1
    assert "Traceback" not in server.output


def test_a_client_too_slow_to_read_gets_every_letter_and_holds_up_nobody(server, model):
    filler = "and so on, " * 40
    pieces = [f"{piece}{filler}" for piece in numbered(400)]
    text = "".join(pieces)
    model.answer(paced(pieces, 0.01))
    token = newcomer(server)
    with BadLine(server.address, bytes_per_s=40_000) as line, Client(server.address, auth={"session": token}) as quick:
        ack = quick.say("a long story")
        job_id = quick.paint(overrides=SMALL)
        given = {"follow": {"reply_id": ack["reply_id"], "job_id": job_id}, "expect": text}
        with Device(line.address, token, transports=["websocket"], **given) as slow:
            assert quick.wait("gpt_chat", within_s=30)["full_message"] == text == quick.text_of(ack["reply_id"])
            quick.job_end(job_id)
            end = slow.wait("end")
            holds_all_of(end, text)


def test_a_client_that_never_reads_is_cut_and_comes_back_to_everything(server, model):
    pieces = [f"{piece}{'x' * 20_000} " for piece in numbered(400)]  # more than the kernel takes
    text = "".join(pieces)
    model.answer(paced(pieces, 0.01))
    token = newcomer(server)
    with BadLine(server.address) as line, Client(server.address, auth={"session": token}) as quick:
        ack = quick.say("a long story")
        job_id = quick.paint(overrides=SMALL)
        given = {"follow": {"reply_id": ack["reply_id"], "job_id": job_id}, "expect": text, "ack_ms": 20_000}
        with Device(line.address, token, transports=["websocket"], **given) as stuck:
            stuck.wait("began")
            time.sleep(0.3)
            line.flows.clear()
            quick.wait("gpt_chat", within_s=60, reply_id=ack["reply_id"])
            wait_until(lambda: "reads too slowly" in server.output, 20, "the stuck socket's end")
            line.flows.set()
            holds_all_of(stuck.wait("end"), text)


def test_everybody_on_a_line_that_goes_away_comes_back(server, model):
    """All at once, as behind one router, and again while they come back."""
    pieces = numbered(300)
    text = "".join(pieces)
    model.answer(paced(pieces, PAUSE_S))
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(BadLine(server.address))
        wishes = [(newcomer(server), wish(text)) for _ in range(5)]
        devices = [stack.enter_context(Device(line.address, token, **asks)) for token, asks in wishes]
        for device in devices:
            device.wait("began")
        for pause_s in (0.3, 0.05, 0.05):
            time.sleep(pause_s)
            line.cut()
        for device in devices:
            holds_all_of(device.wait("end"), text)


@pytest.fixture(scope="module")
def several(tmp_path_factory, model):
    settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test", "ARTBOT_DEMO_PACE": "0.02"}
    with Several(tmp_path_factory.mktemp("several"), **settings) as running:
        for web in running.webs:
            web.wait_for_worker()
        yield running


@pytest.mark.long
def test_cut_at_random_points_and_back_at_another_process(several, model):
    people, cuts, count = 4, 5, 250
    pieces = numbered(count)
    text = "".join(pieces)
    model.answer(paced(pieces, PAUSE_S))
    chance = random.Random(SEED)
    with contextlib.ExitStack() as stack:
        lines, devices, wishes = [], [], []
        for number in range(people):
            points = [chance.randrange(FURTHEST) for _ in range(cuts)]
            lines.append(stack.enter_context(to_each_in_turn(several, points)))
            token, asks = newcomer(several.webs[0]), wish(text)
            given = {"transports": TRANSPORTS[number % len(TRANSPORTS)], **asks}
            devices.append(stack.enter_context(Device(lines[-1].address, token, **given)))
            wishes.append((token, asks))
        for device in devices:
            holds_all_of(device.wait("end"), text)
        assert sum(line.cut_so_far for line in lines) == people * cuts
        assert all(device.said["end"]["connects"] >= 2 for device in devices)
        assert [len(line.came_to) for line in lines] == [len(several.webs)] * people
    for token, asks in wishes:
        stood_once(several, token, asks)
    assert "Traceback" not in "".join(web.output for web in several.webs)
