"""A real Art Bot as a process of its own: started as a user starts it, on a free port and a data folder of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
START_S = 30


class RunningServer:
    """`python run.py` with these settings; its output is kept in `lines`."""

    def __init__(self, data_dir, **settings):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.data_dir = data_dir
        self.settings = {
            "ARTBOT_PORT": "0",
            "ARTBOT_DATA_DIR": str(data_dir),
            "ARTBOT_DEMO_PACE": "0.1",
            "ARTBOT_CHAT_LIMIT": "0",
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        self.environ = kept | self.settings
        self.command = [sys.executable, "-W", "ignore", str(ROOT / "run.py")]
        self.lines = []
        self.process = None
        self.address = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self, wait=True):
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()
        if wait:
            assert self._ready.wait(START_S), "".join(self.lines)

    def _read(self, process):
        with process.stdout:
            for line in process.stdout:
                self.lines.append(line)
                found = re.search(r"Art Bot is at (http://\S+)/", line)
                if found:
                    self.address = found[1]
                    # A restart goes back to the same port, so that clients find it again.
                    self.environ["ARTBOT_PORT"] = re.search(r":(\d+)", found[1])[1]
                    self._ready.set()

    @property
    def output(self):
        return "".join(self.lines)

    def stop(self, number=signal.SIGTERM, within_s=30):
        """Send a signal and give the exit code."""
        self.process.send_signal(number)
        return self.process.wait(within_s)

    def worker_pid(self):
        """The worker's process id, by the parent's children; waits for it."""
        children = Path(f"/proc/{self.process.pid}/task")
        for _ in range(200):
            for task in children.iterdir():
                for pid in (task / "children").read_text().split():
                    command = Path(f"/proc/{pid}/cmdline").read_bytes()
                    if b"worker" in command:
                        return int(pid)
            time.sleep(0.05)
        raise AssertionError("no worker process:\n" + self.output)

    def wait_for_worker(self):
        """Until uploads and jobs have somebody to do them."""

        def there():
            with urllib.request.urlopen(self.address + "/healthz", timeout=10) as answer:
                return json.load(answer)["worker"]

        wait_until(there, what="the worker's start")

    def kill(self):
        """SIGKILL to the web process; its worker ends by itself."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process is not None:
            self._reader.join(timeout=10)  # until the worker has noticed and ended too


def wait_until(condition, within_s=20.0, what="it"):
    """Look again and again until `condition()` gives something true, and give that."""
    until = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < until, f"{what} did not happen within {within_s} s"
        time.sleep(0.02)
    return found
