"""PostgreSQL restarts and crashes under a stream and a job: streams go on, nothing is lost, nothing is done twice."""

import threading
import time
import uuid

import pytest

from tests.e2e.client import Client
from tests.e2e.follower import Follower
from tests.e2e.paced import numbered, paced
from tests.llm.fake_openai import FakeOpenAI
from tests.postgres_server import PostgresServer
from tests.server import RunningServer, wait_until

pytestmark = pytest.mark.alone

SMALL = {"width": 128, "height": 128, "batch_size": 1}
PIECES = numbered(200)
TEXT = "".join(PIECES)
LEASE_ENDS_S = 20
MODES = ["eventlet", pytest.param("gevent", marks=pytest.mark.long), pytest.param("threading", marks=pytest.mark.long)]


@pytest.fixture(scope="module")
def postgres():
    with PostgresServer() as running:
        yield running


@pytest.fixture
def model():
    with FakeOpenAI() as fake:
        fake.answer(paced(PIECES, 0.03))
        yield fake


def served(tmp_path, postgres, model, **settings):
    given = {"ARTBOT_DATABASE_URL": postgres.url, "OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test"}
    return RunningServer(tmp_path, **given, ARTBOT_DEMO_PACE="1", ARTBOT_LEASE_S="4", **settings)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_restart_under_a_stream_and_a_job(tmp_path, postgres, model, how, mode):
    with (
        served(tmp_path, postgres, model, ARTBOT_ASYNC_MODE=mode) as server,
        Client(server.address) as client,
    ):
        server.wait_for_worker()
        running, queued = client.paint(overrides=SMALL), client.paint(overrides=SMALL)
        client.wait("progress", job_id=running)
        ack = client.say("a long story")
        client.wait("message", reply_id=ack["reply_id"])
        postgres.stop(how)
        during = len(client.all("message", reply_id=ack["reply_id"]))
        message_id, acks = str(uuid.uuid4()), []
        asking = threading.Thread(
            target=lambda: acks.append(client.call("gpt_chat", {"text": "hello", "message_id": message_id}))
        )
        asking.start()
        time.sleep(1)
        assert len(client.all("message", reply_id=ack["reply_id"])) > during + 10  # tokens need no database
        postgres.start()
        asking.join()
        done = client.wait("gpt_chat", within_s=30, reply_id=ack["reply_id"])
        assert done["full_message"] == TEXT == client.text_of(ack["reply_id"])
        for job_id in (running, queued):
            assert (client.job_end(job_id)["state"], len(client.all("images", job_id=job_id))) == ("done", 1)
        # What was asked meanwhile was taken or refused as a whole; asked again it is there once.
        again = client.say("hello", message_id=message_id)
        assert acks[0]["ok"] or acks[0]["error"]["code"] == "unavailable"
        assert client.wait("gpt_chat", reply_id=again["reply_id"])["full_message"] == TEXT
        mine = f"WHERE session_id = '{client.session['session_id']}'"
        assert postgres.rows(f"SELECT count(*), count(DISTINCT message_id) FROM messages {mine}") == ["4|2"]
        assert postgres.rows(f"SELECT count(*) FROM pictures {mine}") == ["2"]
        assert "Traceback" not in server.output


def test_a_killed_processs_reply_is_told_within_seconds_and_goes_on(tmp_path, postgres, model):
    """On PostgreSQL another process may live, so that a start alone closes nothing: the lease does."""
    with served(tmp_path, postgres, model, ARTBOT_WORKER="none") as server:
        with Client(server.address) as client:
            ack = client.say("a long story")
            wait_until(lambda: len(client.all("message", reply_id=ack["reply_id"])) > 60)
            server.kill()
            seen = client.text_of(ack["reply_id"])
        server.start()
        with Client(server.address, auth={"session": client.session["token"]}) as again:
            told = again.wait("chat_error", within_s=LEASE_ENDS_S, reply_id=ack["reply_id"])
            kept = told["full_message"]
            assert (told["error"]["code"], seen.startswith(kept)) == ("interrupted", True)
            assert len(kept.split()) >= len(seen.split()) - 1.5 / 0.03
            model.answer(paced(PIECES[len(kept.split()) :], 0.005))
            follower = Follower(ack["reply_id"])
            follower.attach(again)
            follower.text, follower.seq, follower.done = kept, told["seq"], False
            assert again.call("continue_chat", {"reply_id": ack["reply_id"]})["ok"]
            assert (follower.to_the_end(), follower.gaps) == (TEXT, 0)
            [_, whole] = again.call("history", {})["messages"]
            assert (whole["content"], whole["state"]) == (TEXT, "complete")
