"""Frames on their way to browsers, over the short way and over the packages' own: the same text on both, in order.

Clients are real: python-socketio, and bare ones that stop reading, vanish, or change their transport in the middle.
"""

import io
import os
import threading
import time
from contextlib import suppress
from itertools import chain

import pytest
import websocket
from PIL import Image

from artbot_server.web.lane import KNOWN
from tests.e2e.bare import Bare, Polling, event_of, reply_of
from tests.e2e.client import Client
from tests.e2e.paced import numbered, paced
from tests.llm.fake_openai import FakeOpenAI
from tests.server import RunningServer, wait_until

PIECES = numbered(60)
TEXT = "".join(PIECES)
LONG = [f"{number}:" + "x" * 1_000 for number in range(600)]
"""More than the kernel keeps for a client, less than an outbox does."""
ENDLESS = [f"{number}:" + "x" * 20_000 for number in range(400)]


@pytest.fixture(scope="module")
def model():
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture(scope="module", params=["short", "own"])
def server(request, tmp_path_factory, model):
    """Versions that nobody knows make a server go the packages' own way."""
    folder = tmp_path_factory.mktemp("data")
    settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test", "ARTBOT_ASYNC_MODE": "eventlet"}
    if request.param == "own":
        unknown = folder / "packages" / "eventlet-990.0.dist-info"
        unknown.mkdir(parents=True)
        (unknown / "METADATA").write_text("Metadata-Version: 2.1\nName: eventlet\nVersion: 990.0\n")
        settings["PYTHONPATH"] = str(unknown.parent)
    with RunningServer(folder, **settings) as running:
        assert ("of an unknown version" in running.output) == (request.param == "own"), KNOWN
        yield running


@pytest.fixture(autouse=True)
def pace(model):
    model.answer(paced(PIECES, 0.01))


def resident_mb(server):
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def ended(server):
    return server.output.count("reply ended")


def open_files(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], None], ids=["websocket", "polling", "upgrade"])
def test_every_transport_brings_the_same_text(server, transports):
    with Client(server.address, transports=transports) as client:
        ack = client.say("a story")
        done = client.wait("gpt_chat", reply_id=ack["reply_id"])
        assert client.text_of(ack["reply_id"]) == done["full_message"] == TEXT


def welcomed(client):
    while not any(event_of(packet)[0] == "session" for packet in client.poll()):
        pass


def test_a_client_goes_over_to_a_websocket_in_the_middle_of_a_stream(server):
    with Polling(server.address) as client:
        welcomed(client)
        client.send('42["gpt_chat",{"text":"a story"}]')
        polled = []
        while len([packet for packet in polled if event_of(packet)[0] == "message"]) < 10:
            polled += client.poll()
        with client.open_socket() as socket:
            socket.send("2probe")
            assert socket.recv() == "3probe"
            while "6" not in polled:  # the poll that hangs is ended by a noop
                polled += client.poll()
            time.sleep(0.05)  # meanwhile frames gather on the server
            socket.send("5")
            text, done = reply_of(map(event_of, chain(polled, iter(socket.recv, None))))
            assert text == done["full_message"] == TEXT


def test_a_websocket_that_does_not_complete_its_upgrade_leaves_the_polling_as_it_was(server):
    with Polling(server.address) as client:
        welcomed(client)
        with client.open_socket() as socket:
            socket.send("4 is no probe")
            with suppress(websocket.WebSocketConnectionClosedException):
                assert socket.recv() == ""
        client.send('42["gpt_chat",{"text":"a story"}]')
        packets = (packet for poll in iter(client.poll, None) for packet in poll)
        assert reply_of(map(event_of, packets))[0] == TEXT


