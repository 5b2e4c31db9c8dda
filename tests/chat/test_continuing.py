import threading

import pytest

from artbot_server.chat.continuing import Wish, again
from artbot_server.chat.seam import GO_ON
from artbot_server.errors import BadRequest, Busy, EngineFailed, NotFound, TooMany, Unavailable
from artbot_server.llm.base import ReplyEnd
from artbot_server.storage.reopening import UNSEEN_FRAMES
from tests.chat.chat_house import ChatHouse, sqlite_house
from tests.chat.scripted_engine import ScriptedEngine

BEGINNING, REST = "A red fox, ", "snow, soft light"
PROMPT = BEGINNING + REST
CUT = EngineFailed("It was cut.", code="engine_cut")


@pytest.fixture
def house(tmp_path):
    with sqlite_house(tmp_path, engine=ScriptedEngine(BEGINNING, CUT)) as house:
        yield house


def broken(house, **more):
    """A reply that was cut after its beginning; what is asked from now on has the rest."""
    ids = house.say(**more)
    house.end_of(ids)
    house.settle()
    house.events.clear()
    house.engine.script = (REST, ReplyEnd("stop", {"total_tokens": 9}, "fox-1"))
    return ids


def go_on(house, ids, **wish):
    given = house.service.continuing.go_on(ids.session_id, ids.reply_id, Wish(**wish))
    assert given.reply_id == ids.reply_id
    return given


def events(house):
    return [event for _, event in house.events]


def test_a_broken_reply_goes_on_in_the_same_reply(house):
    ids = broken(house, text="a fox")
    assert go_on(house, ids) == ids
    end = house.end_of(ids)
    told, frame, _ = events(house)
    assert (told.name, told.text, told.seq) == ("chat_continued", BEGINNING, 1)
    assert (frame.message, frame.seq) == (REST, 2)
    assert (end.full_message, end.seq, end.prompt, end.state) == (PROMPT, 2, PROMPT, "complete")
    stored = house.stored(ids)
    assert (stored.content, stored.seq, stored.state, stored.error) == (PROMPT, 2, "complete", None)
    assert house.store.get("anna", ids.conversation_id).message_count == 2


def test_the_model_reads_the_conversation_the_text_and_what_is_wanted(house):
    first = house.engine
    house.engine = ScriptedEngine("A lion", ReplyEnd("stop"))
    earlier = house.say("a lion")
    house.end_of(earlier)
    house.engine = first
    ids = broken(house, text="a fox", conversation_id=earlier.conversation_id, folder="animals", model="m-1")
    go_on(house, ids, key="sk-mine")
    house.end_of(ids)
    request = house.engine.requests[-1]
    said = [(message["role"], message["content"]) for message in request.messages]
    assert said == [
        ("system", "You draw animals."),
        ("user", "a lion"),
        ("assistant", "A lion"),
        ("user", "a fox"),
        ("assistant", BEGINNING),
        ("user", GO_ON),
    ]
    assert (request.model, request.key, house.keys[-1]) == ("m-1", "sk-mine", "sk-mine")


def test_what_the_model_repeats_is_left_out(house):
    ids = broken(house)
    house.engine.script = ("A red fox, snow", ", soft light", ReplyEnd("stop"))
    go_on(house, ids)
    assert house.end_of(ids).full_message == PROMPT


def test_what_was_asked_for_counts_as_before(house):
    ids = broken(house, paint=True, folder="animals", template="t", overrides={"width": 128})
    go_on(house, ids)
    assert house.end_of(ids).job_id == "job-1"
    assert house.painted == [("anna", "t", PROMPT, ids.reply_id)]
    words = again(house.store.message("anna", ids.message_id), house.stored(ids), Wish(model="other"))
    assert (words.overrides, words.model, words.paint) == ({"width": 128}, "other", True)


def test_candidates_are_looked_for_in_the_whole_text(house):
    house.engine.script = ("1. a red fox, snow\n   one\n2. a grey ", CUT)
    ids = broken(house, candidates=2)
    house.engine.script = ("wolf, night\n   two", ReplyEnd("stop"))
    go_on(house, ids)
    end = house.end_of(ids)
    assert [candidate["prompt"] for candidate in end.candidates] == ["a red fox, snow", "a grey wolf, night"]


def test_a_stopped_reply_goes_on_and_can_be_stopped_again(house):
    gate = threading.Event()
    house.engine.script = (BEGINNING, gate)
    ids = house.say()
    house.stream()
    house.service.live.stop("anna", reply_id=ids.reply_id, message_id=None, client_sid=None)
    assert house.end_of(ids).state == "stopped"
    house.settle()
    house.events.clear()
    house.engine.script = ("snow, ", gate, "soft light", ReplyEnd("stop"))
    go_on(house, ids)
    house.stream(1)
    house.service.live.stop("anna", reply_id=ids.reply_id, message_id=None, client_sid=None)
    assert house.end_of(ids).full_message == "A red fox, snow, "
    house.settle()
    house.events.clear()
    gate.set()
    house.engine.script = ("soft light", ReplyEnd("stop"))
    go_on(house, ids)
    end = house.end_of(ids)
    assert (end.full_message, end.seq, end.state) == (PROMPT, 3, "complete")


