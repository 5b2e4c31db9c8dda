import threading
from dataclasses import replace

import pytest
from sqlalchemy import update

from artbot_server.errors import Busy, NotFound
from artbot_server.storage import schema
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.reopening import UNSEEN_FRAMES
from tests.storage.test_conversations import END, ERROR, conversation, turn

STOPPED = END | {"content": "A f", "seq": 2, "state": "stopped"}


@pytest.fixture
def store(database):
    store = ConversationStore(database, "web-1")
    store.add_turn(turn(begins=conversation()))
    return store


@pytest.fixture
def other(database):
    return ConversationStore(database, "web-2")


def let_leases_end(database):
    database.write(lambda connection: connection.execute(update(schema.messages).values(owner_until=1)))


def lose(database, other):
    """What is running has lost its process, and another one closes it."""
    let_leases_end(database)
    return other.close_orphans(ERROR)


@pytest.mark.parametrize(
    "end",
    [
        STOPPED,
        STOPPED | {"state": "failed", "error": ERROR},
        STOPPED | {"state": "complete", "finish_reason": "length"},
    ],
    ids=["stopped", "failed", "cut short"],
)
def test_an_ended_reply_runs_again_where_it_was(store, other, end):
    store.finish("anna", "r1", end)
    opened = other.reopen("anna", "r1")
    assert opened.begun
    assert (opened.reply.state, opened.reply.content, opened.reply.seq) == ("streaming", "A f", 2)
    assert opened.reply.error is None
    assert other.message("anna", "r1") == opened.reply
    with pytest.raises(Busy):
        store.add_turn(replace(turn(2), alone=True))
    assert other.finish("anna", "r1", END)
    assert store.message("anna", "r1").content == "A fox"


def test_a_lost_reply_goes_on_with_numbers_that_nobody_has_seen(store, other, database):
    store.checkpoint([("anna", "r1", "A f", 2)])
    [lost] = lose(database, other)
    assert (lost.content, lost.seq) == ("A f", 2 + UNSEEN_FRAMES)
    assert other.reopen("anna", "r1").reply.seq == 2 + UNSEEN_FRAMES


def test_a_lost_reply_can_be_taken_before_anybody_has_closed_it(store, other, database):
    store.checkpoint([("anna", "r1", "A f", 2)])
    let_leases_end(database)
    opened = other.reopen("anna", "r1")
    assert (opened.begun, opened.reply.seq) == (True, 2 + UNSEEN_FRAMES)
    assert not store.close_orphans(ERROR)


def test_whole_and_running_replies_stay_as_they_are(store, other):
    running = other.reopen("anna", "r1")
    assert (running.begun, running.reply.state) == (False, "streaming")
    store.finish("anna", "r1", END)
    whole = other.reopen("anna", "r1")
    assert (whole.begun, whole.reply) == (False, store.message("anna", "r1"))


@pytest.mark.parametrize(("session_id", "reply_id"), [("bert", "r1"), ("anna", "r9"), ("anna", "m1")])
def test_only_a_reply_of_the_session_is_opened(store, session_id, reply_id):
    store.finish("anna", "r1", STOPPED)
    with pytest.raises(NotFound):
        store.reopen(session_id, reply_id)


def test_nothing_is_opened_beside_another_reply_or_in_a_closed_conversation(store):
    store.finish("anna", "r1", STOPPED)
    store.add_turn(turn(2))
    with pytest.raises(Busy) as refused:
        store.reopen("anna", "r1")
    assert refused.value.error_code == "busy"
    store.finish("anna", "r2", END)
    store.change("anna", "c1", closed_at=5.0)
    with pytest.raises(Busy) as refused:
        store.reopen("anna", "r1")
    assert refused.value.error_code == "closed"


def test_of_several_at_once_one_begins(store, database):
    store.finish("anna", "r1", STOPPED)
    begun, barrier = [], threading.Barrier(6)

    def ask(number):
        asking = ConversationStore(database, f"web-{number}")
        barrier.wait()
        begun.append(asking.reopen("anna", "r1").begun)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begun) == [False] * 5 + [True]


def test_a_process_that_wakes_brings_its_end_unless_somebody_went_on(store, other, database):
    store.checkpoint([("anna", "r1", "A f", 2)])
    lose(database, other)
    assert store.finish("anna", "r1", END)
    assert (store.message("anna", "r1").content, store.message("anna", "r1").state) == ("A fox", "complete")
    assert store.message("anna", "r1").seq == 2 + UNSEEN_FRAMES  # what clients were told stays behind it
    store.add_turn(turn(2))
    lose(database, other)
    other.reopen("anna", "r2")
    store.checkpoint([("anna", "r2", "late", 9)])
    assert not store.finish("anna", "r2", END | {"content": "late"})
    assert other.finish("anna", "r2", END | {"seq": UNSEEN_FRAMES + 3})
    assert not store.finish("anna", "r2", END | {"content": "late"})
    assert (store.message("anna", "r2").content, store.message("anna", "r2").seq) == ("A fox", UNSEEN_FRAMES + 3)


def test_what_was_asked_is_kept_beside_the_reply(database):
    store = ConversationStore(database, "web-1")
    asked = {"paint": True, "overrides": {"width": 128}, "candidates": 3}
    made = turn(begins=conversation())
    store.add_turn(replace(made, reply=replace(made.reply, asked=asked)))
    assert store.message("anna", "r1").asked == asked
    assert store.message("anna", "m1").asked is None
    assert "asked" not in store.message("anna", "r1").as_json()
