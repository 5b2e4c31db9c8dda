import threading
import uuid

import pytest
from sqlalchemy import text

from artbot_server.chat.service import CHECKPOINTS_AT_ONCE
from artbot_server.chat.turns import begun
from artbot_server.errors import BadRequest, Busy, EngineFailed, NotFound, TooMany, Unavailable
from artbot_server.llm.base import ReplyEnd
from artbot_server.storage.database import Database
from artbot_server.storage.schema import metadata
from tests.chat.chat_house import ChatHouse, sqlite_house
from tests.chat.scripted_engine import ScriptedEngine
from tests.painting.house import until
from tests.postgres import empty_postgres

PROMPT = "A red fox, snow, soft light"


@pytest.fixture
def house(tmp_path):
    with sqlite_house(tmp_path) as house:
        yield house


def held(*before, after=("the rest",)):
    """An engine that stands still after some pieces until the Event is set."""
    gate = threading.Event()
    return ScriptedEngine(*before, gate, *after, ReplyEnd("stop")), gate


def rows(house, table):
    return house.database.read(lambda connection: connection.execute(text(f"SELECT * FROM {table}")).mappings().all())


def begun_in(house):
    """The id of an empty conversation."""
    return house.store.create(begun(str(uuid.uuid4()), "anna", "", None, None)).id


def change(house, statement):
    """What another process does to the database."""
    other = Database(house.url)
    other.write(lambda connection: connection.execute(text(statement)))
    other.close()


def test_a_message_is_answered_in_numbered_frames_and_stored(house):
    ids = house.say("a fox in the snow")
    end = house.end_of(ids)
    assert (end.full_message, end.prompt, end.seq, end.state) == (PROMPT, PROMPT, 2, "complete")
    assert (end.finish_reason, end.usage) == ("stop", {"total_tokens": 9})
    frames = [event for _, event in house.events if event.name == "message"]
    assert [(frame.message, frame.seq) for frame in frames] == [("A red fox, ", 1), ("snow, soft light", 2)]
    stored = house.stored(ids)
    assert (stored.content, stored.seq, stored.state, stored.model) == (PROMPT, 2, "complete", "fox-1")
    assert house.store.get("anna", ids.conversation_id).title == "a fox in the snow"


def test_what_is_told_stands_in_the_database_already(tmp_path):
    seen = []

    def look(session_id, event):
        if event.name == "user_message":
            message = house.store.message(session_id, event.message["message_id"])
            conversation = house.store.get(session_id, event.conversation["conversation_id"])
            seen.append((message.as_json() == event.message, conversation.as_json() == event.conversation))
        elif event.name == "gpt_chat":
            reply = house.store.message(session_id, event.reply_id)
            same = (reply.content, reply.seq, reply.state) == (event.full_message, event.seq, event.state)
            seen.append((same, reply.prompt == event.prompt))

    with sqlite_house(tmp_path, look=look) as house:
        first = house.say()
        house.end_of(first)
        house.end_of(house.say("bluer", conversation_id=first.conversation_id))
    assert seen == [(True, True)] * 4


def test_the_sessions_sockets_learn_the_place_of_a_message(house):
    first = house.say()
    house.end_of(first)
    house.end_of(house.say("again", conversation_id=first.conversation_id))
    told = [event for _, event in house.events if event.name == "user_message"]
    assert [event.message["position"] for event in told] == [0, 2]
    assert [event.conversation["message_count"] for event in told] == [2, 4]


def test_a_message_sent_again_is_not_done_twice(house):
    message_id = str(uuid.uuid4())
    first = house.say(message_id=message_id)
    house.end_of(first)
    assert house.say(message_id=message_id) == first
    assert len(house.engine.requests) == 1
    assert len(rows(house, "messages")) == 2


def test_a_message_sent_again_while_it_is_answered_is_not_busy(tmp_path):
    engine, gate = held("A fox")
    with sqlite_house(tmp_path, engine=engine) as house:
        message_id = str(uuid.uuid4())
        first = house.say(message_id=message_id)
        house.stream()
        assert house.say(message_id=message_id, conversation_id=first.conversation_id) == first
        gate.set()
        house.end_of(first)
        assert len(engine.requests) == 1


def at_once(*calls):
    """Run these in a thread each, begun at the same instant; what they gave or raised."""
    begin, answers = threading.Barrier(len(calls)), []

    def run(call):
        begin.wait()
        try:
            answers.append(call())
        except (Busy, NotFound) as error:
            answers.append(error.error_code)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize("known", [False, True], ids=["a new conversation", "a known conversation"])
