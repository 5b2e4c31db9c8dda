"""Ten workers and a thousand jobs on PostgreSQL and Redis: each is painted once."""

import subprocess
import sys
import uuid
from collections import Counter
from contextlib import ExitStack

import pytest
from sqlalchemy import create_engine, text

from tests.e2e.client import Client
from tests.e2e.several import Several
from tests.server import ROOT, wait_until

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

WORKERS, SESSIONS, JOBS_EACH = 10, 10, 100
SMALL = {"width": 64, "height": 64, "batch_size": 1, "steps": 1}


@pytest.fixture
def several(tmp_path):
    with Several(tmp_path, ARTBOT_WORKER="none", ARTBOT_DEMO_PACE="0") as running, ExitStack() as stack:
        web = running.webs[0]
        for number in range(WORKERS):
            command = [
                sys.executable,
                "-W",
                "ignore",
                "-m",
                "artbot_server.cli",
                "worker",
                "--backend",
                f"demo:#name=demo-{number}",
            ]
            log = stack.enter_context(open(tmp_path / f"worker-{number}.log", "w"))
            worker = subprocess.Popen(command, cwd=ROOT, env=web.environ, stdout=log, stderr=log)
            stack.callback(worker.wait, 60)
            stack.callback(worker.terminate)
        yield running


def test_none_is_done_twice(several):
    database = create_engine(several.webs[0].settings["ARTBOT_DATABASE_URL"])

    def query(words):
        with database.connect() as connection:
            return connection.execute(text(words)).all()

    wait_until(lambda: query("SELECT count(*) FROM backends WHERE up")[0][0] == WORKERS, 90, "all workers")
    with ExitStack() as stack:
        clients = [stack.enter_context(Client(web.address)) for web in several.webs for _ in range(SESSIONS // 2)]
        ordered = {client: [_order(client) for _ in range(JOBS_EACH)] for client in clients}
        ended = "SELECT count(*) FROM jobs WHERE state = 'done'"
        wait_until(lambda: query(ended)[0][0] == SESSIONS * JOBS_EACH, 900, "the end of all jobs")
        rows = query("SELECT id, attempt, backend FROM jobs")
        pictures = Counter(row.job_id for row in query("SELECT job_id FROM pictures"))
        for client, ids in ordered.items():
            wait_until(lambda client=client: len(_told(client)) == JOBS_EACH, 60, "every client's news")
            assert _told(client) == dict.fromkeys(ids, 1)
    assert {row.attempt for row in rows} == {1}
    assert set(pictures.values()) == {1}
    assert len(pictures) == SESSIONS * JOBS_EACH
    assert len({row.backend for row in rows}) == WORKERS
    database.dispose()


def _order(client):
    job_id = str(uuid.uuid4())
    client.paint(overrides=SMALL, job_id=job_id)
    return job_id


def _told(client):
    """How often the client was sent each job's pictures."""
    return Counter(event["job_id"] for event in client.all("images"))
