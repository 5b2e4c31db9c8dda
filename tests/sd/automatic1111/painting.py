"""What the tests over HTTP share: small payloads, painting them, and other clients of the same server."""

import threading
import time
from contextlib import contextmanager

import pytest
import requests

from artbot_server.errors import BackendFailed
from artbot_server.sd.base import Payload, Progress, Result

TXT2IMG = "/sdapi/v1/txt2img"
PROGRESS = "/sdapi/v1/progress"
INTERRUPT = "/sdapi/v1/interrupt"
LONG = {"steps": 2000}


def payload(mode="txt2img", **fields) -> Payload:
    return Payload(mode, {"prompt": "a cat", "width": 64, "height": 64, "steps": 3, "seed": 5} | fields)


def paint(backend, task="job-1", mode="txt2img", **fields) -> Result:
    return list(backend.paint(payload(mode, **fields), task))[-1]


def failure(backend, task="job-1", **fields) -> BackendFailed:
    with pytest.raises(BackendFailed) as caught:
        paint(backend, task, **fields)
    return caught.value


def wait_until(true) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def advance(painting, to=0.0) -> Progress:
    return next(progress for progress in painting if progress.fraction > to)


@contextmanager
def somebody_else(fake, task="theirs", **fields):
    """Another client's job, running when the block begins; its answer is in the list at the end of the block."""
    answers = []
    body = dict(payload(**fields).fields) | {"force_task_id": task}
    thread = threading.Thread(target=lambda: answers.append(requests.post(fake.url + TXT2IMG, json=body, timeout=20)))
    thread.start()
    wait_until(lambda: task in fake.painter.begun)
    try:
        yield answers
    finally:
        thread.join()