def test_the_same_message_twice_at_the_same_instant_is_done_once(house, known):
    for number in range(5):
        conversation_id = begun_in(house) if known else None
        again = {"message_id": str(uuid.uuid4()), "conversation_id": conversation_id}
        one, other = at_once(lambda again=again: house.say(**again), lambda again=again: house.say(**again))
        assert one == other
        house.end_of(one)
        assert len(house.engine.requests) == number + 1
        assert len(rows(house, "messages")) == 2 * (number + 1)
        assert len(rows(house, "conversations")) == number + 1


@pytest.mark.parametrize("known", [False, True], ids=["a new conversation", "a known conversation"])
def test_the_same_message_twice_to_two_web_processes_is_done_once(known):
    url = empty_postgres()
    with ChatHouse(url, owner="web-1") as one_house, ChatHouse(url, owner="web-2") as other_house:
        for number in range(5):
            conversation_id = begun_in(one_house) if known else None
            again = {"message_id": str(uuid.uuid4()), "conversation_id": conversation_id}
            one, other = at_once(
                lambda again=again: one_house.say(**again), lambda again=again: other_house.say(**again)
            )
            assert one == other
            one_house.settle()
            other_house.settle()
            assert len(one_house.engine.requests + other_house.engine.requests) == number + 1
        assert len(rows(one_house, "messages")) == 10
        assert len(rows(one_house, "conversations")) == 5


def test_a_second_message_meanwhile_is_busy_and_leaves_nothing(tmp_path):
    engine, gate = held("A fox")
    with sqlite_house(tmp_path, engine=engine) as house:
        first = house.say()
        house.stream()
        with pytest.raises(Busy):
            house.say("another", conversation_id=first.conversation_id)
        other = house.say("elsewhere")
        gate.set()
        house.end_of(first)
        house.end_of(other)
        assert len(rows(house, "messages")) == 4
        house.end_of(house.say("now", conversation_id=first.conversation_id))


def test_two_messages_at_the_same_instant_one_is_busy(tmp_path):
    engine, gate = held("A fox")
    with sqlite_house(tmp_path, engine=engine) as house:
        conversation_id = begun_in(house)
        answers = at_once(
            lambda: house.say("red", conversation_id=conversation_id),
            lambda: house.say("blue", conversation_id=conversation_id),
        )
        assert answers.count("busy") == 1
        gate.set()
    assert len(engine.requests) == 1


def test_another_sessions_conversation_does_not_exist(house):
    ids = house.say(session_id="anna")
    house.end_of(ids)
    with pytest.raises(NotFound) as caught:
        house.say(session_id="bert", conversation_id=ids.conversation_id)
    assert caught.value.detail["field"] == "conversation_id"
    with pytest.raises(NotFound):
        house.service.resume("bert", ids.reply_id)


def test_an_unknown_folder_or_an_unsuitable_text_leaves_nothing(house):
    with pytest.raises(NotFound):
        house.say(folder="nowhere")
    with pytest.raises(BadRequest) as caught:
        house.say("a fox in blood", folder="children")
    assert caught.value.error_code == "unsuitable"
    assert not rows(house, "conversations")
    assert not house.events


def test_the_engine_reads_the_folders_system_prompt_and_the_window(house):
    first = house.say("a fox", folder="animals")
    house.end_of(first)
    house.end_of(house.say("bluer", conversation_id=first.conversation_id, folder="animals", model="m", key="k-1"))
    request = house.engine.requests[1]
    assert [(line["role"], line["content"]) for line in request.messages] == [
        ("system", "You draw animals."), ("user", "a fox"), ("assistant", PROMPT), ("user", "bluer"),
    ]  # fmt: skip
    assert (request.model, request.key, request.temperature) == ("m", "k-1", None)
    assert house.keys == [None, "k-1"]


def test_a_callers_key_is_stored_nowhere(house):
    house.end_of(house.say(key="sk-secret-of-mine"))
    house.ask(key="sk-secret-of-mine")
    stored = str([rows(house, table.name) for table in metadata.sorted_tables])
    assert "A red fox" in stored
    assert "sk-secret" not in stored


