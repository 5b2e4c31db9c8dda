import pytest
from sqlalchemy import select

from artbot_server.errors import Busy
from artbot_server.storage import schema
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.session_store import SessionStore, SessionTally
from tests.storage.test_conversations import conversation, talk, turn
from tests.storage.test_paintings import painted, picture

TABLES = (schema.conversations, schema.messages, schema.jobs, schema.pictures, schema.sessions)


@pytest.fixture
def store(database):
    return SessionStore(database)


@pytest.fixture
def used(database):
    """Anna's session with a conversation, two jobs (one of no conversation) and an upload; bert has a picture."""
    talk(ConversationStore(database, "web-1"), 1)
    painted(database, "j1", 5.0)
    painted(database, "j2", 6.0, None)
    for id in ("j1", "j2"):
        JobStore(database).request_cancel(id, "anna")
    picture(database, "u1", 7.0, kind="upload")
    picture(database, "berts", 7.0, kind="upload", session_id="bert")


def sessions_of(database, table):
    column = table.c.id if table is schema.sessions else table.c.session_id
    return set(database.read(lambda connection: connection.execute(select(column)).scalars()))


def test_what_a_session_holds(store, used):
    held = store.tally("anna")
    assert held.created_at is not None
    assert (held.conversations, held.jobs, held.images, held.image_bytes) == (1, 2, 3, 3)


def test_a_session_nobody_has_used_holds_nothing(store, used):
    assert store.tally("carla") == SessionTally(None, 0, 0, 0, 0)
    removed = store.delete("carla")
    assert (removed.conversation_ids, removed.picture_ids) == ([], [])


def test_a_session_is_used_from_the_first_thing_that_is_kept_until_it_is_deleted(store, used):
    assert (store.is_used("anna"), store.is_used("carla")) == (True, False)
    store.delete("anna")
    assert not store.is_used("anna")


def test_everything_of_a_session_is_deleted_and_nothing_of_anothers(store, used, database):
    removed = store.delete("anna")
    assert (removed.conversation_ids, set(removed.picture_ids)) == (["c1"], {"p-j1", "p-j2", "u1"})
    assert [table.name for table in TABLES if "anna" in sessions_of(database, table)] == []
    assert sessions_of(database, schema.pictures) == {"bert"}
    assert store.tally("anna") == SessionTally(None, 0, 0, 0, 0)


def test_nothing_is_deleted_while_something_is_painted(store, database):
    painted(database, "j1", 5.0, None)
    with pytest.raises(Busy):
        store.delete("anna")
    assert store.tally("anna").images == 1


def test_nothing_is_deleted_while_something_is_written(store, database):
    conversations = ConversationStore(database, "web-1")
    conversations.create(conversation("c1"))
    conversations.add_turn(turn(1))
    with pytest.raises(Busy):
        store.delete("anna")
    assert store.tally("anna").conversations == 1
