"""Ending a call: our own job only, whoever else uses the server, and what others do to ours."""

import pytest
import requests

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111 import Automatic1111
from tests.sd.automatic1111.painting import (
    INTERRUPT,
    LONG,
    PROGRESS,
    TXT2IMG,
    advance,
    paint,
    payload,
    somebody_else,
    wait_until,
)
from tests.sd.fake_automatic1111 import FakeAutomatic1111

pytestmark = pytest.mark.alone


@pytest.mark.parametrize("webui", [True, False])
def test_closing_interrupts_our_own_job(webui):
    with FakeAutomatic1111(webui=webui) as fake:
        painting = Automatic1111(url=fake.url, poll_s=0.02).paint(payload(**LONG), "job-1")
        advance(painting)
        painting.close()
        assert not fake.painter.state.job
        assert fake.painter.state.sampling_step < LONG["steps"] - 1
        assert fake.paths("POST").count(INTERRUPT) == 1


def test_closing_while_a_checkpoint_loads(fake):
    fake.painter.load_s = 0.3
    painting = Automatic1111(url=fake.url, poll_s=0.02).paint(payload(**LONG), "job-1")
    assert next(painting).fraction == 0.0
    wait_until(lambda: fake.painter.state.job_count == -1)
    painting.close()
    assert not fake.painter.state.job


def test_closing_in_the_queue_waits_for_its_turn_and_spares_the_others(backend, fake):
    with somebody_else(fake, steps=25) as answers:
        painting = backend.paint(payload(**LONG), "job-1")
        next(painting)
        wait_until(lambda: "job-1" in fake.painter.pending)
        painting.close()
        assert fake.painter.begun == ["theirs", "job-1"]
        assert not fake.painter.state.job
    assert answers[0].status_code == 200
    assert fake.paths("POST").count(INTERRUPT) == 1
    assert fake.painter.finished == ["theirs", "job-1"]


def test_closing_without_task_names_spares_whoever_was_there_first():
    with FakeAutomatic1111(webui=False) as fake:
        backend = Automatic1111(url=fake.url, poll_s=0.02)
        with somebody_else(fake, steps=25):
            painting = backend.paint(payload(steps=20), "job-1")
            next(painting)
            painting.close()
            assert fake.painter.finished == ["theirs", "job-1"]
        assert INTERRUPT not in fake.paths("POST")


def test_a_lost_interrupt_is_sent_again(backend, fake):
    fake.fault(INTERRUPT, "close", (500, b""), "pass")
    painting = backend.paint(payload(**LONG), "job-1")
    advance(painting)
    painting.close()
    assert fake.paths("POST").count(INTERRUPT) == 3
    assert not fake.painter.state.job


@pytest.mark.parametrize(("path", "fields"), [(INTERRUPT, {"n_iter": 3}), (INTERRUPT, {}), ("/sdapi/v1/skip", {})])
def test_somebody_elses_interrupt_is_no_result(backend, fake, path, fields):
    painting = backend.paint(payload(steps=200, **fields), "job-1")
    advance(painting)
    requests.post(fake.url + path, json={}, timeout=5)
    with pytest.raises(BackendFailed, match="interrupted") as caught:
        list(painting)
    assert caught.value.detail["retry"] is True


def test_an_interrupt_before_our_job_began_is_not_ours(backend, fake):
    requests.post(fake.url + INTERRUPT, json={}, timeout=5)
    assert paint(backend).pictures


def test_the_pictures_count_though_the_server_went_away_after_them(backend, fake):
    answered = []

    def then_go(answer):
        fake.fault(PROGRESS, (503, b""))
        answered.append(answer)
        return answer

    fake.change = then_go
    assert paint(backend).pictures
    assert len(answered) == 1


def test_an_older_attempt_that_still_runs_is_ended_first(backend, fake):
    with somebody_else(fake, "job-1", **LONG):
        assert paint(backend, "job-2").pictures
    assert fake.painter.begun == ["job-1", "job-2"]
    assert fake.paths("POST").count(INTERRUPT) == 1


def test_other_jobs_are_no_older_attempts(backend, fake):
    with somebody_else(fake, "job-10-1", steps=20) as answers:
        assert paint(backend, "job-1-2").pictures
        assert paint(backend, "job").pictures
    assert answers[0].status_code == 200
    assert INTERRUPT not in fake.paths("POST")


def test_an_older_attempt_that_failed_stays_active_and_does_no_harm(backend, fake):
    body = {"prompt": "x", "steps": 0, "force_task_id": "job-1"}
    assert requests.post(fake.url + TXT2IMG, json=body, timeout=5).status_code == 500
    assert fake.painter.current_task == "job-1"
    assert paint(backend, "job-2").pictures