@pytest.mark.parametrize("by", ["reply_id", "message_id", "client_sid"])
def test_a_stop_ends_a_silent_model_and_keeps_what_had_come(tmp_path, by):
    engine, _ = held("A red fox, ", "snow")
    with sqlite_house(tmp_path, engine=engine) as house:
        ids = house.say(client_sid="panel", paint=True, folder="animals", template="t")
        stream = house.stream()
        what = {"reply_id": None, "message_id": None, "client_sid": None} | {by: getattr(ids, by)}
        assert not house.service.live.stop("bert", **what)
        assert house.service.live.stop("anna", **what)
        end = house.end_of(ids)
        assert stream.closed.is_set()
        assert (end.name, end.full_message, end.state, end.job_id) == ("gpt_chat", "A red fox, snow", "stopped", None)
        assert (house.stored(ids).content, house.stored(ids).state) == ("A red fox, snow", "stopped")
    assert not house.painted


def test_a_stop_that_overtakes_its_message_ends_it_at_once(house):
    message_id = str(uuid.uuid4())
    assert not house.service.live.stop("anna", reply_id=None, message_id=message_id, client_sid=None)
    ids = house.say(message_id=message_id)
    end = house.end_of(ids)
    assert (end.state, end.full_message, end.seq) == ("stopped", "", 0)
    assert house.stored(ids).state == "stopped"


def test_a_model_that_breaks_keeps_its_text(tmp_path):
    broken = EngineFailed("The stream broke.", code="engine_cut")
    with sqlite_house(tmp_path, engine=ScriptedEngine("A red fox, ", "snow", broken)) as house:
        ids = house.say(paint=True, folder="animals", template="t")
        end = house.end_of(ids)
        assert (end.name, end.full_message, end.error["code"]) == ("chat_error", "A red fox, snow", "engine_cut")
        stored = house.stored(ids)
        assert (stored.content, stored.seq, stored.state) == ("A red fox, snow", 2, "failed")
        assert stored.error["code"] == "engine_cut"
        assert stored.prompt is None
        assert not house.painted
        house.end_of(house.say("again", conversation_id=ids.conversation_id))
        assert {"role": "assistant", "content": "A red fox, snow"} in house.engine.requests[1].messages


def test_a_model_that_cannot_be_asked_fails_its_reply(tmp_path):
    refuses = EngineFailed("No key.", code="no_key", fault="server")
    with sqlite_house(tmp_path, engine=ScriptedEngine(refuses=refuses)) as house:
        ids = house.say()
        assert house.end_of(ids).error["code"] == "no_key"
        assert house.stored(ids).state == "failed"
        assert len(house.service.live) == 0


def without_messages(house):
    """Every statement about messages fails until `with_messages`."""
    change(house, "ALTER TABLE messages RENAME TO gone")


def with_messages(house):
    change(house, "ALTER TABLE gone RENAME TO messages")


@pytest.fixture
def losing(tmp_path):
    """A house whose database goes away before the reply's end."""
    script = ["A red fox, ", "snow", lambda: without_messages(house), ReplyEnd("stop")]
    with sqlite_house(tmp_path, engine=ScriptedEngine(*script)) as house:
        yield house


def is_away(house):
    try:
        rows(house, "messages")
    except Unavailable:
        return True
    return False


def test_a_database_that_is_away_at_the_end_is_waited_for_and_nothing_is_told_before(losing):
    ids = losing.say(paint=True, folder="animals", template="t")
    until(lambda: is_away(losing))
    assert [event.name for _, event in losing.events if event.name in ("gpt_chat", "chat_error")] == []
    assert losing.service.resume("anna", ids.reply_id)["text"].startswith("A red fox")
    with_messages(losing)
    end = losing.end_of(ids)
    assert (end.full_message, end.state, end.job_id) == ("A red fox, snow", "complete", "job-1")
    assert losing.stored(ids).content == "A red fox, snow"


def test_a_database_that_is_away_at_the_end_loses_no_word_of_the_articles_form(losing):
    def back():
        until(lambda: is_away(losing))
        with_messages(losing)

    thread = threading.Thread(target=back)
    thread.start()
    sent = []
    _, outcome = losing.ask(send=sent.append)
    thread.join()
    assert (outcome.text, outcome.state, sent[-1].name) == ("A red fox, snow", "complete", "gpt_chat")


def test_a_server_that_stops_while_the_database_is_away_leaves_the_reply_to_its_next_start(losing):
    ids = losing.say()
    until(lambda: is_away(losing))
    losing.service.live.drain(0)
    losing.settle()
    with_messages(losing)
    losing.service.close_orphans(everybody=True)
    assert losing.stored(ids).state == "interrupted"
    assert losing.end_of(ids).error["code"] == "interrupted"


