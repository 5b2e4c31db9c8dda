"""A fake server, a certificate for 127.0.0.1, and the recordings where there are any."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.llm.fake_openai import FakeOpenAI


def _recordings() -> list[Path]:
    """Recorded event streams (`curl -i --raw`) in a folder `shared/recordings` beside the checkout."""
    for folder in Path(__file__).resolve().parents:
        found = sorted((folder / "shared" / "recordings").glob("*llama*cpp/resp_*.raw"))
        if found:
            return [path for path in found if b"\ndata: {" in path.read_bytes()]
    return []


RECORDINGS = _recordings()
collect_ignore = [] if RECORDINGS else ["test_recordings.py"]


@pytest.fixture
def fake() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Self-signed, made by the `openssl` command for this run, with its key in the same file."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=fake"
    command += f" -addext subjectAltName=IP:127.0.0.1,DNS:localhost -keyout {path} -out {path}.crt"
    subprocess.run(command.split(), check=True, capture_output=True)
    path.write_text(path.read_text() + path.with_suffix(".pem.crt").read_text())
    return path


@pytest.fixture(scope="session")
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
