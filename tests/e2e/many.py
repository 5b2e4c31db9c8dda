"""`artbot serve --processes N`: several web processes of one server behind one address."""

import json
import os
import signal
import sys
from pathlib import Path

import requests

from tests.server import RunningServer, wait_until


class ManyServer(RunningServer):
    """So many processes of them; a process's number is what the ids of its sockets end in."""

    def __init__(self, data_dir, processes, **settings):
        super().__init__(data_dir, **settings)
        self._processes = processes
        serve = ["artbot_server.cli", "serve", f"--processes={processes}"]
        self.command = [sys.executable, "-W", "ignore", "-m", *serve]

    def web_pids(self):
        """The process ids of the web processes, once all are there."""
        return wait_until(lambda: len(found := self._web_pids()) == self._processes and found, what="all web processes")

    def wait_for_all(self):
        """Until each process takes clients."""

        def number():
            told = requests.get(self.address + "/socket.io/?EIO=4&transport=polling", timeout=10).text
            return json.loads(told[1:])["sid"].rpartition(".")[2]

        everybody = range(self._processes)
        wait_until(lambda: len({number() for _ in everybody}) == self._processes, 40, "all web processes")

    def pid_of(self, number):
        """The process of this number."""
        [pid] = [pid for pid in self.web_pids() if _number(pid) == number]
        return pid

    def kill_one(self, number):
        """SIGKILL to the process of this number; waits for the one in its place."""
        before = self.web_pids()
        os.kill(self.pid_of(number), signal.SIGKILL)
        wait_until(lambda: set(self.web_pids()) - set(before), what="a new process")

    def _web_pids(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"--share" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def process_of(client):
    """The number of the process that a client is on."""
    return client.io.eio.sid.rpartition(".")[2]


def _number(pid):
    arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return arguments[arguments.index(b"--share") + 1].split(b":")[0].decode()
