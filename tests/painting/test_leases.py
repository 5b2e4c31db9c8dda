import time
from dataclasses import replace

import pytest

from artbot_server.painting.jobs import JobState
from artbot_server.storage import schema
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.claims import Claims
from tests.painting.house import QUICK, until
from tests.painting.scripted_backend import ScriptedBackend


def test_a_running_job_is_cancelled_at_once(house):
    backend = ScriptedBackend(endless=True)
    house.work(backend)
    job = house.submit()
    until(lambda: backend.said)
    assert house.queue.cancel("anna", job.id).state is JobState.RUNNING
    assert house.ended(job).state is JobState.CANCELLED
    assert backend.said[-1].startswith("closed")
    until(lambda: house.states(job.id)[-1:] == ["cancelled"])
    backend.endless = False
    assert house.ended(house.submit()).state is JobState.DONE


def test_a_cancel_whose_word_was_lost_works_all_the_same(house):
    backend = ScriptedBackend(endless=True)
    house.work(backend)
    job = house.submit()
    until(lambda: backend.said)
    house.jobs.request_cancel(job.id, "anna")
    assert house.ended(job).state is JobState.CANCELLED


def test_a_long_job_keeps_its_lease(house):
    """Three leases long."""
    backend = ScriptedBackend(seconds=1.2)
    house.work(backend, timing=replace(QUICK, lease_s=0.4, renew_s=0.1))
    done = house.ended(house.submit())
    assert (done.state, done.attempt) == (JobState.DONE, 1)


def test_jobs_of_a_worker_that_is_gone_are_painted_by_another(house):
    BackendStore(house.database).seen(ScriptedBackend(), ScriptedBackend().can)
    job = house.submit()
    assert Claims(house.database, "gone", 0.2).claim("studio").id == job.id
    house.work(ScriptedBackend())
    done = house.ended(job)
    assert (done.state, done.attempt) == (JobState.DONE, 2)


def test_a_job_that_loses_every_worker_fails_and_its_session_hears_it(house):
    BackendStore(house.database).seen(ScriptedBackend(), ScriptedBackend().can)
    job = house.submit()
    gone = Claims(house.database, "gone", 0.0)
    for attempt in (1, 2, 3):
        assert gone.claim("studio").attempt == attempt
        time.sleep(0.05)
        if attempt < 3:
            gone.reclaim()
    house.work(ScriptedBackend())
    failed = house.ended(job)
    assert failed.error["code"] == "worker_lost"
    until(lambda: house.states(job.id)[-1:] == ["failed"])


@pytest.mark.parametrize("deleted", [False, True])
def test_a_run_that_lost_its_lease_stops_and_changes_nothing(house, deleted):
    backend = ScriptedBackend(endless=True)
    house.work(backend)
    job = house.submit()
    until(lambda: backend.said)
    row = schema.jobs.c.id == job.id
    change = schema.jobs.delete() if deleted else schema.jobs.update().values(worker="somebody else")
    house.database.write(lambda connection: connection.execute(change.where(row)))
    until(lambda: backend.said[-1].startswith("closed"))
    time.sleep(0.2)
    if not deleted:
        assert house.jobs.get(job.id).worker == "somebody else"
    assert not list((house.data_dir / "pictures").rglob("*.png"))


def test_a_backend_that_hangs_does_not_keep_its_job(house):
    hanging = ScriptedBackend("attic", silent=2.0)
    timing = replace(QUICK, lease_s=0.4, renew_s=0.1, silent_s=0.3)
    house.work(hanging, timing=timing)
    job = house.submit()
    until(lambda: hanging.said)
    house.work(ScriptedBackend("studio"), timing=timing)
    done = house.ended(job)
    assert (done.state, done.attempt, done.backend) == (JobState.DONE, 2, "studio")
    until(lambda: hanging.said[-1].startswith(("ended", "closed")))
    time.sleep(0.2)
    assert house.jobs.get(job.id) == done
    assert len(house.pictures.of_jobs([job.id])[job.id]) == 1
