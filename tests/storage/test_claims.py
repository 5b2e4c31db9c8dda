import threading
import time
from contextlib import closing

import pytest

from artbot_server.painting.assignment import GIVE_WAY_S
from artbot_server.painting.jobs import JobState
from artbot_server.sd.base import Abilities
from artbot_server.storage import schema
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.claims import TAKES_JOBS_FOR_S, Lease
from artbot_server.storage.jobs import FIRST_OF_EACH, JobStore
from artbot_server.storage.picture_files import FolderFiles
from artbot_server.storage.pictures import PictureStore
from artbot_server.storage.schema import backends
from tests.painting.scripted_backend import ScriptedBackend
from tests.storage.stored import checked, claims, known, put

ERROR = {"code": "backend_failed", "message": "It broke.", "detail": {"fault": "backend"}}
MOMENT_S = 0.05


@pytest.fixture
def jobs(database):
    known(database, "studio", "attic")
    return JobStore(database)


def test_nothing_waits(database, jobs):
    assert claims(database).claim("studio") is None


def test_a_claim_is_a_lease(database, jobs):
    put(database, "j1")
    claimed = claims(database, "w1", 60).claim("studio")
    assert claimed == jobs.get("j1")
    assert claimed.state is JobState.RUNNING
    assert (claimed.worker, claimed.attempt, claimed.backend, claimed.seq) == ("w1", 1, "studio", 2)
    assert claimed.lease_until == pytest.approx(claimed.started_at + 60, abs=1)


def test_one_job_on_a_backend_at_a_time_over_all_workers(database, jobs):
    put(database, "j1", "j2")
    first = claims(database, "w1").claim("studio")
    assert claims(database, "w2").claim("studio") is None
    assert claims(database, "w1").claim("studio") is None
    assert claims(database, "w2").claim("attic").id == "j2"
    assert claims(database, "w1").done(first, [])
    put(database, "j3")
    assert claims(database, "w2").claim("studio").id == "j3"


def test_claims_are_fair(database, jobs):
    put(database, *[f"a{number}" for number in range(5)])
    put(database, "b1", session_id="ben")
    mine = claims(database)
    order = []
    while (claimed := mine.claim("studio")) is not None:
        order.append(claimed.id)
        mine.done(claimed, [])
    assert order == ["a0", "b1", "a1", "a2", "a3", "a4"]


def test_the_loaded_model_goes_first(database, jobs):
    put(database, "j1", model="blue-v1")
    put(database, "j2", model="red-v1")
    BackendStore(database).seen(ScriptedBackend("studio"), Abilities(loaded_model="red-v1"))
    assert claims(database).claim("studio").id == "j2"


def test_a_job_waits_for_a_backend_that_has_its_model(database, jobs):
    put(database, "j1", model="blue-v1")
    known(database, "studio", models=("red-v1",))
    known(database, "attic", models=("red-v1", "blue-v1"))
    assert claims(database).claim("studio") is None
    assert claims(database).claim("attic").id == "j1"


def test_what_a_backend_has_loaded_is_noted_at_the_end(database, jobs):
    put(database, "j1")
    mine = claims(database)
    mine.done(mine.claim("studio"), [], model="red-v1")
    put(database, "j2", model="blue-v1")
    put(database, "j3", model="red-v1")
    assert mine.claim("studio").id == "j3"


def test_renewing(database, jobs):
    put(database, "j1")
    mine = claims(database, lease_s=60)
    claimed = mine.claim("studio")
    time.sleep(MOMENT_S)
    assert mine.renew(claimed) == Lease(held=True)
    assert jobs.get("j1").lease_until > claimed.lease_until
    jobs.request_cancel("j1", "anna")
    assert mine.renew(claimed) == Lease(held=True, cancel_requested=True)
    assert mine.reclaim() == []


def test_progress_is_noted(database, jobs):
    put(database, "j1")
    mine = claims(database)
    assert mine.progress(mine.claim("studio"), 0.4, 8, 20)
    job = jobs.get("j1")
    assert (job.progress, job.step, job.steps, job.seq) == (0.4, 8, 20, 2)


