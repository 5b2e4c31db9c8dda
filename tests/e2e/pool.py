"""Workers as processes of their own beside a server, and the books: what was kept of each job, held against what was asked."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing

from tests.server import ROOT, wait_until

FILES_OF_A_PICTURE = 2
"""As it came, and its thumbnail."""


class WorkerProcess:
    """`artbot worker --backend …` on a server's data folder; use as a context."""

    def __init__(self, server, *backends):
        self._environ = server.environ
        self._backends = backends

    def __enter__(self):
        given = [part for backend in self._backends for part in ("--backend", backend)]
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "artbot_server.cli", "worker", *given],
            cwd=ROOT,
            env=self._environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return self

    def __exit__(self, *_):
        self.send(signal.SIGCONT)
        self.kill()

    def send(self, number):
        if self.process.poll() is None:
            os.kill(self.process.pid, number)

    def kill(self):
        self.send(signal.SIGKILL)
        self.process.wait()


def backends_now(client):
    """The newest records of the backends that this client was told, by name."""
    latest = [client.session["server"], *client.all("server")][-1]
    return {backend["name"]: backend for backend in latest["backends"]}


def until_up(client, *names):
    def told():
        now = backends_now(client)
        return all(name in now and now[name]["up"] for name in names)

    wait_until(told, what=f"up: {names}")


def audit(server, clients, job_ids):
    """What was lost and what was doubled of these jobs of one picture each, over rows, files and what clients were told.

    A Counter of faults by their kind; empty when the books are right.
    """
    wrong = Counter()
    marks = ",".join("?" * len(job_ids))
    with closing(sqlite3.connect(server.data_dir / "artbot.db")) as raw:
        states = dict(raw.execute(f"SELECT id, state FROM jobs WHERE id IN ({marks})", job_ids))
        kept = Counter(row[0] for row in raw.execute(f"SELECT job_id FROM pictures WHERE job_id IN ({marks})", job_ids))
        [pictures] = raw.execute("SELECT count(*) FROM pictures").fetchone()
    files = sum(path.is_file() for path in (server.data_dir / "pictures").rglob("*"))
    wrong["files"] = abs(files - FILES_OF_A_PICTURE * pictures)
    for job_id in job_ids:
        wrong["jobs lost"] += states.get(job_id) != "done"
        wrong["pictures lost"] += kept[job_id] < 1
        wrong["pictures doubled"] += max(0, kept[job_id] - 1)
        for client in clients:
            told = client.all("images", job_id=job_id)
            ends = client.all("job", job_id=job_id, state="done")
            wrong["told twice"] += len(told) > 1 or len(ends) > 1
        wrong["not told"] += not any(client.all("job", job_id=job_id, state="done") for client in clients)
    return +wrong
