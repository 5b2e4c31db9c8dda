"""A private Redis for the tests: on a Unix socket or a port of its own, in a folder of its own, keeping nothing."""

import shutil
import socket
import subprocess
import time
from pathlib import Path


class RedisServer:
    """`redis-server` of this machine; use as a context. May be stopped, started and suspended within."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = None

    def __enter__(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        program = shutil.which("redis-server")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        self.process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < until, "redis-server does not start"
                time.sleep(0.02)

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def said(self) -> int:
        """How many commands it has done, this question not counted."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as asking:
            asking.sendall(b"INFO commandstats\r\n")
            told = b""
            while not told.endswith(b"\r\n") or told.count(b"\r\n") < 2:
                told += asking.recv(65536)
        lines = [line for line in told.decode().splitlines() if line.startswith("cmdstat_publish:")]
        return int(lines[0].split("calls=")[1].split(",")[0]) if lines else 0
