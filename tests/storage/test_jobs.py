import threading
import time

import pytest
from sqlalchemy import select, update

from artbot_server.errors import BadRequest, NotFound, TooMany
from artbot_server.painting.jobs import JobState
from artbot_server.painting.line import Served
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.schema import jobs as table
from artbot_server.storage.schema import sessions
from tests.storage.stored import LIMIT, claims, job, known, put


@pytest.fixture
def jobs(database):
    return JobStore(database)


def run(database, job_id="j1", backend="studio"):
    """Claim the next job, which should be this one."""
    known(database, backend)
    claimed = claims(database).claim(backend)
    assert claimed.id == job_id
    return claimed


def test_a_job_comes_back_as_it_was_put_in(jobs):
    wanted = job("j1", overrides={"steps": 9}, fields={"a": [1, {"artbot_image": "p"}]}, client_sid="c")
    put_in, is_new = jobs.create(wanted, LIMIT)
    assert is_new
    assert jobs.get("j1", "anna") == put_in
    assert put_in.fields == {"a": [1, {"artbot_image": "p"}]}
    assert put_in.state is JobState.QUEUED
    assert (put_in.seq, put_in.attempt) == (1, 0)
    assert abs(put_in.created_at - time.time()) < 5


def test_the_same_id_gives_the_first_job_again(jobs):
    first, _ = jobs.create(job("j1", prompt="a cat"), LIMIT)
    assert jobs.create(job("j1", prompt="a dog"), LIMIT) == (first, False)


def test_another_sessions_id_is_refused_by_name(jobs):
    jobs.create(job("j1"), LIMIT)
    with pytest.raises(BadRequest) as caught:
        jobs.create(job("j1", "ben"), LIMIT)
    assert caught.value.detail["field"] == "job_id"


def test_a_session_may_have_so_many_waiting(jobs, database):
    put(database, "j1", "j2")
    with pytest.raises(TooMany) as caught:
        jobs.create(job("j3"), 2)
    assert caught.value.as_json()["code"] == "too_many"
    assert jobs.create(job("j2"), 2)[1] is False
    assert jobs.create(job("b1", "ben"), 2)[1] is True
    run(database)
    assert jobs.create(job("j3"), 2)[1] is True


def test_a_session_is_written_at_its_first_job(jobs, database):
    put(database, "j1", "j2")
    put(database, "b1", session_id="ben")
    query = select(sessions.c.id).order_by(sessions.c.id)
    assert database.read(lambda connection: connection.execute(query).scalars().all()) == ["anna", "ben"]


def in_parallel(count, work):
    """What `count` threads that start together returned or raised."""
    results, barrier = [], threading.Barrier(count)

    def one(number):
        barrier.wait()
        try:
            results.append(work(number))
        except (BadRequest, TooMany) as error:
            results.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_limit_holds_when_many_come_at_once(jobs):
    results = in_parallel(8, lambda number: jobs.create(job(f"j{number}"), 3))
    assert sum(isinstance(result, TooMany) for result in results) == 5
    assert len(jobs.of_session("anna")) == 3


def test_one_id_sent_many_times_at_once_is_one_job(jobs):
    results = in_parallel(6, lambda number: jobs.create(job("j1", prompt=f"cat {number}"), LIMIT))
    assert sum(is_new for _, is_new in results) == 1
    assert len({result.prompt for result, _ in results}) == 1


def test_one_id_from_two_sessions_at_once_is_one_sessions(jobs):
    results = in_parallel(6, lambda number: jobs.create(job("j1", f"session {number}"), LIMIT))
    assert sum(isinstance(result, BadRequest) for result in results) == 5


def test_foreign_jobs_are_not_found(jobs, database):
    put(database, "j1")
    for job_id, session_id in (("j1", "ben"), ("nothing", "anna")):
        with pytest.raises(NotFound):
            jobs.get(job_id, session_id)
    assert jobs.get("j1").session_id == "anna"


def ended(database, *ids, session_id="anna"):
    for job_id in put(database, *ids, session_id=session_id):
        JobStore(database).request_cancel(job_id.id, session_id)


def test_a_session_shows_unfinished_and_lately_ended_jobs_in_order(jobs, database):
    ended(database, *[f"e{number:02}" for number in range(23)])
    put(database, "j1", "j2")
    put(database, "b1", session_id="ben")
    shown = [one.id for one in jobs.of_session("anna")]
    assert shown == [f"e{number:02}" for number in range(3, 23)] + ["j1", "j2"]


