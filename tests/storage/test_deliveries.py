import threading

import pytest
from sqlalchemy import update

from artbot_server.callbacks.deliveries import Answer, DeliveryState
from artbot_server.painting.jobs import MAX_ATTEMPTS, JobState
from artbot_server.storage.deliveries import DeliveryStore
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.schema import deliveries
from tests.storage.stored import claims, known, put

URL = "https://hooks.example/a"
ERROR = {"code": "backend_failed", "message": "It broke.", "detail": {"fault": "backend"}}
WAITING, DELIVERED, GIVEN_UP = DeliveryState.WAITING, DeliveryState.DELIVERED, DeliveryState.GIVEN_UP


@pytest.fixture
def store(database):
    known(database, "studio")
    return DeliveryStore(database)


def claimed(database, id="j1", lease_s=60.0, **more):
    put(database, id, callback_url=URL, **more)
    worker = claims(database, lease_s=lease_s)
    return worker, worker.claim("studio")


def owed(database, *ids, **more):
    """Callbacks of jobs that were cancelled while they waited."""
    for job in put(database, *ids, **{"callback_url": URL} | more):
        JobStore(database).request_cancel(job.id, job.session_id)


def overdue(database):
    """As if every lease and pause had passed."""
    database.write(lambda connection: connection.execute(update(deliveries).values(next_at=1.0)))


# Written with the end


@pytest.mark.parametrize(
    ("event", "end"),
    [
        ("done", lambda worker, job: worker.done(job, [])),
        ("failed", lambda worker, job: worker.failed(job, ERROR)),
        ("cancelled", lambda worker, job: worker.cancelled(job)),
    ],
)
def test_each_end_owes_one_callback(database, store, event, end):
    worker, job = claimed(database)
    assert store.of_job("j1") == []
    assert end(worker, job)
    assert not end(worker, job)
    (owing,) = store.of_job("j1")
    assert (owing.event, owing.url, owing.session_id, owing.state) == (event, URL, "anna", WAITING)
    assert owing.attempts == 0
    assert owing.created_at == JobStore(database).get("j1").ended_at


def test_a_job_cancelled_while_it_waits_owes_one(database, store):
    owed(database, "j1")
    JobStore(database).request_cancel("j1", "anna")
    assert [one.event for one in store.of_job("j1")] == ["cancelled"]


def test_a_job_that_goes_back_into_the_queue_owes_nothing_yet(database, store):
    worker, job = claimed(database)
    worker.try_again(job)
    job = worker.claim("studio")
    worker.hand_back(job)
    assert store.of_job("j1") == []
    job = worker.claim("studio")
    JobStore(database).request_cancel("j1", "anna")
    worker.hand_back(job)
    assert [one.event for one in store.of_job("j1")] == ["cancelled"]


def test_a_job_given_up_with_its_worker_owes_one(database, store):
    worker, _ = claimed(database, lease_s=-1)
    for _ in range(MAX_ATTEMPTS):
        assert store.of_job("j1") == []
        worker.reclaim()
        worker.claim("studio")
    assert JobStore(database).get("j1").state is JobState.FAILED
    assert [one.event for one in store.of_job("j1")] == ["failed"]


def test_a_lost_job_that_was_to_be_cancelled_owes_one(database, store):
    worker, _ = claimed(database, lease_s=-1)
    JobStore(database).request_cancel("j1", "anna")
    worker.reclaim()
    assert [one.event for one in store.of_job("j1")] == ["cancelled"]


def test_a_worker_that_lost_its_lease_owes_nothing(database, store):
    worker, job = claimed(database, lease_s=-1)
    worker.reclaim()
    assert not worker.done(job, [])
    assert store.of_job("j1") == []


def test_a_job_without_an_address_owes_nothing(database, store):
    put(database, "j1")
    JobStore(database).request_cancel("j1", "anna")
    assert store.of_job("j1") == []


# Sending


def test_one_attempt_at_a_time(database, store):
    owed(database, "j1")
    first = store.claim()
    assert (first.job_id, first.attempts) == ("j1", 1)
    assert store.claim() is None


def test_many_senders_never_begin_the_same(database, store):
    ids = [f"j{number}" for number in range(12)]
    owed(database, *ids)
    begun = []

    def work():
        while (one := DeliveryStore(database).claim()) is not None:
            begun.append(one.job_id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begun) == sorted(ids)


def test_a_busy_address_is_left_out(database, store):
    owed(database, "j1")
    owed(database, "j2", callback_url="https://other.example/")
    assert store.claim({URL}).job_id == "j2"
    assert store.claim({URL}) is None


def test_what_was_delivered_is_over(database, store):
    owed(database, "j1")
    assert store.answered(store.claim(), Answer(204), DELIVERED, 0)
    (over,) = store.of_job("j1")
    assert (over.state, over.status, over.next_at) == (DELIVERED, 204, None)
    assert over.ended_at >= over.created_at
    overdue(database)
    assert store.claim() is None


def test_what_failed_waits_for_its_pause(database, store):
    owed(database, "j1")
    store.answered(store.claim(), Answer(500), WAITING, 30.0)
    (waits,) = store.of_job("j1")
    assert (waits.state, waits.status, waits.ended_at) == (WAITING, 500, None)
    assert 20 < waits.next_at - waits.created_at < 60
    assert store.claim() is None
    overdue(database)
    assert store.claim().attempts == 2


def test_a_sender_that_died_is_followed_by_another_with_the_same_id(database, store):
    owed(database, "j1")
    lost = store.claim()
    overdue(database)
    again = store.claim()
    assert (again.id, again.attempts) == (lost.id, 2)
    assert not store.answered(lost, Answer(error="late"), GIVEN_UP, 0)
    assert store.answered(again, Answer(200), DELIVERED, 0)
    assert store.of_job("j1")[0].state is DELIVERED


# Looking


def test_a_session_sees_its_own_and_the_operator_all(database, store):
    owed(database, "j1")
    owed(database, "j2", session_id="ben")
    assert [one.job_id for one in store.page("anna")] == ["j1"]
    assert {one.job_id for one in store.page(None)} == {"j1", "j2"}


def test_pages_go_back_in_time(database, store):
    for number in range(5):
        owed(database, f"j{number}")
    first = store.page("anna", limit=2)
    then = store.page("anna", before=first[-1].created_at)
    assert [one.job_id for one in first + then] == ["j4", "j3", "j2", "j1", "j0"]
