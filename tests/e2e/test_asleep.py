"""A phone that sleeps, for a moment or for longer than a lost client is believed to be there, wakes with everything."""

import signal
import time

import pytest

from tests.e2e.bad_line import BadLine
from tests.e2e.devices import Device
from tests.e2e.paced import numbered, paced
from tests.e2e.several import Several
from tests.e2e.stored import rows
from tests.e2e.wishes import holds_all_of, newcomer, stood_once, to_each_in_turn, wish
from tests.llm.fake_openai import FakeOpenAI
from tests.server import RunningServer

PAUSE_S = 0.02
PING_TIMEOUT_S = 45


@pytest.fixture(scope="module")
def model():
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture(scope="module")
def settings(model):
    return {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test", "ARTBOT_DEMO_PACE": "0.02"}


@pytest.fixture(scope="module")
def server(tmp_path_factory, settings):
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        running.wait_for_worker()
        yield running


@pytest.fixture(scope="module")
def several(tmp_path_factory, settings):
    with Several(tmp_path_factory.mktemp("several"), **settings) as running:
        for web in running.webs:
            web.wait_for_worker()
        yield running


@pytest.mark.parametrize("asleep_s", [3, pytest.param(PING_TIMEOUT_S + 75, marks=pytest.mark.long)])
@pytest.mark.parametrize("how", ["frozen", "line"])
def test_a_phone_that_sleeps_wakes_with_everything(server, model, asleep_s, how):
    """Frozen as a whole (its kernel still takes what comes), or with a line on which nothing moves and nothing breaks."""
    pieces = numbered(400)
    text = "".join(pieces)
    model.answer(paced(pieces, PAUSE_S))
    with BadLine(server.address) as line, Device(line.address, newcomer(server), **wish(text)) as phone:
        phone.wait("began")
        time.sleep(0.5)
        if how == "line":
            line.flows.clear()
        else:
            phone.process.send_signal(signal.SIGSTOP)
        time.sleep(asleep_s)
        assert "end" not in phone.said
        line.flows.set()
        phone.process.send_signal(signal.SIGCONT)
        end = phone.wait("end")
        holds_all_of(end, text)
        if asleep_s > PING_TIMEOUT_S:
            assert end["connects"] >= 2
            assert rows(server.data_dir, "SELECT count(*) FROM messages WHERE state = 'streaming'") == [(0,)]


@pytest.mark.long
@pytest.mark.parametrize("asleep_s", [3, PING_TIMEOUT_S + 15])
def test_a_phone_that_sleeps_and_wakes_at_another_process_has_everything(several, model, asleep_s):
    pieces = numbered(400)
    text = "".join(pieces)
    model.answer(paced(pieces, PAUSE_S))
    token, asks = newcomer(several.webs[0]), wish(text)
    with to_each_in_turn(several) as line, Device(line.address, token, **asks) as phone:
        phone.wait("began")
        time.sleep(0.5)
        phone.process.send_signal(signal.SIGSTOP)
        line.cut()
        time.sleep(asleep_s)
        assert "end" not in phone.said
        phone.process.send_signal(signal.SIGCONT)
        holds_all_of(phone.wait("end"), text)
        assert len(line.came_to) == len(several.webs)
    stood_once(several, token, asks)
