import random
import time
import uuid

import orjson
import pytest
from sqlalchemy import text as statement

from artbot_server.app import create_app
from artbot_server.chat.messages import Conversation, Message
from artbot_server.chat.relay import ReplyIds
from artbot_server.config import load_settings
from artbot_server.painting.jobs import Job
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.turns import NewTurn
from artbot_server.web.snapshot import SNAPSHOT_BYTES, SNAPSHOT_MESSAGES, session_snapshot

END = {"state": "complete", "seq": 1, "content": ""}


@pytest.fixture
def bot(tmp_path):
    """A server that was built and not started."""
    environ = {"ARTBOT_DATA_DIR": str(tmp_path), "ARTBOT_QUEUE_LIMIT": "1000", "ARTBOT_ASYNC_MODE": "threading"}
    bot = create_app(load_settings(environ, tmp_path / ".env"))
    yield bot
    bot.database.close()


def talk(bot, turns, text="a fox"):
    """A conversation with so many turns; the ids of its replies."""
    store = bot.services.conversations
    id = str(uuid.uuid4())
    store.create(Conversation(id=id, session_id="anna", title="Foxes", created_at=1.0, updated_at=1.0))
    replies = []
    for _ in range(turns):
        message_id, reply_id = str(uuid.uuid4()), str(uuid.uuid4())
        ids = {"session_id": "anna", "conversation_id": id, "message_id": message_id, "created_at": 1.0}
        user = Message(**ids, id=message_id, role="user", content=text)
        reply = Message(**ids, id=reply_id, role="assistant", content="", state="streaming")
        store.add_turn(NewTurn(user=user, reply=reply))
        store.finish("anna", reply_id, END | {"content": text})
        replies.append(reply_id)
    return replies


def order(bot, count, prompt="a fox", **more):
    given = {"folder": "f", "template": "t", "mode": "txt2img", "fields": {}, "width": 64, "height": 64, "count": 1}
    jobs = [Job(id=str(uuid.uuid4()), session_id="anna", prompt=prompt, **given | more) for _ in range(count)]
    for job in jobs:
        JobStore(bot.database).create(job, 10_000)
    return [job.id for job in jobs]


def live(bot, text):
    """A reply on its way."""
    ids = ReplyIds(session_id="anna", conversation_id="c", message_id="m", reply_id=str(uuid.uuid4()), client_sid=None)
    reply = bot.services.chat.live.begin(ids)
    reply.add(text)
    return ids.reply_id


def snapshot(bot):
    return session_snapshot(bot.services, "anna", "token")


def size(snapshot):
    return len(orjson.dumps(snapshot))


def test_somebody_new_sees_what_there_is_to_choose(bot):
    found = snapshot(bot)
    assert (found["session_id"], found["token"], found["conversation"]) == ("anna", "token", None)
    assert (found["messages"], found["cursor"], found["replies"], found["jobs"]) == ([], None, [], [])
    assert found["server"]["demo"] == {"engine": True, "backend": True}
    library = bot.services.templates.current()
    assert found["templates_version"] == library.version
    assert {one["name"]: one["templates"] for one in found["folders"]} == {
        name: list(folder.templates) for name, folder in library.folders.items()
    }


def test_the_newest_conversation_comes_with_its_last_messages(bot):
    talk(bot, 1)
    replies = talk(bot, 30)
    found = snapshot(bot)
    assert len(found["messages"]) == SNAPSHOT_MESSAGES
    assert found["messages"][-1]["reply_id"] == replies[-1]
    assert found["cursor"] == found["messages"][0]["position"] == 10
    assert found["conversation"]["message_count"] == 60


def test_a_short_conversation_is_whole_and_has_no_cursor(bot):
    talk(bot, 3)
    found = snapshot(bot)
    assert [message["position"] for message in found["messages"]] == list(range(6))
    assert found["cursor"] is None


def test_running_replies_and_unfinished_jobs_come_along(bot):
    reply_id = live(bot, "A red ")
    job_ids = order(bot, 2)
    found = snapshot(bot)
    assert [(reply["reply_id"], reply["text"], reply["seq"]) for reply in found["replies"]] == [(reply_id, "A red ", 1)]
    assert {job["job_id"] for job in found["jobs"]} == set(job_ids)


def test_whoever_runs_the_server_is_told_so(bot):
    assert snapshot(bot)["operator"] is False
    assert session_snapshot(bot.services, "anna", "token", operator=True)["operator"] is True