def test_who_reads_late_gets_the_whole_text_and_keeps_nobody_waiting(server, model):
    model.answer(paced(LONG, 0.001))
    before = ended(server)
    with Bare(server.address, small=True) as slow, Client(server.address, transports=["websocket"]) as quick:
        slow.say("a long story")
        begun = slow.wait("message")
        model.answer(paced(PIECES, 0.01))
        ack = quick.say("a story")
        quick.wait("gpt_chat", reply_id=ack["reply_id"])
        assert quick.text_of(ack["reply_id"]) == TEXT
        wait_until(lambda: ended(server) == before + 2, what="the end of the long reply")
        text, done = slow.read_reply(begun)
        assert text == done["full_message"] == "".join(LONG)


def test_who_never_reads_costs_a_bounded_amount_and_is_cut(server, model):
    model.answer(paced(ENDLESS, 0.001))
    megabytes, before = resident_mb(server), ended(server)
    with Bare(server.address, small=True) as stuck:
        stuck.say("a very long story")
        wait_until(lambda: "reads too slowly" in server.output, what="the cut")
        wait_until(lambda: ended(server) == before + 1, what="the end of the reply")
        assert resident_mb(server) - megabytes < 60  # its 8 MB are in the reply itself, its row and its history
        with Client(server.address, transports=["websocket"]) as other:
            model.answer(paced(PIECES, 0))
            other.wait("gpt_chat", reply_id=other.say("a story")["reply_id"])


def test_browsers_that_vanish_in_the_middle_harm_nobody_and_leave_no_descriptor(server):
    with Client(server.address, transports=["websocket"]) as witness:
        files = open_files(server)
        for _ in range(5):
            gone = [Bare(server.address) for _ in range(4)]
            for one in gone:
                one.say("a story")
            for one in gone:
                one.wait("message")
                one.reset()
            with Bare(server.address) as fresh:  # with a number that was somebody else's
                fresh.say("a story")
                text, done = fresh.read_reply()
                assert text == done["full_message"] == TEXT
        ack = witness.say("a story")
        witness.wait("gpt_chat", reply_id=ack["reply_id"])
        assert witness.text_of(ack["reply_id"]) == TEXT
        wait_until(lambda: open_files(server) <= files + 2, what="the descriptors' end")  # the model's idle connections
    assert "Traceback" not in server.output


def test_acks_and_pictures_go_between_the_frames_and_disturb_none(server):
    server.wait_for_worker()
    picture = io.BytesIO()
    Image.new("RGB", (200, 200), "teal").save(picture, "PNG")
    with Client(server.address, transports=["websocket"]) as client:
        told = client.say("a story")
        order = {"prompt": "a cat", "overrides": {"width": 128, "height": 128}, "folder": "landscape"}
        order |= {"template": "gouache", "image": picture.getvalue()}
        jobs = [client.call("generate", order) for _ in range(3)]
        acks = [client.call("history", {}) for _ in range(20)]
        assert all(ack["ok"] for ack in jobs + acks), jobs
        for job in jobs:
            assert client.job_end(job["job_id"])["state"] == "done"
            pictures = client.wait("images", job_id=job["job_id"])["images"]
            assert all(picture["data"][:4] == b"RIFF" for picture in pictures)
        client.wait("gpt_chat", reply_id=told["reply_id"])
        assert client.text_of(told["reply_id"]) == TEXT


def test_several_sockets_of_a_session_hear_the_same(server):
    with Client(server.address, transports=["websocket"]) as first:
        auth = {"session": first.session["token"]}
        kinds = (["websocket"], ["polling"], None)
        others = [Client(server.address, auth=auth, transports=one) for one in kinds]
        with others[0], others[1], others[2]:
            ack = first.say("a story")
            for client in (first, *others):
                client.wait("gpt_chat", reply_id=ack["reply_id"])
                assert client.text_of(ack["reply_id"]) == TEXT


def test_many_streams_at_once_are_each_their_own(server):
    clients = [Client(server.address, transports=["websocket"]) for _ in range(8)]
    texts = {}

    def follow(client):
        with client:
            ack = client.say("a story")
            client.wait("gpt_chat", reply_id=ack["reply_id"])
            texts[ack["reply_id"]] = client.text_of(ack["reply_id"])

    threads = [threading.Thread(target=follow, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(texts.values()) == [TEXT] * 8
