"""The database's clock is set back by an hour under a stream and jobs: nothing is lost, and nothing waits an hour."""

import os
import signal

import pytest

from tests.e2e.client import Client
from tests.e2e.paced import numbered, paced
from tests.llm.fake_openai import FakeOpenAI
from tests.postgres_server import PostgresServer
from tests.server import RunningServer, wait_until

pytestmark = pytest.mark.alone

SMALL = {"width": 128, "height": 128, "batch_size": 1}
PIECES = numbered(150)
TEXT = "".join(PIECES)
HOUR_S = 3600


CLOCK = """
CREATE TABLE public.clock_set (by interval NOT NULL);
INSERT INTO public.clock_set VALUES ('0 seconds');
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT pg_catalog.clock_timestamp() + (SELECT by FROM public.clock_set)';
ALTER DATABASE artbot SET search_path = public, pg_catalog;
"""
"""Leases are held against the database's clock alone, so that is the one that counts; here it can be set."""


@pytest.fixture
def postgres():
    with PostgresServer() as running:
        running.execute(CLOCK)
        yield running


def set_back(postgres):
    postgres.execute(f"UPDATE public.clock_set SET by = '-{HOUR_S} seconds'")


@pytest.fixture
def model():
    with FakeOpenAI() as fake:
        fake.answer(paced(PIECES, 0.03))
        yield fake


def served(tmp_path, model, postgres, **settings):
    given = {
        "OPENAI_BASE_URL": model.url,
        "OPENAI_API_KEY": "sk-test",
        "ARTBOT_LEASE_S": "4",
        "ARTBOT_DATABASE_URL": postgres.url,
    }
    return RunningServer(tmp_path, **given, **settings)


def test_streams_and_jobs_go_on(tmp_path, model, postgres):
    with served(tmp_path, model, postgres, ARTBOT_DEMO_PACE="1") as server, Client(server.address) as client:
        running, queued = client.paint(overrides=SMALL), client.paint(overrides=SMALL)
        client.wait("progress", job_id=running)
        ack = client.say("a long story")
        client.wait("message", reply_id=ack["reply_id"])
        set_back(postgres)
        late = client.paint(overrides=SMALL)
        again = client.say("and now", conversation_id=_new_conversation(client))
        done = client.wait("gpt_chat", reply_id=ack["reply_id"])
        assert done["full_message"] == TEXT == client.text_of(ack["reply_id"])
        assert client.wait("gpt_chat", reply_id=again["reply_id"])["full_message"] == TEXT
        jobs = [client.job_end(job_id) for job_id in (running, queued, late)]
        assert [(job["state"], job["attempt"]) for job in jobs] == [("done", 1)] * 3
        assert jobs[2]["created_at"] < jobs[0]["created_at"] - HOUR_S / 2  # it was set back indeed
        assert [len(job["images"]) for job in jobs] == [1] * 3
        assert postgres.rows("SELECT count(*), count(DISTINCT job_id) FROM pictures") == ["3|3"]
        first = client.call("history", {"conversation_id": ack["conversation_id"]})["messages"]
        assert [message["content"] for message in first] == ["a long story", TEXT]
        follow_up = client.say("more", conversation_id=ack["conversation_id"])
        client.wait("gpt_chat", reply_id=follow_up["reply_id"])
        said = client.call("history", {"conversation_id": ack["conversation_id"]})["messages"]
        assert [message["content"] for message in said] == ["a long story", TEXT, "more", TEXT]
        assert "Traceback" not in server.output


def test_what_is_killed_at_that_moment_does_not_wait_an_hour(tmp_path, model, postgres):
    with served(tmp_path, model, postgres, ARTBOT_DEMO_PACE="2") as server:
        with Client(server.address) as client:
            job_id = client.paint(overrides=SMALL)
            client.wait("progress", job_id=job_id)
            ack = client.say("a long story")
            wait_until(lambda: len(client.all("message", reply_id=ack["reply_id"])) > 50)
            os.kill(server.worker_pid(), signal.SIGKILL)  # with its lease an hour ahead
            server.kill()
            set_back(postgres)
        server.environ["ARTBOT_DEMO_PACE"] = "0.1"
        server.start()
        with Client(server.address, auth={"session": client.session["token"]}) as again:
            wait_until(
                lambda: again.all("chat_error") or again.call("history", {})["messages"][-1]["state"] == "interrupted",
                15,
                "the word of it",
            )
            kept = again.call("history", {})["messages"][-1]["content"]
            model.answer(paced(PIECES[len(kept.split()) :], 0))
            assert again.call("continue_chat", {"reply_id": ack["reply_id"]})["ok"]
            assert again.wait("gpt_chat", reply_id=ack["reply_id"])["full_message"] == TEXT
            job = again.job_end(job_id)
            assert (job["state"], job["attempt"]) == ("done", 2)
    assert postgres.rows("SELECT count(*), count(DISTINCT job_id) FROM pictures") == ["1|1"]
    assert postgres.rows("SELECT count(*) FROM messages") == ["2"]


def _new_conversation(client):
    return client.call("new_conversation", {})["conversation"]["conversation_id"]
