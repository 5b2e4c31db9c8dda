import threading

import pytest

from artbot_server.chat.turnstile import Turnstile


def test_the_second_with_the_same_key_waits_for_the_first():
    turnstile, order, inside = Turnstile(), [], threading.Event()

    def second():
        inside.wait(5)
        with turnstile.turn("one"):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with turnstile.turn("one"):
        inside.set()
        thread.join(0.05)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


def test_other_keys_do_not_wait():
    turnstile = Turnstile()
    with turnstile.turn("one"), turnstile.turn(("two", 2)):
        assert len(turnstile) == 2
    assert len(turnstile) == 0


def test_a_failure_inside_lets_the_next_one_in():
    turnstile = Turnstile()
    with pytest.raises(KeyError), turnstile.turn("one"):
        raise KeyError
    with turnstile.turn("one"):
        assert len(turnstile) == 1


def test_one_at_a_time_over_many_threads():
    turnstile, seen, inside = Turnstile(), [], []

    def pass_through():
        for _ in range(50):
            with turnstile.turn("one"):
                inside.append(1)
                seen.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=pass_through) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 400
    assert len(turnstile) == 0
