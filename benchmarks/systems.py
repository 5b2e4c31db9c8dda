"""The servers that are measured, and how each is started: Art Bot, Node's Socket.IO server, the article's server.

All listen on a port given to them and get their tokens from the same upstream.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import trustme

from benchmarks.programs import ROOT, Program, free_port, program, wait_for_page, wait_for_port

ARTBOT, NODE, ARTICLE = "Art Bot", "Node", "article"
ALL = (ARTBOT, NODE, ARTICLE)
HANDSHAKE = ("/socket.io/?EIO=4&transport=polling", b"sid")
READY = {ARTBOT: ("/healthz", b'"worker":true'), NODE: HANDSHAKE, ARTICLE: HANDSHAKE}
"""An address that is asked until it answers with this: everything has started then, also Art Bot's worker."""
KEY = "sk-benchmark"
Command = Callable[[int, str], list[str]]
COMMANDS: Mapping[str, Command] = {
    ARTBOT: lambda _port, _upstream: [sys.executable, "-W", "ignore", "run.py"],
    NODE: lambda port, upstream: ["node", "benchmarks/node/server.mjs", str(port), upstream],
    ARTICLE: lambda port, upstream: [
        *(sys.executable, "-W", "ignore", "-m", "benchmarks.article_server"),
        *(str(port), upstream),
    ],
}


@dataclass(frozen=True, slots=True)
class Server:
    """One that serves."""

    address: str
    program: Program
    folder: Path


@dataclass(frozen=True, slots=True)
class Upstream:
    """The fake model's server. `env` is what a program needs in order to trust it."""

    url: str
    program: Program
    env: Mapping[str, str]


@contextmanager
def upstream(*, secure: bool = False) -> Iterator[Upstream]:
    """The fake model's server, plain or over TLS."""
    port, (authority, certificate) = free_port(), _certificates()
    command = [sys.executable, "-m", "benchmarks.upstream", str(port), *([str(certificate)] if secure else [])]
    with tempfile.TemporaryDirectory() as folder, program(command, Path(folder) / "log") as started:
        wait_for_port(started, port)
        trust = {"SSL_CERT_FILE": str(authority), "NODE_EXTRA_CA_CERTS": str(authority)} if secure else {}
        yield Upstream(f"{'https' if secure else 'http'}://localhost:{port}", started, trust)


@contextmanager
def server(name: str, model: Upstream, *, wait: bool = True, **settings: str) -> Iterator[Server]:
    """One of the systems, with an empty data folder; Art Bot also with these settings."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="artbot-benchmark-") as folder:
        env = artbot_settings(port, Path(folder) / "data", model) | settings if name == ARTBOT else {}
        log = Path(folder) / "log"
        with program(COMMANDS[name](port, model.url), log, {**env, **model.env}) as started:
            if wait:
                path, holds = READY[name]
                wait_for_page(started, address + path, holds)
            yield Server(address, started, Path(folder) / "data")


def artbot_settings(port: int, data_dir: Path, model: Upstream) -> dict[str, str]:
    """As installed, but without limits on what one address may ask, and with demo engines that do not wait."""
    return {
        "ARTBOT_PORT": str(port),
        "ARTBOT_DATA_DIR": str(data_dir),
        "ARTBOT_CHAT_LIMIT": "0",
        "ARTBOT_QUEUE_LIMIT": "100000",
        "ARTBOT_DEMO_PACE": "0",
        "OPENAI_BASE_URL": f"{model.url}/v1",
        "OPENAI_API_KEY": KEY,
    }


@cache
def _certificates() -> tuple[Path, Path]:
    """An authority made for this run, and a certificate of its for this machine, with its key."""
    folder = ROOT / "build" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    authority, mine = trustme.CA(), folder / "server.pem"
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(mine))
    return folder / "authority.pem", mine
