"""Two web processes in one, on a real Redis and one database: what each shows of what the other does."""

import threading
import time
from dataclasses import replace
from functools import partial

import pytest

from artbot_server.across.here import Here
from artbot_server.across.watching import Watching
from artbot_server.chat.live_replies import LiveReplies
from artbot_server.chat.relay import ReplyIds
from artbot_server.events import ChatFailed, Frame, JobChanged, ReplyDone
from artbot_server.live.redis_hub import RedisHub
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.database import Database
from artbot_server.storage.elsewhere import ElsewhereStore
from tests.painting.house import until
from tests.redis_server import RedisServer
from tests.storage.databases import fresh_url
from tests.storage.test_conversations import END, conversation, turn

IDS = ReplyIds(session_id="anna", conversation_id="c1", message_id="m1", reply_id="r1", client_sid=None)
JOB = JobChanged({"job_id": "j1", "state": "queued"})


class Web:
    """One web process; `told`: what its sockets were, `shown`: the sessions whose snapshot was sent again."""

    def __init__(self, name, url, database):
        self.told, self.shown, self.heard, self.sockets = [], [], [], set()
        self.live = LiveReplies()
        here = Here(
            live=self.live,
            publish=lambda session_id, event: self.told.append((session_id, event)),
            has_sockets=lambda session_id: session_id in self.sockets,
            show_again=self.shown.append,
            hear=lambda *said: self.heard.append(said),
            workers_changed=lambda _count: None,
            spawn=lambda work, *said: threading.Thread(target=work, args=said, daemon=True).start(),
        )
        self.store = ConversationStore(database, name)
        connect = partial(RedisHub, url, "test", name, on_change=here.workers_changed)
        self.watching = Watching(name, here, ElsewhereStore(database), connect)
        self.watching.hub.start()
        until(lambda: self.watching.hub.is_up)

    def text(self):
        text, last = "", 0
        for _, event in list(self.told):
            if isinstance(event, Frame):
                assert (event.first or event.seq) == last + 1
                text, last = text + event.message, event.seq
        return text

    def begin(self):
        """Write the reply of the one conversation; as `ChatService.say` does it."""
        self.store.create(conversation())
        new = turn()
        self.store.add_turn(replace(new, reply=replace(new.reply, created_at=time.time())))
        reply = self.live.begin(IDS, shared=True)
        self.watching.began(IDS)
        return reply

    def end(self, reply):
        text, seq = reply.snapshot()
        self.store.finish("anna", "r1", END | {"content": text, "seq": seq})
        self.live.end(IDS)
        done = ReplyDone(text, None, "m1", "r1", "c1", seq, None, None, "stop", None, "complete")
        reply.over(done)
        return done