def test_done_comes_with_its_pictures(database, jobs, tmp_path):
    put(database, "j1")
    mine, pictures = claims(database), PictureStore(database, FolderFiles(tmp_path))
    claimed = mine.claim("studio")
    kept = pictures.write_files(checked(), session_id="anna", kind="picture", job_id="j1", seed=7)
    substituted = [{"field": "sampler_name", "asked": "Euler", "got": "Euler a"}]
    assert mine.done(claimed, [kept], substituted)
    job = jobs.get("j1")
    assert (job.state, job.progress, job.seq) == (JobState.DONE, 1.0, 3)
    assert job.substituted == substituted
    assert (job.worker, job.lease_until, job.backend) == (None, None, "studio")
    assert job.ended_at >= job.started_at
    assert [picture.id for picture in pictures.of_jobs(["j1"])["j1"]] == [kept.id]


def test_failed_says_why(database, jobs):
    put(database, "j1")
    mine = claims(database)
    assert mine.failed(mine.claim("studio"), ERROR)
    assert (jobs.get("j1").state, jobs.get("j1").error) == (JobState.FAILED, ERROR)


def test_cancelled(database, jobs):
    put(database, "j1")
    mine = claims(database)
    assert mine.cancelled(mine.claim("studio"))
    assert jobs.get("j1").state is JobState.CANCELLED
    assert mine.claim("studio") is None


def test_a_job_handed_back_was_never_begun(database, jobs):
    put(database, "j1")
    mine = claims(database)
    claimed = mine.claim("studio")
    mine.progress(claimed, 0.5, 1, 2)
    assert mine.hand_back(claimed)
    job = jobs.get("j1")
    assert (job.state, job.attempt, job.seq, job.progress, job.backend) == (JobState.QUEUED, 0, 3, 0.0, None)
    again = claims(database, "w2").claim("studio")
    assert (again.attempt, again.seq) == (1, 4)


def test_another_attempt_counts(database, jobs):
    put(database, "j1")
    mine = claims(database)
    assert mine.try_again(mine.claim("studio"))
    assert jobs.get("j1").state is JobState.QUEUED
    assert jobs.get("j1").failed_on == ["studio"]
    assert mine.claim("attic").attempt == 2


def test_a_job_that_failed_goes_to_another_backend_if_there_is_one(database, jobs):
    put(database, "j1")
    mine = claims(database)
    mine.try_again(mine.claim("studio"))
    assert mine.claim("studio") is None
    assert mine.claim("attic").id == "j1"


@pytest.mark.parametrize("away", ["down", "drained", "without the model", "unheard of"])
def test_there_is_no_other_backend_where_none_takes_its_jobs(database, jobs, away):
    put(database, "j1", model="red-v1")
    store = BackendStore(database)
    if away == "drained":
        store.drain("attic")
    else:
        store.seen(ScriptedBackend("attic"), None if away == "down" else Abilities(models=("blue-v1",)))
    if away == "unheard of":
        long_ago = backends.c.seen_at - TAKES_JOBS_FOR_S
        changed = backends.update().where(backends.c.name == "attic").values(seen_at=long_ago)
        database.write(lambda connection: connection.execute(changed))
    mine = claims(database)
    mine.try_again(mine.claim("studio"))
    assert mine.claim("studio").attempt == 2


def test_a_job_that_failed_everywhere_is_anybodys(database, jobs):
    put(database, "j1")
    mine = claims(database)
    for backend in ("studio", "attic"):
        assert mine.try_again(mine.claim(backend))
    assert jobs.get("j1").failed_on == ["studio", "attic"]
    assert mine.claim("studio").attempt == 3


def test_a_job_handed_back_failed_nowhere(database, jobs):
    put(database, "j1")
    mine = claims(database)
    mine.hand_back(mine.claim("studio"))
    assert jobs.get("j1").failed_on == []
    assert mine.claim("studio").attempt == 1


