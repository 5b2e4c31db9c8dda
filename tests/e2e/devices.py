"""Real clients as processes of their own: Node's socket.io client with the page's rules (tests/node/device.mjs)."""

import json
import subprocess
import threading

from tests.server import ROOT


class Device:
    """One device; `began` and `end` hold what it said, once it has."""

    def __init__(self, address, token, **wish):
        command = ["node", str(ROOT / "tests/node/device.mjs")]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.process.stdin.write(json.dumps({"address": address, "token": token} | wish))
        self.process.stdin.close()
        self.said, self.other = {}, []
        self._told = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def _read(self):
        for line in self.process.stdout:
            with self._told:
                if line.startswith("{"):
                    told = json.loads(line)
                    self.said[told.pop("kind")] = told
                else:
                    self.other.append(line)
                self._told.notify_all()

    def wait(self, kind, within_s=90):
        """What it says of this kind."""
        with self._told:
            assert self._told.wait_for(lambda: kind in self.said, within_s), f"no {kind}: " + "".join(self.other)
        return self.said[kind]
