"""`artbot serve --processes 3`: one address, whichever process answers; default clients, polling first."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.e2e.client import Client
from tests.e2e.follower import Follower
from tests.e2e.many import ManyServer, process_of
from tests.e2e.paced import numbered, paced
from tests.llm.fake_openai import FakeOpenAI
from tests.redis_server import RedisServer
from tests.server import ROOT, wait_until

pytestmark = pytest.mark.alone

PROCESSES = 3
CLIENTS = 40
PIECES = numbered(30)
TEXT = "".join(PIECES)


@pytest.fixture(scope="module")
def model():
    with FakeOpenAI() as fake:
        fake.answer(paced(PIECES, 0.02))
        yield fake


@pytest.fixture(scope="module")
def server(tmp_path_factory, model):
    folder = tmp_path_factory.mktemp("many")
    with RedisServer(folder / "redis") as redis:
        settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test", "ARTBOT_REDIS_URL": redis.url}
        with ManyServer(folder / "data", PROCESSES, **settings) as running:
            running.wait_for_all()
            running.wait_for_worker()
            yield running


ONE_WAY = [pytest.param([transport], marks=pytest.mark.long, id=transport) for transport in ("websocket", "polling")]


@pytest.mark.parametrize("transports", [pytest.param(None, id="default"), *ONE_WAY])
def test_forty_clients_each_hear_all_of_their_reply(server, transports):
    texts, processes = {}, {}

    def live(number):
        with Client(server.address, transports=transports) as client:
            processes[number] = process_of(client)
            ack = client.say("a story")
            client.wait("gpt_chat", reply_id=ack["reply_id"], within_s=60)
            texts[number] = client.text_of(ack["reply_id"])

    threads = [threading.Thread(target=live, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == dict.fromkeys(range(CLIENTS), TEXT)
    assert set(processes.values()) == {"1", "2", "3"}


def test_nodes_default_client_is_served_to_the_end(server):
    command = ["node", "tests/node/client.mjs", server.address, "default"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90)
    assert ran.returncode == 0, ran.stdout + ran.stderr + server.output
    kinds = [json.loads(line)["kind"] for line in ran.stdout.splitlines()]
    assert kinds.count("painted") == 2


def test_a_kept_connection_never_brings_another_process_its_requests(server):
    with requests.Session() as browser:
        for _ in range(10):
            page = browser.get(server.address + "/healthz", timeout=10)
            assert page.headers["Connection"] == "close"


def test_a_request_that_comes_in_pieces_finds_its_way(server):
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as slow:
        for piece in (b"GET /hea", b"lthz HT", b"TP/1.1\r\nHost: 127.0.0.1\r\n", b"\r\n"):
            slow.sendall(piece)
            time.sleep(0.15)
        assert slow.recv(1000).startswith(b"HTTP/1.1 200")


def one_on_each(stack, server, token=None):
    """Clients of one session, each on another process."""
    found = {}
    while len(found) < PROCESSES:
        client = stack.enter_context(Client(server.address, auth=token and {"session": token}))
        token = token or client.session["token"]
        found.setdefault(process_of(client), client)
    return found


def test_a_session_on_two_processes_sees_the_same(server):
    with Client(server.address) as one:
        others = [Client(server.address, auth={"session": one.session["token"]}) for _ in range(3)]
        for each in others:
            each.__enter__()
        assert len({process_of(each) for each in (one, *others)}) > 1
        ack = one.say("a story")
        for each in (one, *others):
            each.wait("gpt_chat", reply_id=ack["reply_id"])
            assert each.text_of(ack["reply_id"]) == TEXT
            each.io.disconnect()


def test_a_process_that_dies_is_started_again_and_its_clients_are_told_and_go_on(server, model):
    model.answer(paced(numbered(1000), 0.02))
    before = server.web_pids()
    with Client(server.address) as client:
        ack = client.say("a very long story")
        wait_until(lambda: len(client.all("message")) > 80)
        with Client(server.address, auth={"session": client.session["token"]}) as other:
            assert process_of(other) != process_of(client)
            os.kill(server.pid_of(process_of(client)), signal.SIGKILL)
            told = other.wait("chat_error", reply_id=ack["reply_id"], within_s=15)
            assert told["error"]["code"] == "interrupted"
            assert "".join(numbered(1000)).startswith(told["full_message"])
            assert len(told["full_message"]) > 100
            model.answer(paced(PIECES, 0.02))
            assert other.call("continue_chat", {"reply_id": ack["reply_id"]})["ok"]  # at once
            whole = other.wait("gpt_chat", reply_id=ack["reply_id"])["full_message"]
            assert whole == told["full_message"] + TEXT
            assert len(other.all("chat_error")) == 1
    after = wait_until(lambda: set(server.web_pids()) - set(before), what="a new process")
    assert len(after) == 1
    with Client(server.address, auth={"session": client.session["token"]}) as back:
        assert (back.session["messages"][-1]["state"], back.session["messages"][-1]["content"]) == ("complete", whole)


@pytest.mark.parametrize("wanted", [0, 1])
def test_a_reply_of_a_killed_process_goes_on_at_another_and_a_third_sees_the_same(server, model, wanted):
    """Whichever of the two that are left: one of them found the reply lost, the other only heard of it."""
    server.wait_for_all()
    story = numbered(400)
    model.answer(paced(story, 0.02))
    with ExitStack() as stack:
        clients = one_on_each(stack, server)
        owner = clients[sorted(clients)[0]]
        left = [clients[number] for number in sorted(clients)[1:]]
        ack = owner.say("a long story")
        followers = [Follower(ack["reply_id"]) for _ in left]
        for follower, client in zip(followers, left, strict=True):
            follower.attach(client)
            follower.until(60)
        server.kill_one(process_of(owner))
        told = [client.wait("chat_error", reply_id=ack["reply_id"], within_s=15) for client in left]
        assert told[0] == told[1]
        kept = told[0]["full_message"]
        assert "".join(story).startswith(kept)
        model.answer(paced(story[len(kept.split()) :], 0.005))
        again = left[wanted].call("continue_chat", {"reply_id": ack["reply_id"]})
        assert again == {name: ack[name] for name in ("ok", "message_id", "reply_id", "conversation_id")}
        for follower, client in zip(followers, left, strict=True):
            assert follower.to_the_end() == "".join(story)
            assert client.wait("gpt_chat", reply_id=ack["reply_id"])["full_message"] == "".join(story)
            [continued] = client.all("chat_continued")
            assert (continued["text"], continued["seq"]) == (kept, told[0]["seq"])
            [message] = client.call("history", {"conversation_id": ack["conversation_id"]})["messages"][1:]
            assert (message["content"], message["state"]) == ("".join(story), "complete")
            assert len(client.all("chat_error")) == 1
    model.answer(paced(PIECES, 0.02))


def test_sigterm_ends_them_all_in_order(server):
    pids = [*server.web_pids(), server.worker_pid()]
    assert server.stop() == 0
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    assert "Traceback" not in server.output
