"""The fake web UI where no recording is needed: its queue, interrupts, faults, and as a program."""

import subprocess
import sys
import threading
import time

import pytest
import requests

from tests.sd.fake_automatic1111 import FakeAutomatic1111

TXT2IMG = "/sdapi/v1/txt2img"
SMALL = {"prompt": "a cat", "width": 64, "height": 64, "steps": 2, "sampler_name": "Euler a"}


@pytest.fixture
def fake():
    with FakeAutomatic1111() as fake:
        yield fake


def post(fake, path=TXT2IMG, **fields):
    return requests.post(fake.url + path, json=SMALL | fields if path == TXT2IMG else fields, timeout=10)


def start(fake, task, **fields) -> tuple[threading.Thread, list]:
    answers = []
    thread = threading.Thread(target=lambda: answers.append(post(fake, force_task_id=task, **fields)))
    thread.start()
    deadline = time.monotonic() + 10
    while task not in fake.painter.begun and task not in fake.painter.pending:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return thread, answers


def look(fake, task) -> dict:
    return post(fake, "/internal/progress", id_task=task).json()


def test_jobs_run_one_at_a_time_first_come_first_served(fake):
    started = [start(fake, name, steps=10) for name in ("a", "b", "c")]
    assert look(fake, "c")["textinfo"] == "In queue: 2/2"
    assert requests.get(f"{fake.url}/internal/pending-tasks", timeout=5).json() == {"size": 2, "tasks": ["b", "c"]}
    for thread, answers in started:
        thread.join()
        assert answers[0].status_code == 200
    assert fake.painter.begun == fake.painter.finished == ["a", "b", "c"]
    assert look(fake, "b")["completed"] is True


def test_an_interrupt_ends_the_running_job_alone_with_200(fake):
    running, queued = start(fake, "a", steps=5000, n_iter=3), start(fake, "b")
    post(fake, "/sdapi/v1/interrupt")
    for thread, _ in (running, queued):
        thread.join()
    [answer] = running[1]
    assert answer.status_code == 200
    assert len(answer.json()["images"]) == 1
    assert queued[1][0].status_code == 200
    assert fake.painter.state.interrupted is False


def test_a_skip_ends_one_batch(fake):
    thread, answers = start(fake, "a", steps=30, n_iter=2)
    post(fake, "/sdapi/v1/skip")
    thread.join()
    assert len(answers[0].json()["images"]) == 2


def test_a_job_whose_client_hung_up_goes_on(fake):
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(fake.url + TXT2IMG, json=SMALL | {"steps": 30, "force_task_id": "a"}, timeout=0.05)
    assert post(fake, force_task_id="b").status_code == 200
    assert fake.painter.finished == ["a", "b"]


def test_options_are_set_or_refused(fake):
    assert post(fake, "/sdapi/v1/options", samples_format="jpg").json() is None
    assert requests.get(f"{fake.url}/sdapi/v1/options", timeout=5).json()["samples_format"] == "jpg"
    refused = post(fake, "/sdapi/v1/options", nope=1)
    assert (refused.status_code, refused.json()["error"]) == (500, "KeyError")


def test_faults_come_in_order_and_the_last_one_stays(fake):
    fake.fault(TXT2IMG, (500, b"first"), "pass")
    assert post(fake).text == "first"
    assert post(fake).status_code == post(fake).status_code == 200


def test_a_body_that_is_no_object_is_a_validation_error(fake):
    answer = requests.post(fake.url + TXT2IMG, data="{", timeout=5)
    assert answer.json()["detail"][0]["type"] == "value_error.jsondecode"
    assert requests.post(fake.url + TXT2IMG, json=[1], timeout=5).status_code == 422


@pytest.mark.parametrize("path", ["/", "/sdapi/v1/nope", "/controlnet/model_list"])
def test_unknown_addresses(path):
    with FakeAutomatic1111(controlnet=False) as fake:
        assert requests.get(fake.url + path, timeout=5).json() == {"detail": "Not Found"}


def test_runs_as_a_program():
    command = [sys.executable, "-m", "tests.sd.fake_automatic1111", "--port", "0", "--auth", "me:secret", "--nowebui"]
    with subprocess.Popen([*command, "--step-s", "0"], stdout=subprocess.PIPE, text=True) as program:
        try:
            url = program.stdout.readline().strip()
            assert requests.get(f"{url}/sdapi/v1/progress", timeout=5).status_code == 401
            answer = requests.post(url + TXT2IMG, json=SMALL, auth=("me", "secret"), timeout=5)
            assert len(answer.json()["images"]) == 1
            assert (
                requests.post(
                    f"{url}/internal/progress", json={"id_task": "x"}, auth=("me", "secret"), timeout=5
                ).status_code
                == 404
            )
        finally:
            program.terminate()
