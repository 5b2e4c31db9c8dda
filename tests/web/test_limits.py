"""The sliding window of the chat limit, on a clock of our own."""

import pytest

from artbot_server.errors import TooMany
from artbot_server.web.limits import SWEEP_AT, AskLimit


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_so_many_a_minute_for_each_name():
    clock = Clock()
    limit = AskLimit(2, clock)
    limit.count("a")
    clock.now += 10
    limit.count("a")
    limit.count("b")
    with pytest.raises(TooMany) as caught:
        limit.count("a")
    assert caught.value.detail["retry_after_s"] == 50.0
    clock.now += 50
    limit.count("a")
    with pytest.raises(TooMany):
        limit.count("a")


def test_none_is_no_limit():
    limit = AskLimit(0)
    for _ in range(500):
        limit.count("a")
    assert limit._asked == {}


def test_names_that_are_long_gone_are_forgotten():
    clock = Clock()
    limit = AskLimit(5, clock)
    for number in range(SWEEP_AT + 1):
        limit.count(str(number))
    clock.now += 61
    limit.count("new")
    assert set(limit._asked) == {"new"}
