import time
from dataclasses import replace

import pytest

from artbot_server.chat.messages import Conversation
from artbot_server.painting.batches import BatchState
from artbot_server.storage.batch_ends import BatchEndStore
from artbot_server.storage.batches import BatchStore
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.picture_files import FolderFiles
from artbot_server.storage.pictures import PictureStore
from tests.storage.stored import LIMIT, checked, claims, known
from tests.storage.test_batches import batch


@pytest.fixture
def store(database):
    known(database, "studio")
    return BatchStore(database)


def worker(database, name="w1", lease_s=60.0):
    return BatchEndStore(database, name, lease_s)


def paint(database, count=3):
    painter = claims(database)
    for _ in range(count):
        painter.done(painter.claim("studio"), [])


def grid(database, tmp_path, id="b1"):
    pictures = PictureStore(database, FolderFiles(tmp_path / "pictures"))
    return pictures, pictures.write_files(checked(), session_id="anna", kind="grid", batch_id=id, position=2)


def test_a_batch_waits_for_its_last_job(database, store):
    store.create(*batch(), LIMIT)
    paint(database, 2)
    assert worker(database).claim() is None
    claimed = claims(database, "other").claim("studio")
    assert worker(database).claim() is None
    claims(database, "other").failed(claimed, {"code": "backend_failed"})
    assert worker(database).claim().id == "b1"


def test_one_worker_has_it(database, store):
    store.create(*batch(), LIMIT)
    paint(database)
    assert worker(database, "w1").claim().id == "b1"
    assert worker(database, "w2").claim() is None
    assert worker(database, "w1").claim() is None


def test_it_is_ended_once_with_its_grids(database, store, tmp_path):
    store.create(*batch(), LIMIT, save=True)
    paint(database)
    mine = worker(database)
    claimed = mine.claim()
    pictures, kept = grid(database, tmp_path)
    assert mine.ended(claimed, [kept], claimed.saved_to)
    ended = store.get("b1", "anna")
    assert (ended.state, ended.saved_to, ended.worker) == (BatchState.DONE, claimed.saved_to, None)
    assert ended.ended_at >= ended.created_at
    [found] = pictures.of_batches(["b1"])["b1"]
    assert (found.id, found.position, found.kind) == (kept.id, 2, "grid")
    assert not mine.ended(claimed, [kept], None)
    assert mine.claim() is None
    assert store.of_session("anna", unfinished=True) == []
    assert store.request_cancel("b1", "anna")[0].state is BatchState.DONE


def test_a_cancelled_batch_ends_as_cancelled(database, store):
    store.create(*batch(), LIMIT)
    store.request_cancel("b1", "anna")
    mine = worker(database)
    assert mine.ended(mine.claim(), [], None)
    ended = store.get("b1", "anna")
    assert ended.state is BatchState.CANCELLED
    assert ended.ended_at is not None


def test_a_lost_lease_changes_nothing(database, store, tmp_path):
    store.create(*batch(), LIMIT)
    paint(database)
    slow, other = worker(database, "slow", lease_s=0.05), worker(database, "other")
    claimed = slow.claim()
    time.sleep(0.1)
    assert other.claim().id == "b1"
    assert not slow.renew(claimed)
    pictures, kept = grid(database, tmp_path)
    assert not slow.ended(claimed, [kept], None)
    slow.release(claimed)
    assert worker(database, "third").claim() is None
    assert pictures.of_batches(["b1"]) == {"b1": []}
    assert store.get("b1", "anna").ended_at is None


def test_a_lease_is_renewed(database, store):
    store.create(*batch(), LIMIT)
    paint(database)
    mine = worker(database, "w1", lease_s=0.3)
    claimed = mine.claim()
    for _ in range(4):
        time.sleep(0.1)
        assert mine.renew(claimed)
    assert worker(database, "w2").claim() is None


def test_a_released_batch_is_free_at_once(database, store):
    store.create(*batch(), LIMIT)
    paint(database)
    mine = worker(database)
    mine.release(mine.claim())
    assert worker(database, "w2").claim().id == "b1"


def test_the_oldest_is_first(database, store):
    for id in ("z", "a"):
        store.create(*batch(id, count=1), LIMIT)
        time.sleep(0.01)  # SQLite's clock counts milliseconds
    paint(database, 2)
    mine = worker(database)
    assert [mine.claim().id, mine.claim().id] == ["z", "a"]


def test_a_deleted_conversation_takes_its_batches_along(database, store, tmp_path):
    conversations = ConversationStore(database, owner="w")
    conversation = conversations.create(
        Conversation(id="c1", session_id="anna", title="", created_at=1.0, updated_at=1.0)
    )
    asked, jobs = batch(conversation_id=conversation.id)
    store.create(asked, [replace(one, conversation_id=conversation.id) for one in jobs], LIMIT)
    paint(database)
    mine = worker(database)
    claimed = mine.claim()
    pictures, kept = grid(database, tmp_path)
    mine.ended(claimed, [kept], None)
    assert conversations.delete("anna", conversation.id) == [kept.id]
    assert store.of_session("anna") == []
    assert pictures.of_batches(["b1"]) == {"b1": []}
