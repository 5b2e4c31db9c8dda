import pytest

from artbot_server.painting.line import Served, WaitingJob, eta, line, usual


def waiting(*jobs: str) -> list[WaitingJob]:
    """`A1 B1:red`: session A's first job, session B's with a model; each a second later than the one before."""
    made = []
    for second, text in enumerate(jobs):
        name, _, model = text.partition(":")
        made.append(WaitingJob(name, name[0], model or None, float(second)))
    return made


def names(jobs) -> str:
    return " ".join(job.id for job in jobs)


@pytest.mark.parametrize(
    ("jobs", "served", "order"),
    [
        ("", {}, ""),
        ("A1", {}, "A1"),
        ("A1 A2 A3", {}, "A1 A2 A3"),
        ("A1 A2 A3 B1", {}, "A1 B1 A2 A3"),
        ("A1 A2 A3 B1 B2 C1", {}, "A1 B1 C1 A2 B2 A3"),
        # A has one under way: everybody else comes first, and then A's turns are one behind.
        ("A1 A2 B1 B2", {"A": Served(1, 10)}, "B1 A1 B2 A2"),
        # A was served just now, B long ago though its job is younger.
        ("A1 A2 B1", {"A": Served(0, 9), "B": Served(0, 1)}, "B1 A1 A2"),
        # Never served is no privilege: C's job came after A's last turn, so A is first.
        ("A1 A2 C1", {"A": Served(0, 1.5)}, "A1 C1 A2"),
        ("A1 B1 A2 B2", {"A": Served(2, 5), "B": Served(1, 6)}, "B1 A1 B2 A2"),
    ],
)
def test_order(jobs, served, order):
    assert names(line(waiting(*jobs.split()), served)) == order


def test_one_job_behind_twenty_of_another_session_comes_at_once():
    jobs = waiting(*[f"A{n}" for n in range(20)], "B0")
    assert [job.id for job in line(jobs, {"A": Served(1, 0.5)})].index("B0") == 0
    assert [job.id for job in line(jobs, {})].index("B0") == 1


def test_the_order_does_not_depend_on_how_the_list_came():
    jobs = waiting(*["A1", "B1", "A2", "C1", "B2"])
    assert line(jobs, {}) == line(jobs[::-1], {})


@pytest.mark.parametrize(
    ("position", "usual_s", "backends", "running", "seconds"),
    [
        (0, None, 1, 0, None),
        (0, 10, 0, 0, None),
        (0, 10, 1, 0, 10),
        (0, 10, 1, 1, 15),
        (2, 10, 1, 1, 35),
        (0, 10, 2, 1, 10),
        (1, 10, 2, 2, 15),
        (2, 10, 2, 2, 25),
    ],
)
def test_eta(position, usual_s, backends, running, seconds):
    assert eta(position, usual_s, backends, running) == seconds


@pytest.mark.parametrize(("durations", "seconds"), [([], None), ([3], 3), ([2, 4, 100], 4)])
def test_the_usual_time(durations, seconds):
    assert usual(durations) == seconds