def test_a_database_that_is_away_at_the_beginning_refuses(house):
    change(house, "ALTER TABLE conversations RENAME TO gone")
    with pytest.raises(Unavailable):
        house.say()
    assert len(house.service.live) == 0
    assert not house.engine.requests


def test_a_finished_prompt_is_painted_and_its_job_told(house):
    ids = house.say(paint=True, folder="animals", template="watercolour")
    assert house.end_of(ids).fields()["job_id"] == "job-1"
    assert house.painted == [("anna", "watercolour", PROMPT, ids.reply_id)]


def test_talk_without_a_prompt_is_not_painted(tmp_path):
    engine = ScriptedEngine("Hello! What would you like to see?", ReplyEnd("stop"))
    with sqlite_house(tmp_path, engine=engine) as house:
        end = house.end_of(house.say(paint=True, folder="animals", template="t"))
        assert (end.prompt, end.job_id, end.paint_error["code"]) == (None, None, "no_prompt")
        assert not house.painted


def test_why_nothing_is_painted_is_told_with_the_reply(tmp_path):
    full = TooMany("Your queue is full.", retry_after_s=30)
    with sqlite_house(tmp_path, paint_error=full) as house:
        fields = house.end_of(house.say(paint=True, folder="animals", template="t")).fields()
    assert fields["paint_error"] == full.as_json()
    assert (fields["state"], fields["prompt"]) == ("complete", PROMPT)
    assert "job_id" not in fields


def test_the_articles_form_sends_its_messages_as_they_are_and_answers_the_asker_only(house):
    sent = []
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "a fox"}]
    ids, outcome = house.ask(messages=messages, send=sent.append, client_sid="panel-1", model="m", key="k")
    assert (outcome.text, outcome.state) == (PROMPT, "complete")
    assert [event.name for event in sent] == ["message", "message", "gpt_chat"]
    assert not house.events
    request = house.engine.requests[0]
    assert (list(request.messages), request.temperature, request.key) == (messages, 0, "k")
    conversation = house.store.get("anna", ids.conversation_id)
    assert (conversation.client_sid, conversation.title, conversation.message_count) == ("panel-1", "panel-1", 2)
    assert [message.content for message in house.store.tail(conversation.id, limit=9)] == ["a fox", PROMPT]


def test_each_panel_of_the_article_has_one_conversation(house):
    once, again = house.ask(client_sid="one")[0], house.ask(client_sid="one")[0]
    other, nameless = house.ask(client_sid="two")[0], house.ask()[0]
    assert once.conversation_id == again.conversation_id
    assert len({once.conversation_id, other.conversation_id, nameless.conversation_id}) == 3
    assert house.ask()[0].conversation_id == nameless.conversation_id


def test_one_panel_may_ask_several_things_at_once(tmp_path):
    engine, gate = held("A fox, ")
    with sqlite_house(tmp_path, engine=engine) as house:
        threading.Timer(0.1, gate.set).start()
        answers = at_once(*[lambda: house.ask(client_sid="one")] * 4)
        assert {outcome.text for _, outcome in answers} == {"A fox, the rest"}
        assert len({ids.conversation_id for ids, _ in answers}) == 1
        assert sorted(row["position"] for row in rows(house, "messages")) == list(range(8))


def test_an_article_without_a_users_line_is_answered(house):
    ids, outcome = house.ask(messages=[{"role": "system", "content": "Say something."}])
    assert outcome.state == "complete"
    assert house.store.message("anna", ids.message_id).content == ""


def test_resume_gives_a_running_reply_and_a_stored_one(tmp_path):
    engine, gate = held("A red fox, ", "snow, ")
    with sqlite_house(tmp_path, engine=engine) as house:
        ids = house.say()
        house.stream()
        running = {"reply_id": ids.reply_id, "text": "A red fox, snow, ", "seq": 2, "done": False}
        assert house.service.resume("anna", ids.reply_id) == running
        gate.set()
        house.end_of(ids)
        ended = {"reply_id": ids.reply_id, "text": "A red fox, snow, the rest", "seq": 3, "done": True}
        assert house.service.resume("anna", ids.reply_id) == ended
        for wrong in (ids.message_id, "nothing"):
            with pytest.raises(NotFound):
                house.service.resume("anna", wrong)


