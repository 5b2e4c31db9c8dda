import pytest
from hypothesis import given
from hypothesis import strategies as st

from artbot_server.painting.health import LONGEST_AWAY_S, NOBODY, Health, Wanted, away_pause

JOB = Wanted(by_job=True)
OPERATOR = Wanted(by_operator=True)
UP = Health(up=True, checked_at=100.0)
AWAY = Health(up=False, misses=3, checked_at=100.0)
ASKED_FOR = Health(up=False, misses=3, checked_at=100.0, wanted=True)


@pytest.mark.parametrize(
    ("health", "later_s", "wanted", "due"),
    [
        (Health(), 0, NOBODY, True),
        (UP, 29, NOBODY, False),
        (UP, 30, NOBODY, True),
        (UP, 1, OPERATOR, True),
        (UP.doubted(), 0, NOBODY, True),
        (AWAY, 19, NOBODY, False),  # 5, 10, 20
        (AWAY, 20, NOBODY, True),
        (AWAY, 0.1, JOB, True),  # the first job that wants it
        (AWAY, 0.1, OPERATOR, True),
        (ASKED_FOR, 4.9, JOB, False),
        (ASKED_FOR, 5, JOB, True),
        (ASKED_FOR, 0.1, OPERATOR, True),
        (ASKED_FOR, 19, NOBODY, False),
    ],
)
def test_when_it_is_asked(health, later_s, wanted, due):
    assert health.is_due(100.0 + later_s, wanted, up_every_s=30, away_every_s=5) is due


def test_what_is_known_after_it_was_asked():
    away = Health().after(up=False, now=7.0, wanted=JOB)
    assert away == Health(up=False, misses=1, checked_at=7.0, wanted=True)
    assert away.after(up=False, now=9.0, wanted=NOBODY) == Health(up=False, misses=2, checked_at=9.0)
    assert away.after(up=True, now=9.0, wanted=NOBODY) == Health(up=True, checked_at=9.0)


def test_the_pause_doubles_up_to_a_bound():
    assert [away_pause(misses, 5.0) for misses in range(1, 7)] == [5, 10, 20, 40, 80, LONGEST_AWAY_S]
    assert away_pause(10_000, 5.0) == LONGEST_AWAY_S


@given(st.integers(1, 10**6), st.floats(0.01, 1000))
def test_the_pause_never_falls_and_has_a_bound(misses, first_s):
    assert first_s <= away_pause(misses, first_s) <= away_pause(misses + 1, first_s) <= max(LONGEST_AWAY_S, first_s)


@given(st.floats(0, 10_000), st.integers(1, 40))
def test_whoever_wants_it_never_waits_longer_for_that(later_s, misses):
    away = Health(up=False, misses=misses, checked_at=0.0)
    if away.is_due(later_s, NOBODY, 30, 5):
        assert away.is_due(later_s, JOB, 30, 5)
        assert away.is_due(later_s, OPERATOR, 30, 5)
