import time
from dataclasses import replace

from artbot_server.errors import BackendFailed
from artbot_server.painting.jobs import JobState
from tests.painting.house import QUICK, until
from tests.painting.scripted_backend import ScriptedBackend


class Counted(ScriptedBackend):
    """Knows how often it was asked how it is."""

    asked = 0

    def abilities(self):
        self.asked += 1
        return super().abilities()


def test_jobs_of_one_backend_come_one_after_the_other(house):
    backend = ScriptedBackend()
    house.work(backend)
    for job in [house.submit() for _ in range(3)]:
        house.ended(job)
    kinds = [line.split()[0] for line in backend.said]
    assert kinds == ["begun", "ended"] * 3


def test_two_backends_paint_at_the_same_time(house):
    studio, attic = ScriptedBackend("studio", endless=True), ScriptedBackend("attic", endless=True)
    house.work(studio, attic)
    jobs = [house.submit(), house.submit()]
    until(lambda: studio.said and attic.said)
    for job in jobs:
        house.queue.cancel("anna", job.id)
        assert house.ended(job).state is JobState.CANCELLED


def test_an_unforeseen_fault_costs_one_job(house):
    backend = ScriptedBackend(failures=[ZeroDivisionError("secret detail")])
    house.work(backend)
    failed = house.ended(house.submit())
    assert (failed.state, failed.error["code"]) == (JobState.FAILED, "internal")
    assert "secret" not in str(failed.error)
    assert house.ended(house.submit()).state is JobState.DONE


def test_a_backend_that_is_away_claims_nothing_until_it_is_back(house):
    backend = ScriptedBackend()
    backend.reachable = False
    house.work(backend)
    job = house.submit()
    until(lambda: house.backends.all() and not house.backends.all()[0].up)
    time.sleep(0.3)
    assert house.jobs.get(job.id).attempt == 0
    backend.reachable = True
    assert house.ended(job).state is JobState.DONE
    assert house.backends.all()[0].up
    until(lambda: house.kinds.count("backends_changed") == 2)


def test_a_job_moves_on_from_a_backend_that_died(house):
    """The dead one is asked how it is before it may take the next job; the other one paints it."""
    attic = ScriptedBackend("attic")
    attic.failures = [BackendFailed("It went away.", code="backend_unreachable", retry=True)] * 9
    house.work(attic)
    until(lambda: house.backends.all())
    attic.reachable = False
    job = house.submit()
    until(lambda: attic.said)
    house.work(ScriptedBackend("studio"))
    done = house.ended(job)
    assert (done.state, done.backend) == (JobState.DONE, "studio")
    assert len(attic.said) == 1


def test_what_it_offers_is_known(house):
    backend = ScriptedBackend()
    house.work(backend)
    until(lambda: house.queue.abilities() == backend.can)
    assert [known.as_json()["name"] for known in house.backends.all()] == ["studio"]


def test_work_is_found_without_a_word(house):
    house.work(ScriptedBackend())
    until(lambda: house.hub.workers == 1)
    house.hub.stop()
    job = house.submit()
    until(lambda: house.jobs.get(job.id).state is JobState.DONE)


def test_one_that_is_away_is_asked_less_and_less_until_a_job_wants_it(house):
    backend = Counted()
    backend.reachable = False
    house.work(backend, timing=replace(QUICK, poll_s=0.02, down_s=0.4))
    time.sleep(2)  # at 0, 0.4, 1.2 and 2.8 s
    assert 2 <= backend.asked <= 4
    backend.reachable = True
    assert house.ended(house.submit()).state is JobState.DONE


def test_one_that_is_away_is_asked_at_once_when_its_operator_asks(house):
    backend = Counted()
    backend.reachable = False
    house.work(backend, timing=replace(QUICK, poll_s=0.02, down_s=60))
    until(lambda: backend.asked)
    backend.reachable = True
    time.sleep(0.2)
    assert backend.asked == 1
    house.backends.ask("studio")
    until(lambda: house.backends.all()[0].up)


def test_weights_are_noted(house):
    house.work(ScriptedBackend("studio"), ScriptedBackend("attic"), weights={"attic": 3.0})
    until(lambda: {known.name: known.weight for known in house.backends.all()} == {"studio": 1.0, "attic": 3.0})


def test_a_drained_backend_stays_so_over_a_restart(house):
    worker = house.work(ScriptedBackend())
    until(lambda: house.backends.all())
    house.backends.drain("studio")
    worker.stop()
    until(lambda: not house.hub.workers)
    house.work(ScriptedBackend())
    job = house.submit()
    time.sleep(0.5)
    assert house.jobs.get(job.id).state is JobState.QUEUED
    house.backends.resume("studio")
    assert house.ended(job).state is JobState.DONE
