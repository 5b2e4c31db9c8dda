import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from artbot_server.chat.messages import Conversation, Message
from artbot_server.errors import Busy, NotFound, Unavailable
from artbot_server.storage import schema
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.database import Database
from artbot_server.storage.turns import NewTurn
from tests.storage.databases import fresh_url
from tests.storage.stored import put

ERROR = {"code": "interrupted", "message": "It stopped.", "detail": {}}
END = {"content": "A fox", "seq": 3, "state": "complete"}


@pytest.fixture
def store(database):
    return ConversationStore(database, "web-1")


def conversation(id="c1", session_id="anna", **more):
    return Conversation(
        **{"id": id, "session_id": session_id, "title": id, "created_at": 1.0, "updated_at": 1.0} | more
    )


def turn(number=1, conversation_id="c1", session_id="anna", **more):
    ids = {"session_id": session_id, "conversation_id": conversation_id, "message_id": f"m{number}"}
    user = Message(**ids, id=f"m{number}", role="user", content=f"wish {number}", created_at=float(number))
    reply = Message(**ids, id=f"r{number}", role="assistant", content="", state="streaming", created_at=float(number))
    return NewTurn(user=user, reply=reply, **more)


def talk(store, count, conversation_id="c1"):
    """A conversation with so many answered turns."""
    store.create(conversation(conversation_id))
    for number in range(1, count + 1):
        store.add_turn(turn(number, conversation_id))
        store.finish("anna", f"r{number}", END | {"content": f"answer {number}"})


def count(database, table):
    return len(database.read(lambda connection: connection.execute(select(table)).fetchall()))


def test_a_conversation_is_found_by_its_own_session_only(store):
    made = store.create(conversation(folder="animals", template="cat"))
    assert store.get("anna", "c1") == made
    for session_id, id in (("bert", "c1"), ("anna", "c2")):
        with pytest.raises(NotFound) as caught:
            store.get(session_id, id)
        assert caught.value.detail["field"] == "conversation_id"


def test_the_first_conversation_writes_the_session_once(store, database):
    for number in range(3):
        store.create(conversation(f"c{number}"))
    store.create(conversation("c9", "bert"))
    assert count(database, schema.sessions) == 2


def test_conversations_come_newest_first_in_pages(store):
    for number in range(5):
        store.create(conversation(f"c{number}", updated_at=float(number)))
    store.create(conversation("other", "bert", updated_at=99.0))
    assert ids_in_pages(store, 2) == ["c4", "c3", "c2", "c1", "c0"]
    assert store.newest("anna").id == "c4"
    assert store.newest("nobody") is None


def ids_in_pages(store, limit):
    found, before = [], None
    while part := store.page("anna", before=before, limit=limit):
        found += [one.id for one in part]
        before = (part[-1].updated_at, part[-1].id)
    return found


