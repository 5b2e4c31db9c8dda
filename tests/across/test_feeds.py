"""What a watcher on another process gets of a reply: all of it, whatever Redis does meanwhile."""

import threading
import time

import pytest

from artbot_server.across.feeds import Feeds
from artbot_server.chat.live_replies import LiveReplies
from artbot_server.chat.relay import ReplyIds
from artbot_server.errors import Unavailable
from tests.painting.house import until

IDS = ReplyIds(session_id="s1", conversation_id="c1", message_id="m1", reply_id="r1", client_sid=None)


class Wire:
    """Takes what is told; `away`: Redis is; `there`: somebody listens."""

    def __init__(self):
        self.got, self.away, self.there = [], False, True
        self.live = LiveReplies()
        self.feeds = Feeds(self.live, self._tell, self._spawn)

    def _tell(self, watcher, kind, body):
        if self.away:
            raise Unavailable("away")
        if self.there:
            self.got.append((watcher, kind, body))
        return self.there

    def _spawn(self, work, *arguments):
        threading.Thread(target=work, args=arguments, daemon=True).start()

    def text(self, watcher="B"):
        text, last = "", 0
        for name, kind, body in list(self.got):
            if name == watcher:
                assert (kind, body["session_id"], body["reply_id"], body["first"]) == ("text", "s1", "r1", last + 1)
                text, last = text + body["text"], body["seq"]
        return text


@pytest.fixture
def wire():
    return Wire()


def test_a_watcher_gets_what_there_is_and_what_comes(wire):
    reply = wire.live.begin(IDS, shared=True)
    reply.add("one ")
    reply.add("two ")
    [now] = wire.feeds.watch("s1", "B")
    assert (now["text"], now["seq"], now["reply_id"], now["client_sid"]) == ("one two ", 2, "r1", None)
    until(lambda: wire.text() == "one two ")
    reply.add("three")
    until(lambda: wire.text() == "one two three")
    wire.live.end(IDS)
    reply.over(None)
    until(lambda: len(wire.feeds) == 0)


def test_each_watcher_gets_it_once_however_often_it_asks(wire):
    reply = wire.live.begin(IDS, shared=True)
    for watcher in ("B", "C", "B"):
        wire.feeds.watch("s1", watcher)
    for number in range(50):
        reply.add(f"{number} ")
    whole = reply.snapshot()[0]
    for watcher in "BC":
        until(lambda watcher=watcher: wire.text(watcher) == whole)


def test_nobody_else_sees_what_only_the_asking_socket_sees_or_another_sessions(wire):
    wire.live.begin(IDS).add("the article's")
    assert wire.feeds.watch("s1", "B") == []
    assert wire.feeds.watch("s2", "B") == []
    assert len(wire.feeds) == 0


def test_while_redis_is_away_nothing_is_lost_and_the_writer_does_not_wait(wire):
    reply = wire.live.begin(IDS, shared=True)
    wire.feeds.watch("s1", "B")
    wire.away = True
    begun = time.monotonic()
    for number in range(100):
        reply.add(f"{number} ")
    assert time.monotonic() - begun < 5
    wire.away = False
    until(lambda: wire.text() == reply.snapshot()[0])
    assert len(wire.got) < 50  # what gathered went together


def test_a_feed_ends_when_nobody_is_there_or_wants_it(wire):
    reply = wire.live.begin(IDS, shared=True)
    wire.feeds.watch("s1", "B")
    wire.there = False
    reply.add("one")
    until(lambda: len(wire.feeds) == 0)
    wire.there = True
    wire.feeds.watch("s1", "B")
    wire.feeds.unwatch("r1", "B")
    reply.add("two")
    until(lambda: len(wire.feeds) == 0)