def test_a_drained_backend_takes_nothing_and_ends_what_it_has(database, jobs):
    put(database, "j1", "j2")
    mine, store = claims(database), BackendStore(database)
    running = mine.claim("studio")
    store.drain("studio")
    assert mine.renew(running) == Lease(held=True)
    assert mine.done(running, [])
    assert mine.claim("studio") is None
    store.resume("studio")
    assert mine.claim("studio").id == "j2"


def test_the_heavier_of_two_free_backends_takes_a_job(database, jobs):
    put(database, "j1")
    BackendStore(database).seen(ScriptedBackend("attic"), Abilities(), weight=2.0)
    mine = claims(database)
    assert mine.claim("studio") is None
    assert mine.claim("attic").id == "j1"
    put(database, "j2")
    assert mine.claim("studio").id == "j2"


def test_who_leaves_all_first_jobs_to_others_looks_at_the_whole_line(database, jobs):
    for number in range(FIRST_OF_EACH + 1):
        put(database, f"j{number}")
    for number in range(FIRST_OF_EACH):
        BackendStore(database).seen(ScriptedBackend(f"attic {number}"), Abilities(), weight=2.0)
    assert claims(database).claim("studio").id == f"j{FIRST_OF_EACH}"


def test_a_long_line_of_one_model_does_not_hide_a_job_of_another(database, jobs):
    for number in range(2 * FIRST_OF_EACH):
        put(database, f"red {number}", model="red-v1")
    put(database, "blue", model="blue-v1")
    put(database, "any")
    BackendStore(database).seen(ScriptedBackend("studio"), Abilities(loaded_model="blue-v1", models=("blue-v1",)))
    mine = claims(database)
    job = mine.claim("studio")
    assert job.id == "blue"
    mine.done(job, [])
    assert mine.claim("studio").id == "any"


def test_a_job_is_not_left_to_a_heavier_backend_for_ever(database, jobs):
    put(database, "j1")
    BackendStore(database).seen(ScriptedBackend("attic"), Abilities(), weight=2.0)
    earlier = schema.jobs.update().values(created_at=schema.jobs.c.created_at - GIVE_WAY_S - 1)
    database.write(lambda connection: connection.execute(earlier))
    assert claims(database).claim("studio").id == "j1"


def test_the_backend_that_has_the_model_loaded_takes_a_job(database, jobs):
    put(database, "j1", model="red-v1")
    BackendStore(database).seen(ScriptedBackend("attic"), Abilities(loaded_model="red-v1", models=("red-v1",)))
    assert claims(database).claim("studio") is None
    assert claims(database).claim("attic").id == "j1"


@pytest.mark.parametrize("back", ["hand_back", "try_again"])
def test_a_job_whose_user_gave_up_does_not_go_back(database, jobs, back):
    put(database, "j1")
    mine = claims(database)
    claimed = mine.claim("studio")
    jobs.request_cancel("j1", "anna")
    assert getattr(mine, back)(claimed)
    assert jobs.get("j1").state is JobState.CANCELLED
    put(database, "j2")
    assert mine.claim("studio").id == "j2"


def lost(database, backend="studio"):
    """A claim whose lease has ended."""
    claimed = claims(database, "gone", lease_s=0.0).claim(backend)
    assert claimed.id == "j1"
    time.sleep(MOMENT_S)
    return claimed


def test_an_ended_lease_is_claimed_again(database, jobs):
    put(database, "j1")
    lost(database)
    mine = claims(database)
    assert mine.claim("studio") is None
    [reclaimed] = mine.reclaim()
    assert (reclaimed.id, reclaimed.state, reclaimed.attempt, reclaimed.seq) == ("j1", JobState.QUEUED, 1, 3)
    assert reclaimed.failed_on == ["studio"]
    assert mine.claim("studio") is None
    assert mine.claim("attic").attempt == 2