def test_conversations_of_one_instant_are_all_in_the_pages(store):
    for number in range(7):
        store.create(conversation(f"c{number}", updated_at=1700000000.123456 + number // 3))
    for limit in (1, 2, 3, 4):
        assert ids_in_pages(store, limit) == ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]


def test_a_conversation_is_renamed_and_closed_once(store):
    store.create(conversation())
    assert store.change("anna", "c1", title="Foxes").title == "Foxes"
    assert store.change("anna", "c1", closed_at=5.0).closed_at == 5.0
    again = store.change("anna", "c1", closed_at=9.0)
    assert (again.closed_at, again.title, again.updated_at) == (5.0, "Foxes", 1.0)
    assert store.get("anna", "c1") == again
    with pytest.raises(NotFound):
        store.change("bert", "c1", title="mine")


def test_a_closed_conversation_takes_no_turns_and_no_jobs_but_repeats_its_answers(store, database):
    talk(store, 1)
    before = put(database, "job-1", conversation_id="c1")[0]
    store.change("anna", "c1", closed_at=5.0)
    for refused in (lambda: store.add_turn(turn(2)), lambda: put(database, "job-2", conversation_id="c1")):
        with pytest.raises(Busy) as caught:
            refused()
        assert (caught.value.error_code, caught.value.detail["field"]) == ("closed", "conversation_id")
    assert store.add_turn(turn(1)).reply.content == "answer 1"
    assert put(database, "job-1", conversation_id="c1") == [before]
    assert (count(database, schema.messages), count(database, schema.jobs)) == (2, 1)


def test_a_conversation_is_gone_through_from_its_beginning(store):
    talk(store, 3)
    parts, after = [], -1
    while part := store.part("c1", after=after, limit=4):
        parts.append([message.position for message in part])
        after = part[-1].position
    assert parts == [[0, 1, 2, 3], [4, 5]]


def test_a_turn_takes_the_next_two_places(store):
    talk(store, 2)
    saved = store.add_turn(turn(3))
    assert (saved.user.position, saved.reply.position) == (4, 5)
    assert saved.conversation.message_count == 6
    assert store.get("anna", "c1") == saved.conversation
    assert store.message("anna", "m3") == saved.user
    assert store.message("anna", "r3") == saved.reply
    assert store.reply_to("anna", "m3") == saved.reply


def test_a_turn_moves_its_conversation_to_the_front_and_sets_its_direction(store):
    store.create(conversation("c1"))
    store.create(conversation("c2", updated_at=2.0))
    told = turn(1)
    before = time.time()
    store.add_turn(NewTurn(user=replace(told.user, folder="animals", template="cat"), reply=told.reply))
    newest = store.newest("anna")
    assert (newest.id, newest.folder, newest.template) == ("c1", "animals", "cat")
    assert newest.updated_at >= before


def test_a_first_turn_brings_its_conversation_along(store, database):
    saved = store.add_turn(turn(begins=conversation(title="a fox")))
    assert (saved.conversation.title, saved.conversation.message_count) == ("a fox", 2)
    assert count(database, schema.sessions) == 1


def test_a_turn_that_fails_leaves_no_conversation(store, database):
    begun = turn(begins=conversation())
    wrong = replace(begun, reply=replace(begun.reply, content=None))
    with pytest.raises(IntegrityError):
        store.add_turn(wrong)
    assert count(database, schema.conversations) == 0


@pytest.mark.parametrize("session_id", ["anna", "bert"])
def test_a_turn_of_no_conversation_is_refused(store, database, session_id):
    store.create(conversation("c2"))
    with pytest.raises(NotFound):
        store.add_turn(turn(conversation_id="c2" if session_id == "bert" else "c1", session_id=session_id))
    assert count(database, schema.messages) == 0


def test_a_turn_that_is_there_is_given_back_and_nothing_changes(store, database):
    first = store.add_turn(turn(begins=conversation()))
    told = turn(begins=conversation("c2"), alone=True, conversation_id="c2")
    again = store.add_turn(replace(told, reply=replace(told.reply, id="r9")))
    assert again == first
    assert count(database, schema.messages) == 2
    assert count(database, schema.conversations) == 1


def test_two_sessions_may_use_the_same_message_id(store):
    store.add_turn(turn(begins=conversation()))
    saved = store.add_turn(turn(conversation_id="c2", session_id="bert", begins=conversation("c2", "bert")))
    assert saved.user.session_id == "bert"
    assert store.message("anna", "m1").conversation_id == "c1"


def test_alone_refuses_while_a_reply_is_written_and_not_afterwards(store, database):
    store.add_turn(turn(1, begins=conversation()))
    with pytest.raises(Busy):
        store.add_turn(turn(2, alone=True))
    assert count(database, schema.messages) == 2
    store.add_turn(turn(3))  # the article's form may ask several things at once
    for id in ("r1", "r3"):
        store.finish("anna", id, END)
    store.add_turn(turn(2, alone=True))


def test_a_reply_whose_process_is_gone_is_in_nobodys_way(store, database):
    store.add_turn(turn(1, begins=conversation()))
    database.write(lambda connection: connection.execute(update(schema.messages).values(owner_until=time.time() - 1)))
    store.add_turn(turn(2, alone=True))


def test_turns_at_the_same_instant_stand_one_behind_the_other(store, database):
    store.create(conversation())
    begin = threading.Barrier(6)

    def add(number):
        begin.wait()
        store.add_turn(turn(number))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tail = store.tail("c1", limit=50)
    assert [message.position for message in tail] == list(range(12))
    assert all(one.message_id == other.message_id for one, other in zip(tail[::2], tail[1::2], strict=True))


def test_a_panel_has_one_conversation_also_when_asked_at_the_same_instant(store, database):
    begin, found = threading.Barrier(4), []

    def ask(number):
        begin.wait()
        found.append(store.of_client(conversation(f"c{number}", client_sid="panel")))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.id for one in found}) == 1
    assert count(database, schema.conversations) == 1
    assert store.of_client(conversation("c8", "bert", client_sid="panel")).id == "c8"
    assert store.of_client(conversation("c9", client_sid="")).id == "c9"