@pytest.fixture
def redis(tmp_path):
    with RedisServer(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def webs(tmp_path, redis):
    database = Database(fresh_url("sqlite", tmp_path))
    made = [Web(name, redis.url, database) for name in ("one", "two")]
    yield made
    for web in made:
        web.watching.hub.stop()
    database.close()


def test_an_event_reaches_the_sockets_of_those_who_watch_the_session(webs):
    one, two = webs
    two.watching.reach("anna")
    one.watching.publish("anna", JOB)
    one.watching.publish("bert", JOB)
    until(lambda: two.told)
    assert two.told == [("anna", JOB)]
    assert one.told == [("anna", JOB), ("bert", JOB)]


def test_a_reply_that_is_there_already_is_shown_whole_and_goes_on(webs):
    one, two = webs
    reply = one.begin()
    reply.add("one ")
    two.watching.reach("anna")
    assert [each["text"] for each in two.live.of_session("anna")] == ["one "]
    reply.add("two")
    until(lambda: two.text() == "one two")
    one.watching.publish("anna", one.end(reply))
    until(lambda: two.live.of_session("anna") == [])
    assert isinstance(two.told[-1][1], ReplyDone)


def test_a_reply_that_begins_later_is_shown_from_its_first_word(webs):
    one, two = webs
    two.watching.reach("anna")
    reply = one.begin()
    for number in range(100):
        reply.add(f"{number} ")
    until(lambda: two.text() == reply.snapshot()[0])
    assert one.told == []  # its own sockets are told by the relay


def test_an_end_that_was_not_heard_is_found(webs):
    one, two = webs
    reply = one.begin()
    two.watching.reach("anna")
    reply.add("all of it")
    one.end(reply)  # and says nothing
    time.sleep(2.1)
    two.watching.tend()
    assert two.text() == "all of it"
    assert two.told[-1][1].full_message == "all of it"
    assert two.live.of_session("anna") == []


def test_a_reply_that_another_process_left_is_over_as_soon_as_this_one_tells_its_end(webs):
    one, two = webs
    one.begin().add("as far as it ca")
    two.watching.reach("anna")
    one.watching.hub.stop()
    lost = ChatFailed(None, "m1", "r1", "c1", {"code": "interrupted"}, "as far", 3)
    two.watching.publish("anna", lost)
    assert two.live.get("anna", "r1") is None  # it can be continued at once
    time.sleep(2.1)
    two.watching.tend()
    assert [event for _, event in two.told if isinstance(event, ChatFailed)] == [lost]


def test_an_owner_that_does_not_answer_is_shown_as_it_is_stored(webs):
    one, two = webs
    one.begin()
    one.store.checkpoint([("anna", "r1", "as far as it was kept", 7)])
    one.watching.hub.stop()
    two.watching.reach("anna")
    assert [(each["text"], each["seq"]) for each in two.live.of_session("anna")] == [("as far as it was kept", 7)]


def test_a_reply_whose_owner_is_gone_is_over_where_it_is_closed_and_may_be_written_on_there(webs):
    one, two = webs
    two.watching.reach("anna")
    one.begin().add("as far as it came")
    until(lambda: two.text())
    one.watching.hub.stop()
    lost = ChatFailed(None, "m1", "r1", "c1", {"code": "interrupted"}, "as far", 1_000_001)
    two.watching.publish("anna", lost)
    assert (two.live.of_session("anna"), two.told[-1]) == ([], ("anna", lost))
    two.live.begin(IDS, "as far", 1_000_001, shared=True)
    two.watching.began(IDS)
    told = len(two.told)
    time.sleep(2.1)
    two.watching.tend()
    assert [each["text"] for each in two.live.of_session("anna")] == ["as far"]
    assert len(two.told) == told


def test_a_reply_is_stopped_from_elsewhere_also_before_it_is_known_there(webs):
    one, two = webs
    two.watching.reach("anna")
    which = {"reply_id": None, "message_id": "m1", "client_sid": None}
    two.watching.stop("anna", which)
    time.sleep(0.3)
    assert one.begin().ended_as == "stopped"
    until(lambda: two.live.of_session("anna"))
    assert two.live.stop("anna", reply_id="r1", message_id=None, client_sid=None)


def test_a_session_without_sockets_is_left_after_a_while(webs):
    one, two = webs
    two.watching.reach("anna")
    two.sockets.add("anna")
    watched = two.watching._watched["anna"]
    watched.wanted_at -= 60
    two.watching.tend()
    assert "anna" in two.watching._watched
    two.sockets.clear()
    watched.wanted_at -= 60
    reply = one.begin()
    until(lambda: two.live.of_session("anna"))
    two.watching.tend()
    assert two.live.of_session("anna") == []
    reply.add("nobody reads this")
    until(lambda: len(one.watching._feeds) == 0)
    one.watching.publish("anna", JOB)
    time.sleep(0.2)
    assert JOB not in [event for _, event in two.told]


def test_what_happened_while_redis_was_away_is_shown_again(webs, redis):
    one, two = webs
    two.sockets.add("anna")
    two.watching.reach("anna")
    two.watching.reach("bert")
    redis.stop()
    until(lambda: not one.watching.hub.is_up and not two.watching.hub.is_up)
    reply = one.begin()
    reply.add("meanwhile ")
    time.sleep(2.1)
    two.watching.tend()
    assert two.shown == ["anna"]
    redis.start()
    until(lambda: two.watching.hub.is_up and one.watching.hub.is_up)
    until(lambda: two.shown == ["anna", "anna"])
    reply.add("and now")

    def whole():
        two.watching.tend()
        return two.text() == "meanwhile and now"

    until(whole)


def test_a_reply_that_began_and_ended_while_redis_was_away_is_told_once(webs, redis):
    one, two = webs
    two.sockets.add("anna")
    two.watching.reach("anna")
    redis.stop()
    until(lambda: not one.watching.hub.is_up and not two.watching.hub.is_up)
    reply = one.begin()
    reply.add("already over")
    one.end(reply)
    time.sleep(2.1)
    two.watching.tend()
    [(session_id, end)] = two.told
    assert (session_id, end.name, end.full_message) == ("anna", "gpt_chat", "already over")
    redis.start()
    until(lambda: two.watching.hub.is_up and one.watching.hub.is_up)
    until(lambda: len(two.shown) == 2)
    time.sleep(0.1)
    assert two.told == [(session_id, end)]
