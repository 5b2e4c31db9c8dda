import time
from dataclasses import replace

import pytest

from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.elsewhere import SESSIONS_AT_ONCE, ElsewhereStore
from tests.storage.stored import claims, known, put
from tests.storage.test_conversations import END, conversation, turn


@pytest.fixture
def talks(database):
    """A reply that web-1 writes, one that web-2 writes, and one that has ended."""
    for number, owner in enumerate(("web-1", "web-2", "web-1"), 1):
        store = ConversationStore(database, owner)
        session_id = "anna" if number < 3 else "bert"
        store.create(conversation(f"c{number}", session_id))
        store.add_turn(turn(number, f"c{number}", session_id))
    ConversationStore(database, "web-1").finish("bert", "r3", END)
    return ElsewhereStore(database)


def test_running_replies_are_found_with_their_owners(talks):
    found = {(reply.id, owner) for reply, owner in talks.streaming("anna")}
    assert found == {("r1", "web-1"), ("r2", "web-2")}
    assert talks.streaming("bert") == []


def test_sessions_with_replies_of_others(talks):
    assert talks.sessions_streaming("web-3") == {"anna"}
    assert talks.sessions_streaming("web-1") == {"anna"}
    assert talks.sessions_streaming("web-2") == {"anna"}


def test_no_session_has_replies_of_others_when_all_are_ours(database):
    store = ConversationStore(database, "web-1")
    store.create(conversation())
    store.add_turn(turn())
    assert ElsewhereStore(database).sessions_streaming("web-1") == set()


def test_replies_by_session_and_id(talks):
    found = talks.replies([("bert", "r3"), ("anna", "r1"), ("anna", "r3")])
    assert {name: reply.state for name, reply in found.items()} == {"r3": "complete", "r1": "streaming"}


def test_replies_that_began_and_ended_since(database):
    now = time.time()
    web, talks = ConversationStore(database, "web-1"), ElsewhereStore(database)
    web.create(conversation())
    for number, began_at in enumerate((now - 60, now + 2, now + 1), 1):
        new = turn(number)
        web.add_turn(replace(new, reply=replace(new.reply, created_at=began_at)))
    assert talks.ended("anna", now) == []  # they are being written
    for name in ("r1", "r2", "r3"):
        web.finish("anna", name, END)
    found = talks.ended("anna", now)
    assert [(reply.id, reply.content, reply.role) for reply in found] == [
        ("r3", "A fox", "assistant"),
        ("r2", "A fox", "assistant"),
    ]
    assert len(talks.ended("anna", now - 61)) == 3
    assert talks.ended("bert", now) == []


def test_sessions_in_which_something_happened(talks, database):
    begun = time.time()
    everybody = ["anna", "bert", "carl", "dora"]
    assert talks.changed(everybody, begun - 60) == {"anna", "bert"}
    assert talks.changed(everybody, begun + 60) == set()
    put(database, "j1", session_id="carl")
    assert talks.changed(everybody, begun - 60) == {"anna", "bert", "carl"}
    assert talks.changed(["dora"], begun - 60) == set()
    many = [f"s{number}" for number in range(SESSIONS_AT_ONCE)]
    assert talks.changed([*many, "carl"], begun - 60) == {"carl"}


def test_a_job_that_ends_is_something_that_happened(database):
    put(database, "j1", session_id="carl")
    known(database, "studio")
    one = claims(database)
    job = one.claim("studio")
    time.sleep(0.3)
    ended_at = time.time()
    store = ElsewhereStore(database)
    assert store.changed(["carl"], ended_at) == set()
    one.done(job, [])
    assert store.changed(["carl"], ended_at - 0.2) == {"carl"}
