"""Pings at their time, answers waited for, and nobody kept who is gone."""

import time

from artbot_server.web.keeper import TICK_S, Keeper


class Client:
    """A client that answers its pings, or does not."""

    def __init__(self, clients, sid, answers=True):
        self.closed, self.pings, self.answers, self._place = False, 0, answers, (clients, sid)
        clients[sid] = self

    def ping(self):
        self.pings += 1

    def check_ping_timeout(self):
        self.closed = not self.answers
        return self.answers


class Pipe:
    def __init__(self):
        self.cuts = 0

    def cut(self):
        self.cuts += 1


def test_everybody_is_pinged_after_the_interval_and_not_before():
    clients = {}
    keeper, one, two = Keeper(clients, 25, 20), Client(clients, "1"), Client(clients, "2")
    now = time.monotonic()
    keeper.ping_later("1")
    keeper.ping_later("2")
    keeper.tick(now + 24)
    assert (one.pings, two.pings) == (0, 0)
    keeper.tick(now + 25.1)
    keeper.tick(now + 25.2)
    assert (one.pings, two.pings) == (1, 1)


def test_who_does_not_answer_is_let_go_of_and_the_others_stay():
    clients = {}
    keeper = Keeper(clients, 25, 20)
    for sid in "123":
        Client(clients, sid, answers=sid != "2")
        keeper.ping_later(sid)
    now = time.monotonic() + 25.1
    keeper.tick(now)
    keeper.tick(now + 19)
    assert list(clients) == ["1", "2", "3"]
    keeper.tick(now + 20 + TICK_S)
    assert list(clients) == ["1", "3"]


def test_who_has_been_closed_is_not_pinged_and_leaves_nothing_behind():
    clients = {}
    keeper, gone = Keeper(clients, 25, 20), Client(clients, "1")
    keeper.ping_later("1")
    keeper.ping_later("unknown")
    gone.closed = True
    keeper.tick(time.monotonic() + 26)
    assert (gone.pings, clients, len(keeper._pings), len(keeper._pongs)) == (0, {}, 0, 0)


def test_a_connection_is_cut_when_its_time_is_over():
    keeper, slow, quick = Keeper({}, 25, 20), Pipe(), Pipe()
    keeper.overdue |= {slow: 10.0, quick: 20.0}
    keeper.tick(10.0)
    assert (slow.cuts, quick.cuts) == (1, 0)