def test_a_panels_first_turn_makes_its_conversation_and_all_others_go_into_it(store, database):
    begin, saved = threading.Barrier(4), []

    def ask(number):
        begins = conversation(f"c{number}", client_sid="panel")
        begin.wait()
        saved.append(store.add_turn(turn(number, f"c{number}", begins=begins)))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (id,) = {one.conversation.id for one in saved}
    assert {one.reply.conversation_id for one in saved} == {id}
    assert [message.position for message in store.tail(id, limit=50)] == list(range(8))
    assert store.get("anna", id).message_count == 8
    assert count(database, schema.conversations) == 1


def test_an_end_without_findings_has_none(store):
    store.add_turn(turn(begins=conversation()))
    before = store.message("anna", "r1")
    store.finish("anna", "r1", END)
    assert store.message("anna", "r1") == replace(before, content="A fox", seq=3, state="complete")


def test_a_closed_panel_takes_no_turn(store):
    store.add_turn(turn(1, begins=conversation(client_sid="panel")))
    store.change("anna", "c1", closed_at=5.0)
    with pytest.raises(Busy, match="closed"):
        store.add_turn(turn(2, "c2", begins=conversation("c2", client_sid="panel")))
    assert len(store.tail("c1", limit=9)) == 2


def test_the_tail_is_the_newest_lines_oldest_first(store):
    talk(store, 4)
    assert [message.position for message in store.tail("c1", limit=3)] == [5, 6, 7]
    assert [message.position for message in store.tail("c1", limit=3, before=5)] == [2, 3, 4]
    assert store.tail("c1", limit=3, before=0) == []
    assert store.tail("c2", limit=3) == []
    assert [message.content for message in store.tail("c1", limit=2)] == ["wish 4", "answer 4"]


def test_a_message_is_its_sessions_alone(store):
    talk(store, 1)
    for look in (store.message, store.reply_to):
        assert look("bert", "m1") is None
        assert look("anna", "m2") is None
    assert store.reply_to("anna", "r1") is None


def test_a_checkpoint_keeps_a_running_reply_and_never_an_ended_one(store):
    store.add_turn(turn(begins=conversation()))
    store.checkpoint([("bert", "r1", "not mine", 9)])
    store.checkpoint([("anna", "r1", "A f", 2)])
    assert (store.message("anna", "r1").content, store.message("anna", "r1").seq) == ("A f", 2)
    store.finish("anna", "r1", END)
    store.checkpoint([("anna", "r1", "late", 9)])
    assert store.message("anna", "r1").content == "A fox"


