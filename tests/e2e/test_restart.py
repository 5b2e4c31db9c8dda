"""Stops and kills on real processes: what was said is there afterwards, what was begun is ended once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.e2e.client import Client
from tests.e2e.paced import numbered, paced
from tests.e2e.stored import files_without_rows, pictures_of, rows
from tests.llm.fake_openai import FakeOpenAI
from tests.server import ROOT, RunningServer, wait_until

pytestmark = pytest.mark.alone

SMALL = {"width": 128, "height": 128, "batch_size": 1}


@pytest.fixture
def model():
    with FakeOpenAI() as fake:
        yield fake


def served(data_dir, model=None, **settings):
    """A server, not yet started; with this model where one is given."""
    if model is not None:
        settings |= {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test"}
    return RunningServer(data_dir, **settings)


def back(server, client):
    """The same session on a new socket."""
    return Client(server.address, auth={"session": client.session["token"]})


def gone(pid):
    """Whether a process has ended, also where nobody has collected it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def reply_of(client, reply_id):
    """The stored reply as the snapshot has it."""
    return next(m for m in client.session["messages"] if m.get("reply_id") == reply_id)


def test_sigterm_lets_a_stream_end_and_a_second_start_has_everything(tmp_path, model):
    pieces = numbered(60)
    model.answer(paced(pieces, 0.04))
    with served(tmp_path, model) as server:
        with Client(server.address) as client:
            job_id = client.paint(overrides=SMALL)
            client.job_end(job_id)
            ack = client.say("a long story")
            client.wait("message", reply_id=ack["reply_id"])
            server.process.send_signal(signal.SIGTERM)
            wait_until(lambda: "stopping" in server.output)
            late = client.call("gpt_chat", {"text": "one more"})
            assert late["error"]["code"] == "unavailable"
            assert server.process.wait(15) == 0
            done = client.wait("gpt_chat", within_s=1, reply_id=ack["reply_id"])
            assert done["full_message"] == "".join(pieces) == client.text_of(ack["reply_id"])
            assert (done["state"], model.asked[-1].body["stream"]) == ("complete", True)
        address = server.address
        server.start()
        assert server.address == address
        with back(server, client) as again:
            assert again.session["session_id"] == client.session["session_id"]
            assert again.session["conversation"]["conversation_id"] == ack["conversation_id"]
            assert [m["content"] for m in again.session["messages"]] == ["a long story", "".join(pieces)]
            assert reply_of(again, ack["reply_id"])["state"] == "complete"
            [job] = again.session["jobs"]
            assert (job["job_id"], job["state"], len(job["images"])) == (job_id, "done", 1)
            picture = requests.get(server.address + job["images"][0]["url"], timeout=10)
            assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_a_signal_ends_an_idle_server_and_its_worker(tmp_path, number):
    with served(tmp_path) as server, Client(server.address):
        worker = server.worker_pid()
        assert server.stop(number, within_s=8) == 0
        assert gone(worker)
        assert "Traceback" not in server.output


@pytest.mark.long
def test_a_stream_that_outlasts_the_grace_is_interrupted_and_told(tmp_path, model):
    pieces = numbered(600)
    model.answer(paced(pieces, 0.05))
    with served(tmp_path, model) as server, Client(server.address) as client:
        ack = client.say("a story without end")
        client.wait("message", reply_id=ack["reply_id"])
        assert server.stop(within_s=20) == 0
        told = client.wait("chat_error", within_s=1, reply_id=ack["reply_id"])
        assert told["error"]["code"] == "interrupted"
        assert told["full_message"] == client.text_of(ack["reply_id"])
        assert len(told["full_message"].split()) > 9 / 0.05 / 2
        server.start()
        with back(server, client) as again:
            kept = reply_of(again, ack["reply_id"])
            assert (kept["state"], kept["content"]) == ("interrupted", told["full_message"])


def test_sigterm_hands_a_running_job_back_and_the_next_start_paints_it(tmp_path):
    with served(tmp_path, ARTBOT_DEMO_PACE="5") as server:
        with Client(server.address) as client:
            running, queued = client.paint(overrides=SMALL), client.paint(overrides=SMALL)
            client.wait("progress", job_id=running)
            assert server.stop(within_s=15) == 0
        states = dict(rows(tmp_path, "SELECT id, state || attempt FROM jobs"))
        assert states == {running: "queued0", queued: "queued0"}
        assert rows(tmp_path, "SELECT job_id, worker FROM backends") == [(None, None)]
        server.environ["ARTBOT_DEMO_PACE"] = "0.1"
        server.start()
        with back(server, client) as again:
            assert [job["job_id"] for job in again.session["jobs"]] == [running, queued]
            for job_id in (running, queued):
                assert again.job_end(job_id)["attempt"] == 1
                assert pictures_of(tmp_path, job_id) == 1