def test_a_session_shows_the_jobs_of_given_replies_too(jobs, database):
    put(database, "old", reply_id="r1")
    jobs.request_cancel("old", "anna")
    ended(database, *[f"e{number:02}" for number in range(20)])
    assert "old" not in [one.id for one in jobs.of_session("anna")]
    assert "old" in [one.id for one in jobs.of_session("anna", ["r1"])]
    assert jobs.of_session("ben", ["r1"]) == []


def test_jobs_of_replies(jobs, database):
    put(database, "j1", "j2", reply_id="r1")
    put(database, "j3", reply_id="r2")
    assert [one.id for one in jobs.of_replies("anna", ["r1", "r2", "r3"])] == ["j1", "j2", "j3"]
    assert jobs.of_replies("ben", ["r1"]) == []


def test_ended_jobs_of_a_batch_are_given_by_id_alone(jobs, database):
    put(database, "j1", reply_id="r1")
    put(database, "j2", "j3", reply_id="r1", batch_id="b1", place=0, label="f")
    assert [one.id for one in jobs.of_replies("anna", ["r1"])] == ["j1"]
    jobs.request_cancel("j2", "anna")
    assert [one.id for one in jobs.of_session("anna", ["r1"])] == ["j1", "j3"]
    assert [one.id for one in jobs.of_ids("anna", ["j3", "j2", "gone"])] == ["j2", "j3"]
    assert jobs.of_ids("ben", ["j2"]) == []


def test_what_waits_and_who_was_served(jobs, database):
    put(database, "j1", "j2")
    put(database, "b1", session_id="ben", model="red-v1")
    begun = run(database)
    now = jobs.queue_now()
    assert {(one.id, one.session_id, one.model) for one in now.waiting} == {
        ("j2", "anna", None),
        ("b1", "ben", "red-v1"),
    }
    assert now.served == {"anna": Served(1, begun.started_at), "ben": Served(0, 0.0)}
    assert now.running == 1
    assert now.durations == []


def test_the_durations_of_jobs_that_were_done(jobs, database):
    put(database, "j1", "j2", "j3")
    claims(database).done(run(database), [])
    claims(database).failed(run(database, "j2"), {})
    [seconds] = jobs.queue_now().durations
    assert 0 <= seconds < 5


def test_cancelling_a_job_that_waits_ends_it(jobs, database):
    put(database, "j1")
    cancelled = jobs.request_cancel("j1", "anna")
    assert cancelled.state is JobState.CANCELLED
    assert cancelled.seq == 2
    assert cancelled == jobs.get("j1")
    assert cancelled.ended_at >= cancelled.created_at
    known(database, "studio")
    assert claims(database).claim("studio") is None


def test_cancelling_a_running_job_marks_it(jobs, database):
    put(database, "j1")
    run(database)
    marked = jobs.request_cancel("j1", "anna")
    assert (marked.state, marked.cancel_requested, marked.seq) == (JobState.RUNNING, True, 2)


def test_cancelling_an_ended_job_changes_nothing(jobs, database):
    put(database, "j1")
    first = jobs.request_cancel("j1", "anna")
    assert jobs.request_cancel("j1", "anna") == first


def test_cancelling_a_foreign_job(jobs, database):
    put(database, "j1")
    with pytest.raises(NotFound):
        jobs.request_cancel("j1", "ben")
    assert jobs.get("j1").state is JobState.QUEUED


def test_a_sessions_jobs_come_in_pages_the_newest_first(jobs, database):
    put(database, "j1", "j2", "j3")
    put(database, "b1", session_id="ben")
    newest = jobs.page("anna", before=None, limit=2)
    assert [one.id for one in newest] == ["j3", "j2"]
    rest = jobs.page("anna", before=(newest[-1].created_at, "j2"), limit=2)
    assert [one.id for one in rest] == ["j1"]


def test_jobs_of_one_moment_are_all_told(jobs, database):
    put(database, "j1", "j2", "j3")
    database.write(lambda connection: connection.execute(update(table).values(created_at=5.5)))
    told, before = [], None
    while page := jobs.page("anna", before=before, limit=1):
        told += [one.id for one in page]
        before = (page[-1].created_at, page[-1].id)
    assert told == ["j3", "j2", "j1"]


def test_all_jobs_of_a_conversation_in_parts(database):
    store = JobStore(database)
    put(database, "a", "b", "c", conversation_id="c1")
    put(database, "d", conversation_id="c2")
    put(database, "e", session_id="bert", conversation_id="c1")
    found, after = [], (0.0, "")
    while part := store.of_conversation("anna", "c1", after, 2):
        found.append([job.id for job in part])
        after = (part[-1].created_at, part[-1].id)
    assert found == [["a", "b"], ["c"]]
