"""Another process holds SQLite's write lock for two seconds (a backup, say): streams go on, what is asked is kept."""

import subprocess
import sys
import threading
import time
import uuid

import pytest
import requests

from tests.e2e.client import Client
from tests.e2e.paced import numbered, paced
from tests.llm.fake_openai import FakeOpenAI
from tests.server import RunningServer, wait_until

pytestmark = pytest.mark.alone

LOCK_S = 2.0
PIECES = numbered(140)
TEXT = "".join(PIECES)
SHORT = numbered(20)
PAUSE_S = 0.025
HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("COMMIT")
print("free", flush=True)
"""


class ForeignLock:
    """Holds the write lock of a data folder's database from entering for LOCK_S seconds."""

    def __init__(self, data_dir):
        command = [sys.executable, "-c", HOLD, str(data_dir / "artbot.db"), str(LOCK_S)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.free = threading.Event()

    def __enter__(self):
        assert self._process.stdout.readline() == "held\n"
        self._waiter = threading.Thread(target=self._wait)
        self._waiter.start()
        return self

    def _wait(self):
        assert self._process.stdout.readline() == "free\n"
        self.free.set()

    def __exit__(self, *_):
        self._waiter.join()
        self._process.stdout.close()
        self._process.wait()


@pytest.fixture(scope="module")
def model():
    with FakeOpenAI() as fake:
        yield fake


MODES = ["eventlet", pytest.param("gevent", marks=pytest.mark.long), pytest.param("threading", marks=pytest.mark.long)]


@pytest.fixture(scope="module", params=MODES)
def server(request, tmp_path_factory, model):
    settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test", "ARTBOT_ASYNC_MODE": request.param}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        running.worker_pid()
        yield running


def lag_max_s(server):
    text = requests.get(server.address + "/metrics", timeout=10).text
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith("artbot_loop_lag_max")))


class Asking(threading.Thread):
    """Sends an event from a thread of its own and keeps the ack and what time it came."""

    def __init__(self, client, event, data, lock):
        super().__init__()
        self._args = client, event, data, lock
        self.start()

    def run(self):
        client, event, data, lock = self._args
        self.ack = client.call(event, data)
        self.after_the_lock = lock.free.wait(0.2)

    def result(self):
        self.join()
        return self.ack


def test_tokens_flow_and_messages_wait_while_another_process_holds_the_lock(server, model):
    model.answer(paced(PIECES, PAUSE_S))
    with Client(server.address) as reader, Client(server.address) as writer:
        story = reader.say("a long story")
        frames = lambda: len(reader.all("message", reply_id=story["reply_id"]))  # noqa: E731
        wait_until(lambda: frames() > 5)
        lag_before = lag_max_s(server)
        with ForeignLock(server.data_dir) as lock:
            at_first = frames()
            say = Asking(writer, "gpt_chat", {"text": "hello"}, lock)
            order = {"prompt": "a hat", "folder": "landscape", "template": "gouache", "overrides": {"width": 128}}
            paint = Asking(reader, "generate", order, lock)
            longest, last, last_at = 0.0, at_first, time.monotonic()
            while not lock.free.is_set():
                if (now := frames()) != last:
                    longest, last, last_at = max(longest, time.monotonic() - last_at), now, time.monotonic()
                time.sleep(0.005)
            assert last - at_first > LOCK_S / PAUSE_S / 4
            assert longest < LOCK_S / 2
        for asking in (say, paint):
            assert asking.result()["ok"], asking.ack
            assert asking.after_the_lock
        assert writer.wait("gpt_chat", reply_id=say.ack["reply_id"])["full_message"] == TEXT
        assert writer.text_of(say.ack["reply_id"]) == TEXT == reader.wait("gpt_chat")["full_message"]
        assert reader.text_of(story["reply_id"]) == TEXT
        assert reader.job_end(paint.ack["job_id"])["state"] == "done"
        assert max(lag_max_s(server), lag_before) < LOCK_S / 4
        assert "Traceback" not in server.output


@pytest.mark.parametrize("known", [False, True], ids=["a new conversation", "a known one"])
def test_a_message_sent_again_during_the_lock_is_still_one(server, model, known):
    with Client(server.address) as client, Client(server.address, auth={"session": client.session["token"]}) as other:
        more = (
            {"conversation_id": client.call("new_conversation", {})["conversation"]["conversation_id"]} if known else {}
        )
        data = {"text": "only once", "message_id": str(uuid.uuid4()), **more}
        model.answer(paced(SHORT, 0))
        asked = len(model.asked)
        with ForeignLock(server.data_dir) as lock:
            first, again = Asking(client, "gpt_chat", data, lock), Asking(other, "gpt_chat", data, lock)
        assert first.result()["ok"], first.ack
        assert first.ack == again.result()
        client.wait("gpt_chat", reply_id=first.ack["reply_id"])
        assert len(model.asked) == asked + 1
        [conversation] = client.call("conversations", {})["conversations"]
        assert conversation["message_count"] == 2
        assert "Traceback" not in server.output


def test_an_articles_panel_asked_twice_during_the_lock_is_one_conversation(server, model):
    model.answer(paced(SHORT, 0))
    with Client(server.address) as client, Client(server.address, auth={"session": client.session["token"]}) as other:
        data = {"messages": [{"role": "user", "content": "hello"}], "model": "gpt-4", "client_sid": "panel"}
        with ForeignLock(server.data_dir) as lock:
            both = [Asking(one, "gpt_chat", data, lock) for one in (client, other)]
        assert [asking.result().get("full_message") for asking in both] == ["".join(SHORT)] * 2
        [conversation] = client.call("conversations", {})["conversations"]
        assert (conversation["client_sid"], conversation["message_count"]) == ("panel", 4)
        assert "Traceback" not in server.output