def test_sigkill_mid_stream_loses_at_most_a_second_of_it(tmp_path, model):
    pieces, pause_s = numbered(400), 0.02
    model.answer(paced(pieces, pause_s))
    with served(tmp_path, model) as server:
        with Client(server.address) as client:
            ack = client.say("a long story")
            wait_until(lambda: len(client.all("message", reply_id=ack["reply_id"])) > 100)
            server.kill()
            seen = client.text_of(ack["reply_id"])
        server.start()
        with back(server, client) as again:
            kept = reply_of(again, ack["reply_id"])
            assert kept["state"] == "interrupted"
            assert kept["error"]["code"] == "interrupted"
            assert again.session["replies"] == []
            assert kept["content"] == "".join(pieces[: len(kept["content"].split())])
            assert kept["seq"] > len(client.all("message"))  # what is written next has a number that nobody has seen
            assert seen.startswith(kept["content"])
            assert len(kept["content"].split()) >= len(seen.split()) - 1.5 / pause_s
            resumed = again.call("resume", {"reply_id": ack["reply_id"]})
            assert (resumed["text"], resumed["done"]) == (kept["content"], True)
            model.answer(paced(["and ", "so on"], 0))
            more = again.say("go on", conversation_id=ack["conversation_id"])
            assert again.wait("gpt_chat", reply_id=more["reply_id"])["full_message"] == "and so on"
            asked = [line["content"] for line in model.asked[-1].body["messages"]]
            assert asked[-3:] == ["a long story", kept["content"], "go on"]


@pytest.mark.parametrize(
    "victims", [*(pytest.param(one, marks=pytest.mark.long) for one in ("web", "worker")), "web and worker"]
)
def test_sigkill_loses_no_job_and_doubles_none(tmp_path, victims):
    with served(tmp_path, ARTBOT_DEMO_PACE="0.4", ARTBOT_LEASE_S="2") as server:
        with Client(server.address) as client:
            done = client.paint(overrides=SMALL)
            client.job_end(done)
            running, first, second = (client.paint(overrides=SMALL) for _ in range(3))
            client.wait("progress", job_id=running)
            worker = server.worker_pid()
            if "worker" in victims:
                os.kill(worker, signal.SIGKILL)
            if "web" in victims:
                server.kill()
                assert gone(worker)  # by itself: nobody told it
                server.start()
        with back(server, client) as again:
            jobs = [running, first, second]
            assert {again.job_end(job_id)["state"] for job_id in jobs} == {"done"}
        assert [pictures_of(tmp_path, job_id) for job_id in (done, *jobs)] == [1] * 4
        assert files_without_rows(tmp_path) == set()
        attempts = dict(rows(tmp_path, "SELECT id, attempt FROM jobs"))
        assert [attempts[job_id] for job_id in (done, first, second)] == [1, 1, 1]
        assert attempts[running] == (2 if "worker" in victims else 1)  # one that ends in order hands it back
        if victims == "worker":
            assert "the worker was gone and has been started again" in server.output


@pytest.mark.long
def test_a_client_stays_informed_while_the_worker_is_killed(tmp_path):
    with served(tmp_path, ARTBOT_DEMO_PACE="0.4", ARTBOT_LEASE_S="2") as server, Client(server.address) as client:
        job_id = client.paint(overrides=SMALL)
        client.wait("progress", job_id=job_id)
        os.kill(server.worker_pid(), signal.SIGKILL)
        client.wait("server", worker=False)
        client.wait("server", worker=True)
        assert client.job_end(job_id)["state"] == "done"
        states = [(job["state"], job["attempt"]) for job in client.all("job", job_id=job_id)]
        assert states == [("queued", 0), ("running", 1), ("queued", 1), ("running", 2), ("done", 2)]
        seqs = [job["seq"] for job in client.all("job", job_id=job_id)]
        assert seqs == sorted(seqs)
        assert len(client.all("images", job_id=job_id)) == 1


@pytest.mark.long
def test_a_worker_of_its_own_outlives_the_web_process(tmp_path):
    with served(tmp_path, ARTBOT_WORKER="none", ARTBOT_DEMO_PACE="0.4") as server:
        command = [sys.executable, "-W", "ignore", "-m", "artbot_server.cli", "worker"]
        worker = subprocess.Popen(
            command, cwd=ROOT, env=server.environ, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            with Client(server.address) as client:
                jobs = [client.paint(overrides=SMALL) for _ in range(2)]
                client.wait("progress", job_id=jobs[0])
                server.kill()
            query = "SELECT count(*) FROM jobs WHERE state = 'done'"
            wait_until(lambda: rows(tmp_path, query) == [(2,)], what="both jobs without a web process")
            server.start()
            with back(server, client) as again:
                assert [(job["state"], len(job["images"])) for job in again.session["jobs"]] == [("done", 1)] * 2
                again.job_end(again.paint(overrides=SMALL))  # it has found its way back
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(10) == 0
        finally:
            worker.kill()
            worker.wait()


@pytest.mark.long
def test_a_second_server_on_the_same_folder_or_port_is_refused(tmp_path):
    with served(tmp_path / "one") as server:
        for settings in ({"ARTBOT_DATA_DIR": str(tmp_path / "one")}, {"ARTBOT_PORT": server.environ["ARTBOT_PORT"]}):
            other = served(tmp_path / "two", **settings)
            other.start(wait=False)
            began = time.monotonic()
            assert other.process.wait(20) == 1
            assert time.monotonic() - began < 20
            other.kill()
            assert next(iter(settings)) in other.output
            assert "Traceback" not in other.output