def test_one_that_broke_before_its_first_word_is_simply_asked_again(house):
    house.engine.script = (CUT,)
    ids = broken(house, text="a fox")
    house.engine.script = (PROMPT, ReplyEnd("stop"))
    go_on(house, ids)
    assert house.end_of(ids).full_message == PROMPT
    assert [message["content"] for message in house.engine.requests[-1].messages] == ["a fox"]


def test_a_reply_that_breaks_again_keeps_both_parts(house):
    ids = broken(house)
    house.engine.script = ("snow, ", CUT)
    go_on(house, ids)
    end = house.end_of(ids)
    assert (end.name, end.full_message, end.seq) == ("chat_error", "A red fox, snow, ", 2)
    house.settle()
    house.events.clear()
    house.engine.refuses = EngineFailed("No.", code="engine_unreachable")
    go_on(house, ids)
    end = house.end_of(ids)
    assert (end.error["code"], end.full_message, house.stored(ids).content) == (
        "engine_unreachable",
        "A red fox, snow, ",
        "A red fox, snow, ",
    )


def test_asked_twice_it_is_written_once(house):
    ids = broken(house)
    gate = threading.Event()
    house.engine.script = (gate, REST, ReplyEnd("stop"))
    asked = len(house.engine.requests)
    go_on(house, ids)
    house.stream(asked)
    assert go_on(house, ids) == ids
    with ChatHouse(house.url, owner="web-2") as other:
        assert go_on(other, ids) == ids
        assert other.events == []
    gate.set()
    assert house.end_of(ids).full_message == PROMPT
    assert len(house.engine.requests) == asked + 1
    with pytest.raises(BadRequest) as refused:
        go_on(house, ids)
    assert refused.value.detail["field"] == "reply_id"


def test_what_cannot_be_gone_on_with_is_refused_and_stays(house):
    ids = broken(house, folder="animals")
    for session_id, reply_id in (("bert", ids.reply_id), ("anna", ids.message_id), ("anna", "r-9")):
        with pytest.raises(NotFound):
            house.service.continuing.go_on(session_id, reply_id, Wish())

    def over_the_limit():
        raise TooMany("Slowly.")

    with pytest.raises(TooMany):
        house.service.continuing.go_on("anna", ids.reply_id, Wish(), over_the_limit)
    gate = threading.Event()
    house.engine.script = (gate, REST, ReplyEnd("stop"))
    second = house.say("another", conversation_id=ids.conversation_id)
    with pytest.raises(Busy):
        go_on(house, ids)
    gate.set()
    house.end_of(second)
    house.service.live.drain(0)
    with pytest.raises(Unavailable):
        go_on(house, ids)
    assert house.stored(ids).state == "failed"


def test_a_panel_can_be_named_anew(house):
    ids = broken(house, client_sid="left")
    given = go_on(house, ids, client_sid="right")
    assert given.client_sid == "right"
    assert house.end_of(ids).client_sid == "right"
    assert {event.client_sid for event in events(house)} == {"right"}


def test_another_process_goes_on_where_one_was_lost_and_the_lost_one_changes_nothing(tmp_path):
    gate = threading.Event()
    engine = ScriptedEngine(BEGINNING, gate, "what nobody wants", ReplyEnd("stop"))
    with sqlite_house(tmp_path, engine=engine) as house, ChatHouse(house.url, owner="web-2") as other:
        ids = house.say()
        house.stream()
        house.store.checkpoint([("anna", ids.reply_id, BEGINNING, 1)])
        other.service.close_orphans(everybody=True)
        assert other.end_of(ids).seq == 1 + UNSEEN_FRAMES
        other.settle()
        other.events.clear()
        other.engine = ScriptedEngine(REST, ReplyEnd("stop"))
        go_on(other, ids)
        end = other.end_of(ids)
        assert (end.full_message, end.seq) == (PROMPT, 2 + UNSEEN_FRAMES)
        gate.set()
        told = house.end_of(ids)
        assert (told.full_message, told.seq) == (PROMPT, 2 + UNSEEN_FRAMES)
        assert house.stored(ids).content == PROMPT


def test_followers_over_http_get_all_of_it(house):
    ids = broken(house)
    gate = threading.Event()
    house.engine.script = (gate, REST, ReplyEnd("stop"))
    asked = len(house.engine.requests)
    go_on(house, ids)
    house.stream(asked)
    news = house.service.follow("anna", ids.reply_id, 5)
    first = next(news)
    assert (first.message, first.first, first.seq) == (BEGINNING, 1, 1)
    gate.set()
    second, last = news
    assert (second.message, last.full_message) == (REST, PROMPT)


def test_a_wish_shows_no_key():
    assert "sk-1" not in repr(Wish(key="sk-1"))