def test_a_stopping_server_takes_nothing_new_and_interrupts_what_runs(tmp_path):
    engine, _ = held("A red fox, ")
    with sqlite_house(tmp_path, engine=engine) as house:
        ids = house.say()
        house.stream()
        house.service.live.drain(0.05)
        end = house.end_of(ids)
        assert (end.name, end.full_message, end.error["code"]) == ("chat_error", "A red fox, ", "interrupted")
        assert house.stored(ids).state == "interrupted"
        for ask in (house.say, house.ask):
            with pytest.raises(Unavailable):
                ask()
        assert len(rows(house, "messages")) == 2


def test_a_stopping_server_lets_a_reply_end_within_its_grace(tmp_path):
    engine, gate = held("A red fox, ")
    with sqlite_house(tmp_path, engine=engine) as house:
        ids = house.say()
        house.stream()
        threading.Timer(0.1, gate.set).start()
        house.service.live.drain(10)
        assert house.end_of(ids).full_message == "A red fox, the rest"


def test_the_replies_of_a_process_that_is_gone_are_closed_and_told(tmp_path):
    engine, gate = held("A red fox, ")
    with sqlite_house(tmp_path, engine=engine) as house, ChatHouse(house.url, owner="web-2") as other:
        ids = house.say()
        house.stream()
        other.service.close_orphans()
        assert house.stored(ids).state == "streaming"  # its process lives
        other.service.close_orphans(everybody=True)
        assert house.stored(ids).state == "interrupted"
        [(session_id, told)] = other.events
        assert (session_id, told.name, told.reply_id) == ("anna", "chat_error", ids.reply_id)
        assert (told.error["code"], told.error["detail"]["fault"]) == ("interrupted", "server")
        other.service.close_orphans(everybody=True)
        assert len(other.events) == 1
        gate.set()


def test_an_orphan_does_not_keep_its_conversation_busy(tmp_path):
    engine, gate = held("A red fox, ")
    with sqlite_house(tmp_path, engine=engine) as house:
        ids = house.say()
        house.stream()
        change(house, "UPDATE messages SET owner_until = 1")
        gate.set()
        second = house.say("again", conversation_id=ids.conversation_id)
        house.end_of(second)


def test_a_running_replys_lease_is_renewed_by_its_process(tmp_path):
    engine, _ = held("A red fox, ")
    with sqlite_house(tmp_path, engine=engine) as house:
        ids = house.say()
        house.stream()
        change(house, "UPDATE messages SET owner_until = 1 WHERE role = 'assistant'")
        house.service.close_orphans()
        assert house.stored(ids).state == "streaming"


def test_a_conversation_begun_empty_is_named_by_its_first_message(house):
    empty = begun_in(house)
    for words in ("a lion cub", "at night"):
        house.end_of(house.say(words, conversation_id=empty))
    assert house.store.get("anna", empty).title == "a lion cub"


LISTED = "1. a red fox, snow\n   A fox.\n2. a blue fox, snow\n   Another one."


@pytest.mark.parametrize(
    "asked",
    [
        {"text": "a fox", "candidates": 2},
        {"text": "/image:prompt a fox", "candidates": 2},
        {"text": "/image:prompt a fox"},
    ],
)
def test_several_prompts_to_choose_from_are_told_and_stored(tmp_path, asked):
    with sqlite_house(tmp_path, engine=ScriptedEngine(LISTED, ReplyEnd("stop"))) as house:
        ids = house.say(**asked, folder="animals")
        end = house.end_of(ids)
        assert [each["prompt"] for each in end.candidates] == ["a red fox, snow", "a blue fox, snow"]
        assert end.candidates[0]["explanation"] == "A fox."
        assert end.prompt == "a red fox, snow"
        stored = house.stored(ids)
        assert (stored.candidates, stored.prompt) == (end.candidates, end.prompt)
        [request] = house.engine.requests
        system, user = request.messages
        assert system["content"].startswith("You draw animals.\n\n")
        assert f"{asked.get('candidates', 3)} numbered prompts" in system["content"]
        assert user["content"] == "a fox"
        assert house.store.message("anna", ids.message_id).content == "a fox"


def test_without_being_asked_for_there_are_no_candidates(tmp_path):
    with sqlite_house(tmp_path, engine=ScriptedEngine(LISTED, ReplyEnd("stop"))) as house:
        end = house.end_of(house.say("a fox"))
        assert "candidates" not in end.fields()
        assert house.engine.requests[0].messages == [{"role": "user", "content": "a fox"}]


