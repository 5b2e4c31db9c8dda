from dataclasses import replace

from artbot_server.painting.jobs import JobState
from artbot_server.painting.worker import worker_name
from tests.painting.house import QUICK, until
from tests.painting.scripted_backend import ScriptedBackend


def test_a_stopping_worker_lets_a_job_end_that_is_nearly_done(house):
    backend = ScriptedBackend(seconds=0.3)
    worker = house.work(backend, timing=replace(QUICK, grace_s=20))
    job = house.submit()
    until(lambda: backend.said)
    worker.stop()
    assert house.ended(job).state is JobState.DONE


def test_a_stopping_worker_hands_back_what_it_paints(house):
    backend = ScriptedBackend(endless=True)
    worker = house.work(backend)
    job = house.submit()
    until(lambda: backend.said)
    worker.stop()
    until(lambda: backend.said[-1].startswith("closed"))
    back = until(lambda: (found := house.jobs.get(job.id)).state is JobState.QUEUED and found)
    assert back.attempt == 0
    other = ScriptedBackend()
    house.work(other)
    done = house.ended(job)
    assert (done.state, done.attempt) == (JobState.DONE, 1)
    assert not {line.split()[1] for line in other.said} & {line.split()[1] for line in backend.said}


def test_workers_have_names_of_their_own():
    assert len({worker_name() for _ in range(100)}) == 100