def test_the_third_lost_worker_is_the_last(database, jobs):
    put(database, "j1")
    for backend in ("studio", "attic", "studio"):
        lost(database, backend)
        [reclaimed] = claims(database).reclaim()
    assert reclaimed.state is JobState.FAILED
    assert reclaimed.error["code"] == "worker_lost"
    assert reclaimed.error["detail"]["fault"] == "server"
    assert claims(database).reclaim() == []
    put(database, "j2")
    assert claims(database).claim("studio").id == "j2"


def test_a_job_lost_after_its_user_gave_up_is_cancelled(database, jobs):
    put(database, "j1")
    lost(database)
    jobs.request_cancel("j1", "anna")
    [reclaimed] = claims(database).reclaim()
    assert reclaimed.state is JobState.CANCELLED


def test_two_that_reclaim_at_once_do_it_once(database, jobs):
    put(database, "j1")
    lost(database)
    found, barrier = [], threading.Barrier(2)

    def one(name):
        barrier.wait()
        found.extend(claims(database, name).reclaim())

    threads = [threading.Thread(target=one, args=(name,)) for name in ("w1", "w2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [job.id for job in found] == ["j1"]


WRITES = {
    "renew": lambda gone, job, _: gone.renew(job).held,
    "progress": lambda gone, job, _: gone.progress(job, 0.9, 1, 1),
    "done": lambda gone, job, picture: gone.done(job, [picture], model="other"),
    "failed": lambda gone, job, _: gone.failed(job, ERROR),
    "cancelled": lambda gone, job, _: gone.cancelled(job),
    "hand_back": lambda gone, job, _: gone.hand_back(job),
    "try_again": lambda gone, job, _: gone.try_again(job),
}


@pytest.mark.parametrize("after", ["queued", "claimed", "done"])
def test_who_lost_the_lease_changes_nothing(database, jobs, tmp_path, after):
    put(database, "j1")
    old = lost(database)
    mine, pictures = claims(database, "w2"), PictureStore(database, FolderFiles(tmp_path))
    mine.reclaim()
    if after != "queued":
        claimed = mine.claim("attic")
    if after == "done":
        mine.done(claimed, [])
    picture = pictures.write_files(checked(), session_id="anna", kind="picture", job_id="j1")
    before = jobs.get("j1")
    for name, write in WRITES.items():
        assert write(claims(database, "gone"), old, picture) is False, name
        assert jobs.get("j1") == before, name
    assert pictures.of_jobs(["j1"]) == {"j1": []}
    if after == "claimed":
        assert claims(database, "w3").claim("attic") is None


def test_the_same_worker_does_not_mistake_an_older_attempt_for_its_own(database, jobs):
    put(database, "j1")
    mine = claims(database, "w1", lease_s=0.0)
    first = mine.claim("studio")
    time.sleep(MOMENT_S)
    mine.reclaim()
    second = mine.claim("attic")
    assert not mine.failed(first, ERROR)
    assert mine.done(second, [])


def test_many_threads_claim_each_job_once(database, jobs):
    names = [f"backend {number}" for number in range(4)]
    known(database, *names)
    put(database, *[f"j{number}" for number in range(40)])
    taken = []

    def work(name):
        mine = claims(database, name)
        while (claimed := mine.claim(name)) is not None:
            taken.append(claimed.id)
            assert mine.done(claimed, [])

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(f"j{number}" for number in range(40))


def test_a_row_somebody_else_locks_is_passed_over(database, jobs):
    """PostgreSQL: two claims at the same moment look at the same line."""
    if database.is_sqlite:
        return
    put(database, "j1", "j2")
    with closing(database._engine.connect()) as other, other.begin():
        other.exec_driver_sql("SELECT id FROM jobs WHERE id = 'j1' FOR UPDATE")
        assert claims(database).claim("studio").id == "j2"


def test_a_job_is_not_left_to_a_backend_that_rests(database, jobs):
    put(database, "j1", "j2")
    store, mine = BackendStore(database), claims(database)
    store.seen(ScriptedBackend("attic"), Abilities(), weight=2.0)
    store.rest("attic", 60)
    assert mine.claim("studio").id == "j1"
    store.rest("attic", 0)
    mine.done(jobs.get("j1"), [])
    assert mine.claim("studio") is None
