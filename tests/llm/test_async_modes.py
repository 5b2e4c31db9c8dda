"""The engine in each async mode: many streams at once, and stops while the model is silent, plain and over TLS."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.llm.fake_openai import DONE, WAIT_S, Exchange, FakeOpenAI, delta, silence, silence_after, stream

ROOT = Path(__file__).parents[2]
STREAMS = 20


def together(count: int) -> object:
    """Every stream stops after its first piece until `count` of them have come that far: none goes on alone."""
    barrier = threading.Barrier(count)

    def the_rest(exchange: Exchange) -> None:
        barrier.wait(WAIT_S)
        exchange.chunk(delta("小猫", "stop") + DONE)
        exchange.end()

    return stream(delta("orange "), then=the_rest)


@pytest.mark.parametrize("mode", ["threading", "eventlet", "gevent"])
def test_streams_run_at_once_and_stop_at_once(mode: str, server_tls: ssl.SSLContext, certificate: Path) -> None:
    with FakeOpenAI() as busy, FakeOpenAI() as mute, FakeOpenAI(server_tls) as secret, FakeOpenAI() as begun:
        busy.answer(together(STREAMS))
        mute.answer(silence)
        begun.answer(silence_after(delta("one")))
        secret.answer(silence_after(delta("two")), silence)
        plan = {
            "url": busy.url,
            "streams": STREAMS,
            "silent": [(mute.url, 0), (begun.url, 1), (secret.url, 1), (secret.url, 0)],
        }
        ran = subprocess.run(
            [sys.executable, "-m", "tests.llm.async_mode", mode, json.dumps(plan)],
            cwd=ROOT,
            env={**os.environ, "SSL_CERT_FILE": str(certificate)},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        assert json.loads(ran.stdout) == {
            "texts": ["orange 小猫END"] * STREAMS,
            "stopped": [[[], "stopped"], [["one"], "stopped"], [["two"], "stopped"], [[], "stopped"]],
        }
        assert mute.saw_the_end()
        assert begun.saw_the_end()
        assert secret.saw_the_end()
        assert secret.saw_the_end()
