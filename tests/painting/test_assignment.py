"""Who gets which job: by example, and by properties over lines, backends and histories that hypothesis makes up."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artbot_server.painting.assignment import ELSEWHERE_S, GIVE_WAY_S, MODEL_PATIENCE_S, BackendNow, next_job
from artbot_server.painting.line import Served, WaitingJob, line

ANY = BackendNow()
MODELS = ("red", "blue", "green")


def waiting(*jobs: str) -> list[WaitingJob]:
    """`A1 B1:red`: session A's first job, session B's with a model; each a second later than the one before."""
    made = []
    for second, text in enumerate(jobs):
        name, _, model = text.partition(":")
        made.append(WaitingJob(name, name[0], model or None, float(second)))
    return made


def holding(model, models=()) -> BackendNow:
    return BackendNow("me", model, models)


def test_nothing_waits():
    assert next_job([], {}, ANY, 0) is None


def test_a_stream_of_newcomers_does_not_starve_anybody():
    """On one backend, a new session with one job each second; A sent three jobs at the start."""
    queue, served, taken = waiting("A1", "A2", "A3"), {}, []
    for now in range(10, 22):
        queue.append(WaitingJob(f"N{now}", f"newcomer {now}", None, float(now)))
        job_id = next_job(queue, served, ANY, float(now))
        [job] = [job for job in queue if job.id == job_id]
        queue.remove(job)
        served[job.session_id] = Served(0, now + 0.5)
        taken.append(job_id)
    assert taken.index("A3") < 7


@pytest.mark.parametrize(
    ("jobs", "backend", "now", "taken"),
    [
        ("A1:red B1:blue", holding("blue"), 1, "B1"),
        ("A1:red B1", holding("blue"), 1, "B1"),
        ("A1:red B1:green", holding("blue"), 1, "A1"),
        ("A1 B1:blue", holding("blue"), 1, "A1"),
        ("A1:red B1:blue", holding(None), 1, "A1"),
        ("A1:red B1:blue", holding("blue"), MODEL_PATIENCE_S, "B1"),
        ("A1:red B1:blue", holding("blue"), MODEL_PATIENCE_S + 0.1, "A1"),
        # It does not have what A wants; another backend does.
        ("A1:red B1:blue", holding("blue", ("blue", "green")), 99, "B1"),
        ("A1:red", holding("blue", ("blue", "green")), 99, None),
        ("A1:red", holding("blue"), 1, "A1"),
    ],
)
def test_the_loaded_model_goes_first_within_a_bound(jobs, backend, now, taken):
    assert next_job(waiting(*jobs.split()), {}, backend, now) == taken


def test_a_session_that_was_served_lately_can_be_passed_over_however_old_its_jobs_are():
    jobs = waiting("A1:red", "B1:blue")
    assert next_job(jobs, {"A": Served(0, 990.0), "B": Served(0, 995.0)}, holding("blue"), 1000) == "B1"


def test_who_has_something_under_way_can_wait_for_the_model():
    jobs = waiting("A1:red", "B1:blue")
    assert next_job(jobs, {"A": Served(1, 1.0), "B": Served(1, 2.0)}, holding("blue"), 1000) == "B1"


def test_a_session_s_own_later_jobs_do_not_keep_one_waiting_for_ever():
    jobs = [WaitingJob("A1", "A", "red", 0.0), WaitingJob("A2", "A", "blue", MODEL_PATIENCE_S + 1)]
    served = {"A": Served(0, 995.0)}
    assert next_job(jobs, served, holding("blue"), 1000) == "A1"
    jobs[1] = replace(jobs[1], created_at=MODEL_PATIENCE_S)
    assert next_job(jobs, served, holding("blue"), 1000) == "A2"


BIG = BackendNow("big", None, (), 2.0)
SMALL = BackendNow("small", None, (), 1.0)


@pytest.mark.parametrize(
    ("job", "me", "other", "mine"),
    [
        ("A1", SMALL, BIG, False),  # weight decides
        ("A1", BIG, SMALL, True),
        ("A1", SMALL, replace(SMALL, name="twin"), True),  # nobody is better: whoever asks first
        ("A1", SMALL, replace(BIG, free=False), True),
        ("A1:red", SMALL, replace(BIG, models=("blue",)), True),  # it could not
        ("A1:red", replace(SMALL, loaded_model="red"), BIG, True),  # what is loaded counts more than weight
        ("A1:red", BIG, replace(SMALL, loaded_model="red"), False),
        ("A1:red", replace(BIG, loaded_model="red"), replace(SMALL, loaded_model="red"), True),
        ("A1:red", replace(SMALL, loaded_model="red"), replace(BIG, loaded_model="red"), False),
        ("A1", replace(SMALL, loaded_model="red"), BIG, False),  # any model will do
    ],
)
def test_a_job_goes_to_the_free_backend_that_suits_it_best(job, me, other, mine):
    assert next_job(waiting(job), {}, me, 1, [other]) == ("A1" if mine else None)
    assert next_job(waiting(job), {}, me, GIVE_WAY_S + 0.1, [other]) == "A1"


def test_who_leaves_a_job_to_another_takes_the_next_one():
    assert next_job(waiting("A1", "B1"), {}, SMALL, 1, [BIG]) == "B1"
    assert next_job(waiting("A1", "B1"), {}, BIG, 1, [SMALL]) == "A1"
    assert next_job(waiting("A1", "B1", "C1"), {}, SMALL, 1, [BIG, replace(BIG, name="huge", weight=3.0)]) == "C1"


def failed_on(*names, since=0.0) -> list[WaitingJob]:
    return [WaitingJob("A1", "A", "red", -1000.0, since, names)]


@pytest.mark.parametrize(
    ("names", "others", "mine"),
    [
        (("big",), [SMALL], False),
        (("big",), [replace(SMALL, free=False)], False),  # busy now, but it will not be for ever
        (("big",), [], True),  # there is nobody else
        (("big",), [replace(SMALL, models=("blue",))], True),
        (("big", "small"), [SMALL], True),  # all have failed it
        (("small",), [SMALL], True),
        (("small",), [], True),
    ],
)
def test_a_job_that_failed_here_is_for_another_backend_if_there_is_one(names, others, mine):
    assert next_job(failed_on(*names), {}, BIG, 1, others) == ("A1" if mine else None)
    assert next_job(failed_on(*names), {}, BIG, ELSEWHERE_S + 1, others) == "A1"


def test_a_job_is_not_left_to_a_backend_that_failed_it():
    assert next_job(failed_on("big"), {}, SMALL, 1, [BIG]) == "A1"


# ---- Properties ----

jobs_of_many = st.lists(
    st.builds(
        WaitingJob,
        id=st.uuids().map(str),
        session_id=st.sampled_from("ABCD"),
        model=st.sampled_from((None, *MODELS)),
        created_at=st.floats(0, 100),
        requeued_at=st.none() | st.floats(0, 100),
        failed_on=st.lists(st.sampled_from(("b0", "b1", "b2")), max_size=2, unique=True).map(tuple),
    ),
    max_size=12,
)
histories = st.dictionaries(
    st.sampled_from("ABCD"), st.builds(Served, st.sampled_from((0, 0, 0, 1, 2)), st.floats(0, 100))
)
pools = st.lists(
    st.builds(
        BackendNow,
        loaded_model=st.sampled_from((None, *MODELS)),
        models=st.sampled_from(((), MODELS, MODELS[:1], MODELS[1:])),
        weight=st.sampled_from((0.5, 1.0, 2.0)),
        free=st.booleans(),
    ),
    min_size=1,
    max_size=3,
).map(lambda pool: [replace(one, name=f"b{number}") for number, one in enumerate(pool)])


def take(jobs, served, pool, me, now):
    return next_job(jobs, served, me, now, [other for other in pool if other is not me])


@given(jobs_of_many, histories, pools, st.floats(100, 200))
def test_a_backend_takes_only_what_it_can_paint(jobs, served, pool, now):
    for me in pool:
        taken = take(jobs, served, pool, me, now)
        assert taken is None or me.can_paint(next(job for job in jobs if job.id == taken))


@given(jobs_of_many, histories, pools, st.floats(100, 104))
def test_no_backend_stands_idle_for_a_job_that_only_it_can_paint(jobs, served, pool, now):
    for me in pool:
        others = [other for other in pool if other is not me]
        if any(me.can_paint(job) and not any(other.can_paint(job) for other in others) for job in jobs):
            assert take(jobs, served, pool, me, now) is not None


@given(jobs_of_many, histories, pools, st.floats(100, 104))
def test_of_the_free_backends_one_takes_a_job_that_any_may_take(jobs, served, pool, now):
    """They never all leave it to each other."""
    free = [one for one in pool if one.free]
    fresh = [replace(job, failed_on=()) for job in jobs]
    if any(one.can_paint(job) for one in free for job in fresh):
        assert any(take(fresh, served, pool, me, now) is not None for me in free)


@given(jobs_of_many, histories, pools)
def test_when_all_bounds_have_passed_nothing_is_left_to_anybody(jobs, served, pool):
    now = 101 + max(ELSEWHERE_S, GIVE_WAY_S, MODEL_PATIENCE_S)
    for me in pool:
        able = [job for job in jobs if me.can_paint(job)]
        assert (take(jobs, served, pool, me, now) is None) == (not able)


@settings(max_examples=500)
@given(jobs_of_many, histories, st.sampled_from(MODELS), st.floats(100, 160))
def test_a_turn_is_passed_over_only_within_the_patience(jobs, served, loaded, now):
    jobs = [replace(job, failed_on=()) for job in jobs]
    taken = next_job(jobs, served, holding(loaded), now)
    if taken is None:
        return
    fair = line(jobs, served)[0]
    had = served.get(fair.session_id, Served())
    if taken != fair.id:
        assert had.running or now - max(had.last_at, fair.created_at) <= MODEL_PATIENCE_S
        assert next(job for job in jobs if job.id == taken).model in (None, loaded)


arrivals = st.lists(
    st.tuples(st.floats(0, 60), st.sampled_from("ABCDE"), st.sampled_from((None, *MODELS)), st.floats(0.1, 2)),
    min_size=1,
    max_size=100,
)


@settings(max_examples=150, deadline=None)
@given(arrivals)
def test_no_session_waits_longer_than_the_bound(arrivals):
    """One backend, any arrivals: between its turns a session waits at most the patience and one job of each other
    session, and the one that is being painted."""
    jobs = [WaitingJob(str(number), s, model, at) for number, (at, s, model, _) in enumerate(arrivals)]
    takes_s = {str(number): seconds for number, (*_, seconds) in enumerate(arrivals)}
    bound_s = MODEL_PATIENCE_S + (len({job.session_id for job in jobs}) + 1) * max(takes_s.values())
    served, loaded, now, left = {}, None, 0.0, sorted(jobs, key=lambda job: job.created_at)
    while left:
        now = max(now, left[0].created_at)
        here = [job for job in left if job.created_at <= now]
        taken = next(job for job in here if job.id == next_job(here, served, holding(loaded), now))
        for session_id in {job.session_id for job in here}:
            oldest = min(job.created_at for job in here if job.session_id == session_id)
            assert now - max(oldest, served.get(session_id, Served()).last_at) <= bound_s
        left.remove(taken)
        served[taken.session_id] = Served(0, now)
        loaded = taken.model or loaded
        now += takes_s[taken.id]


@given(st.integers(2, 8), st.sampled_from((2.0, 5.0, 10.0)))
def test_two_sessions_with_a_model_each_cost_few_changes(each, seconds):
    """In strict turns every job would need a change."""
    jobs = waiting(*[f"{s}{n}:{m}" for n in range(each) for s, m in (("A", "red"), ("B", "blue"))])
    jobs = [replace(job, created_at=0.0) for job in jobs]
    served, loaded, now, changes = {}, None, 0.0, 0
    while jobs:
        taken = next(job for job in jobs if job.id == next_job(jobs, served, holding(loaded), now))
        jobs.remove(taken)
        changes += taken.model != loaded
        served[taken.session_id], loaded = Served(0, now), taken.model
        now += seconds
    assert changes <= math.ceil(2 * each * seconds / MODEL_PATIENCE_S) + 1