def test_other_sessions_see_nothing_of_it(bot):
    talk(bot, 1)
    live(bot, "A")
    order(bot, 1)
    found = session_snapshot(bot.services, "bert", None)
    assert (found["conversation"], found["messages"], found["replies"], found["jobs"]) == (None, [], [], [])
    assert found["token"] is None


@pytest.mark.parametrize(
    "text", ["x" * 8000, "雪" * 8000, '"\\\n' * 2500, "🦊" * 4000], ids=["latin", "chinese", "escaped", "wide"]
)
def test_long_texts_are_left_out_from_the_old_end(bot, text):
    talk(bot, 30, text)
    found = snapshot(bot)
    assert size(found) <= SNAPSHOT_BYTES
    positions = [message["position"] for message in found["messages"]]
    assert positions == list(range(60 - len(positions), 60))
    assert found["cursor"] == (positions[0] if positions else 60)


def test_a_very_long_running_reply_is_asked_for_again(bot):
    reply_id = live(bot, "x" * 100_000)
    found = snapshot(bot)
    assert size(found) <= SNAPSHOT_BYTES
    [reply] = found["replies"]
    assert (reply["reply_id"], reply["text"], reply["seq"]) == (reply_id, "", 0)
    assert bot.services.chat.resume("anna", reply_id)["seq"] == 1


def test_a_long_running_reply_costs_no_message_and_no_job(bot):
    talk(bot, 1)
    [job_id] = order(bot, 1)
    change = statement("UPDATE jobs SET state = 'done', ended_at = :now")
    bot.database.write(lambda connection: connection.execute(change, {"now": time.time()}))
    reply_id = live(bot, "x" * 100_000)
    conversation = bot.services.conversations.newest("anna").id
    ids = {"session_id": "anna", "conversation_id": conversation, "message_id": "m", "created_at": 1.0}
    user = Message(**ids, id="m", role="user", content="more")
    reply = Message(**ids, id=reply_id, role="assistant", content="x" * 90_000, state="streaming")
    bot.services.conversations.add_turn(NewTurn(user=user, reply=reply))
    found = snapshot(bot)
    assert size(found) <= SNAPSHOT_BYTES
    assert [message["content"] for message in found["messages"]] == ["a fox", "a fox", "more", ""]
    assert [job["job_id"] for job in found["jobs"]] == [job_id]


def test_of_a_very_long_queue_the_near_end_is_told(bot):
    job_ids = order(bot, 300)
    found = snapshot(bot)
    told = [job["job_id"] for job in found["jobs"]]
    assert size(found) <= SNAPSHOT_BYTES
    assert len(told) > 10
    assert set(told) <= set(job_ids)
    assert sorted(job["position"] for job in found["jobs"]) == list(
        range(min(j["position"] for j in found["jobs"]), min(j["position"] for j in found["jobs"]) + len(told))
    )


@pytest.mark.parametrize("seed", range(12))
def test_whatever_a_session_holds_its_snapshot_stays_small(bot, seed):
    rng = random.Random(seed)
    letters = ["x", "雪", "\n", "🦊", '"', "\u0001"]
    for _ in range(rng.randint(0, 2)):
        talk(bot, rng.randint(1, 12), rng.choice(letters) * rng.choice([1, 500, 8000]))
    for _ in range(rng.randint(0, 3)):
        live(bot, rng.choice(letters) * rng.choice([1, 3000, 60_000]))
    for _ in range(rng.randint(0, 3)):
        order(bot, rng.choice([1, 10, 40]), rng.choice(letters) * rng.choice([1, 1000, 10_000]))
    found = snapshot(bot)
    assert size(found) <= SNAPSHOT_BYTES
    positions = [message["position"] for message in found["messages"]]
    assert positions == sorted(positions)
    if found["conversation"]:
        assert found["cursor"] == ((positions[0] or None) if positions else found["conversation"]["message_count"])
    assert len(found["replies"]) == len(bot.services.chat.live)


def test_a_conversations_picture_is_its_newest(bot):
    talk(bot, 1)
    conversation = bot.services.conversations.newest("anna")
    assert bot.services.conversation_service.record(conversation)["picture_url"] is None


def test_waiting_jobs_of_a_batch_go_first_where_room_is_short(bot):
    talk(bot, 3)
    alone = order(bot, 3)
    order(bot, 150, prompt="a fox on a wall, " * 40, batch_id="b1", place=0, label="f")
    snapshot = session_snapshot(bot.services, "anna", None)
    assert [job["job_id"] for job in snapshot["jobs"]] == alone
    assert len(snapshot["messages"]) == 6
    assert len(orjson.dumps(snapshot)) <= SNAPSHOT_BYTES
