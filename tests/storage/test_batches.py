import threading
from dataclasses import replace

import pytest

from artbot_server.errors import BadRequest, NotFound, TooMany
from artbot_server.painting.batches import Batch, BatchState, Item, ItemNow
from artbot_server.painting.jobs import JobState
from artbot_server.storage.batches import BatchStore
from artbot_server.storage.jobs import JobStore
from tests.storage.stored import LIMIT, claims, job, known, put


def batch(id="b1", session_id="anna", count=3, **more):
    """A batch and its jobs."""
    items = [
        Item(
            folder="plain", template="cat", round=1, repeat=n + 1, label="猫", folder_label="plain", job_id=f"{id} {n}"
        )
        for n in range(count)
    ]
    jobs = [job(item.job_id, session_id, batch_id=id, place=n, label="猫") for n, item in enumerate(items)]
    return Batch(id=id, session_id=session_id, prompt="a cat", items=tuple(items), **more), jobs


@pytest.fixture
def store(database):
    return BatchStore(database)


def states(store, id="b1"):
    return [now.state for _, now in sorted(store.items_now([id]).items())]


def test_a_batch_is_kept_with_all_its_jobs(database, store):
    asked, jobs = batch(overrides={"steps": 4}, negative_prompt="dogs", conversation_id="c1", client_sid="panel")
    kept, is_new = store.create(asked, jobs, LIMIT)
    assert is_new
    assert kept == store.get("b1", "anna") == replace(asked, created_at=kept.created_at)
    assert kept.created_at > 1.7e9
    assert (kept.state, kept.saved_to, kept.ended_at) == (BatchState.RUNNING, None, None)
    found = JobStore(database).get("b1 1", "anna")
    assert (found.batch_id, found.place, found.label, found.state) == ("b1", 1, "猫", JobState.QUEUED)


def test_its_jobs_are_painted_in_their_order(database, store):
    known(database, "studio")
    asked, jobs = batch(count=12)
    store.create(asked, [replace(one, id=f"{chr(122 - n)}") for n, one in enumerate(jobs)], LIMIT)
    painter = claims(database)
    painted = []
    while (claimed := painter.claim("studio")) is not None:
        painted.append(claimed.place)
        painter.done(claimed, [])
    assert painted == list(range(12))


def test_the_same_batch_twice_is_one(database, store):
    asked, jobs = batch()
    first, _ = store.create(asked, jobs, LIMIT)
    again, more = batch(count=5)
    assert store.create(replace(again, prompt="a dog"), [replace(one, id=f"new {one.id}") for one in more], 3) == (
        first,
        False,
    )
    assert len(store.items_now(["b1"])) == 3


def test_the_same_batch_twice_at_once_is_one(database, store):
    answers = []

    def send(number):
        asked, jobs = batch()
        answers.append(store.create(asked, [replace(one, id=f"{number} {one.id}") for one in jobs], LIMIT))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(is_new for _, is_new in answers) == 1
    assert len({kept for kept, _ in [(one.id, new) for one, new in answers]}) == 1
    assert len(store.items_now(["b1"])) == 3


def test_somebody_elses_id(store):
    store.create(*batch(), LIMIT)
    with pytest.raises(BadRequest) as caught:
        store.create(*batch(session_id="ben"), LIMIT)
    assert caught.value.detail["field"] == "batch_id"


def test_a_batch_over_the_limit_is_refused_whole(database, store):
    put(database, "j1", "j2")
    put(database, "j3", session_id="ben")
    with pytest.raises(TooMany) as caught:
        store.create(*batch(count=4), 5)
    assert (caught.value.detail["limit"], caught.value.detail["room"]) == (5, 3)
    assert store.of_session("anna") == []
    assert len(JobStore(database).of_session("anna")) == 2
    assert store.create(*batch(count=3), 5)[1]


def test_two_batches_at_once_never_pass_the_limit(store):
    refused = []

    def send(number):
        try:
            store.create(*batch(f"b{number}", count=3), 7)
        except TooMany:
            refused.append(number)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert len(store.of_session("anna")) == 2


def test_a_batch_is_its_sessions_alone(store):
    store.create(*batch(), LIMIT)
    with pytest.raises(NotFound) as caught:
        store.get("b1", "ben")
    assert caught.value.detail["field"] == "batch_id"
    with pytest.raises(NotFound):
        store.request_cancel("b1", "ben")
    assert store.of_session("ben") == []


def test_the_newest_come_first(store):
    for number in range(23):
        store.create(*batch(f"b{number:02}", count=1), LIMIT)
    assert [one.id for one in store.of_session("anna")] == [f"b{number:02}" for number in range(22, 2, -1)]


def test_those_of_one_conversation(store):
    for number, conversation_id in enumerate(("c1", "c2", None)):
        made, its_jobs = batch(f"b{number}", count=1)
        store.create(replace(made, conversation_id=conversation_id), its_jobs, LIMIT)
    assert [one.id for one in store.of_session("anna", conversation_id="c2")] == ["b1"]
    assert store.of_session("anna", conversation_id="c3") == []


def test_each_saved_batch_has_a_name_of_its_own(store):
    names = [store.create(*batch(f"b{number}", count=1), LIMIT, save=True)[0].saved_to for number in range(4)]
    assert len(set(names)) == 4
    assert names[0].count("_") == 5
    assert store.get("b2", "anna").saved_to == names[2]


def test_how_far_each_item_is(database, store):
    known(database, "studio")
    store.create(*batch(), LIMIT)
    painter = claims(database)
    claimed = painter.claim("studio")
    painter.progress(claimed, 0.5, 2, 4)
    assert store.items_now(["b1"]) == {
        "b1 0": ItemNow(JobState.RUNNING, 0.5),
        "b1 1": ItemNow(JobState.QUEUED),
        "b1 2": ItemNow(JobState.QUEUED),
    }
    assert store.items_now([]) == {}


def test_cancelling_takes_what_waits_and_marks_what_runs(database, store):
    known(database, "studio", "other")
    store.create(*batch(), LIMIT)
    put(database, "alone")
    painter = claims(database)
    painter.done(painter.claim("studio"), [])
    running = painter.claim("studio")
    cancelled, jobs, ids = store.request_cancel("b1", "anna")
    assert cancelled.state is BatchState.CANCELLED
    assert cancelled.ended_at is None
    assert ([one.id for one in jobs], ids) == (["b1 2"], ["b1 1"])
    assert (jobs[0].state, jobs[0].seq) == (JobState.CANCELLED, 2)
    assert jobs[0].ended_at is not None
    assert states(store) == [JobState.DONE, JobState.RUNNING, JobState.CANCELLED]
    assert painter.renew(running).cancel_requested
    assert JobStore(database).get("alone").state is JobState.QUEUED


def test_cancelling_again_is_no_fault(store):
    store.create(*batch(), LIMIT)
    store.request_cancel("b1", "anna")
    assert store.request_cancel("b1", "anna")[1:] == ([], [])