def test_the_end_of_a_reply_is_kept_with_all_that_was_found(store):
    store.add_turn(turn(begins=conversation()))
    end = END | {
        "prompt": "a red fox", "negative_prompt": "snow", "finish_reason": "stop", "usage": {"total_tokens": 9},
        "model": "m", "error": None,
    }  # fmt: skip
    store.finish("anna", "r1", end)
    stored = store.message("anna", "r1")
    assert {name: getattr(stored, name) for name in end} == end


def test_a_reply_ends_once(store):
    store.add_turn(turn(begins=conversation()))
    store.finish("anna", "r1", END | {"state": "stopped"})
    store.finish("anna", "r1", END | {"content": "late"})
    assert (store.message("anna", "r1").state, store.message("anna", "r1").content) == ("stopped", "A fox")


def test_only_replies_of_processes_that_are_gone_are_closed(database, store):
    other = ConversationStore(database, "web-2")
    store.add_turn(turn(1, begins=conversation()))
    other.add_turn(turn(2))
    talk(store, 0, "c2")
    assert not store.close_orphans(ERROR)
    database.write(lambda connection: connection.execute(update(schema.messages).values(owner_until=time.time() - 1)))
    store.renew(["r1", "r2"])
    [lost] = store.close_orphans(ERROR)
    assert (lost.id, lost.state, lost.error) == ("r2", "interrupted", ERROR)
    assert store.message("anna", "r1").state == "streaming"
    assert not store.close_orphans(ERROR)
    store.renew([])
    assert [one.id for one in store.close_orphans(ERROR, everybody=True)] == ["r1"]


def test_a_deleted_conversation_takes_its_messages_jobs_and_picture_rows_along(store, database):
    talk(store, 1)
    other = store.add_turn(turn(9, "c2", begins=conversation("c2")))
    job, elsewhere = put(database, "job-1", conversation_id="c1")[0], put(database, "job-2", conversation_id="c2")[0]
    end = update(schema.jobs).values(state="done")
    rows = [
        {"id": f"p-{one.id}", "session_id": "anna", "job_id": one.id, "kind": "picture", "position": 0, "bytes": 1,
         "mime": "image/png", "width": 1, "height": 1, "infotext": "", "created_at": 1.0}
        for one in (job, elsewhere)
    ]  # fmt: skip
    database.write(lambda connection: (connection.execute(end), connection.execute(insert(schema.pictures), rows)))
    assert store.delete("anna", "c1") == ["p-job-1"]
    left = database.read(lambda connection: connection.execute(select(schema.pictures.c.id)).scalars().all())
    assert left == ["p-job-2"]
    assert store.tail("c1", limit=9) == []
    assert store.message("anna", "m9") == other.user
    assert (count(database, schema.jobs), count(database, schema.pictures)) == (1, 1)
    with pytest.raises(NotFound):
        store.delete("anna", "c1")


def test_nothing_is_deleted_while_something_is_written_or_painted(store, database):
    store.add_turn(turn(begins=conversation()))
    with pytest.raises(NotFound):
        store.delete("bert", "c1")
    with pytest.raises(Busy):
        store.delete("anna", "c1")
    store.finish("anna", "r1", END)
    put(database, "job-1", conversation_id="c1")
    with pytest.raises(Busy):
        store.delete("anna", "c1")
    database.write(lambda connection: connection.execute(update(schema.jobs).values(state="failed")))
    assert store.delete("anna", "c1") == []


def test_a_checkpoint_does_not_wait_for_somebody_elses_lock(tmp_path):
    url = fresh_url("sqlite", tmp_path)
    database, other = Database(url), Database(url)
    store = ConversationStore(database, "web-1")
    store.add_turn(turn(begins=conversation()))

    def hold(connection):
        connection.execute(text("UPDATE conversations SET title = 'held'"))
        with pytest.raises(Unavailable):
            store.checkpoint([("anna", "r1", "A f", 1)])

    other.write(hold)
    store.checkpoint([("anna", "r1", "A fo", 2)])
    assert store.message("anna", "r1").content == "A fo"
    database.close()
    other.close()