def test_an_unknown_mode_is_not_found_and_a_mode_alone_is_nothing_to_say(house):
    with pytest.raises(NotFound) as caught:
        house.say("/image:promt a fox")
    assert caught.value.detail["allowed"] == ["/image:prompt", "/default"]
    assert "Mode not found" in caught.value.message
    with pytest.raises(BadRequest):
        house.say("/image:prompt ")
    assert rows(house, "messages") == []


def test_a_closed_conversation_refuses_messages_but_what_runs_goes_on(tmp_path):
    engine, gate = held("A red ", after=("fox, snow",))
    with sqlite_house(tmp_path, engine=engine) as house:
        ids = house.say(paint=True, folder="animals", template="t")
        house.stream()
        house.store.change("anna", ids.conversation_id, closed_at=1.0)
        with pytest.raises(Busy) as caught:
            house.say("more", conversation_id=ids.conversation_id)
        assert caught.value.error_code == "closed"
        gate.set()
        assert house.end_of(ids).full_message == "A red fox, snow"


def test_a_reply_is_followed_from_its_first_word_however_far_it_is(tmp_path):
    engine, gate = held("A red ", after=("fox, snow",))
    with sqlite_house(tmp_path, engine=engine) as house:
        ids = house.say()
        house.stream()
        news = house.service.follow("anna", ids.reply_id, 0.05)
        first = next(news)
        assert (first.message, first.seq) == ("A red ", 1)
        assert next(news) is None  # silent
        gate.set()
        *_, last = news
        assert (last.full_message, last.prompt) == ("A red fox, snow", "A red fox, snow")
        house.end_of(ids)
        again = list(house.service.follow("anna", ids.reply_id, 0.05))
        assert [event.name for event in again] == ["message", "gpt_chat"]
        assert (again[0].message, again[0].first, again[0].seq) == ("A red fox, snow", 1, 2)
        assert again[1].fields() == last.fields()
        assert list(house.service.follow("bert", ids.reply_id, 0.05)) == []


def test_a_reply_of_another_process_is_waited_for(tmp_path):
    engine, gate = held("A red ", after=("fox, snow",))
    with sqlite_house(tmp_path, engine=engine) as house, ChatHouse(house.url, owner="web-2") as other:
        ids = house.say()
        house.stream()
        news = other.service.follow("anna", ids.reply_id, 0.02)
        assert next(news) is None
        gate.set()
        assert [event.name for event in news if event is not None] == ["message", "gpt_chat"]


def test_a_reply_that_broke_tells_followers_its_error(tmp_path):
    engine = ScriptedEngine("A red ", EngineFailed("The stream broke.", code="engine_cut"))
    with sqlite_house(tmp_path, engine=engine) as house:
        ids = house.say()
        house.end_of(ids)
        *_, last = house.service.follow("anna", ids.reply_id, 0.05)
        assert (last.name, last.error["code"], last.full_message) == ("chat_error", "engine_cut", "A red ")


def test_options_and_a_system_prompt_of_ones_own_reach_the_model(house):
    house.end_of(house.say("a fox", system="Be brief.", options={"top_p": 0.5}, folder="animals"))
    [request] = house.engine.requests
    assert request.messages[0] == {"role": "system", "content": "Be brief."}
    assert request.options == {"top_p": 0.5}


def test_a_running_reply_is_kept_as_far_as_it_is(house):
    house.engine = ScriptedEngine("A ", "red ", threading.Event(), ReplyEnd("stop"))
    ids = house.say()
    house.stream()
    assert house.stored(ids).content == ""
    house.service.checkpoint()
    assert (house.stored(ids).content, house.stored(ids).seq, house.stored(ids).state) == ("A red ", 2, "streaming")


def test_a_checkpoint_that_was_missed_is_made_up_for(house):
    house.engine = ScriptedEngine("A ", "red ", threading.Event(), ReplyEnd("stop"))
    ids = house.say()
    house.stream()
    other = Database(house.url)

    def hold(connection):
        connection.execute(text("UPDATE conversations SET title = 'held'"))
        house.service.checkpoint()

    other.write(hold)
    other.close()
    assert house.stored(ids).content == ""
    house.service.checkpoint()
    assert house.stored(ids).content == "A red "


def test_many_running_replies_are_kept_together(house):
    house.engine = ScriptedEngine("A ", "red ", threading.Event(), ReplyEnd("stop"))
    said = [house.say(session_id=f"session-{number}") for number in range(CHECKPOINTS_AT_ONCE + 1)]
    for number in range(len(said)):
        house.stream(number)
    house.service.checkpoint()
    assert {house.stored(ids).content for ids in said} == {"A red "}
