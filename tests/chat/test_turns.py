import time
from dataclasses import replace

import pytest

from artbot_server.chat.candidates import Candidate
from artbot_server.chat.prompts import FoundPrompt
from artbot_server.chat.relay import Outcome, ReplyIds
from artbot_server.chat.turns import (
    TITLE_CHARS,
    Finding,
    begun,
    empty_reply,
    finding,
    ids_of,
    last_event,
    row_end,
    stored_end,
    title_of,
    user_message,
)
from artbot_server.chat.words import Words
from artbot_server.errors import EngineFailed, TooMany
from artbot_server.llm.base import ReplyEnd

IDS = ReplyIds(session_id="anna", conversation_id="c1", message_id="m1", reply_id="r1", client_sid="panel")
RAINLESS = Finding(FoundPrompt("a red fox, snow", "rain"))
LISTED = "1. a red fox, snow\n   A fox.\n2. a blue fox, snow\n   Another."
ID_FIELDS = {"client_sid": "panel", "message_id": "m1", "reply_id": "r1", "conversation_id": "c1"}


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("a fox", "a fox"),
        ("  a fox\n\tin the snow ", "a fox in the snow"),
        ("雪地里的狐狸", "雪地里的狐狸"),
        ("x" * TITLE_CHARS, "x" * TITLE_CHARS),
        ("x" * (TITLE_CHARS + 1), "x" * (TITLE_CHARS - 1) + "…"),
        ("   ", ""),
    ],
)
def test_a_title_is_the_first_words_on_one_line(text, title):
    assert title_of(text) == title


def test_a_users_message_keeps_what_it_was_about():
    words = Words(text="a fox", message_id="m1", image_id="i", folder="f", template="t")
    before = time.time()
    message = user_message(IDS, "a fox", words)
    assert (message.id, message.message_id, message.role, message.state) == ("m1", "m1", "user", "complete")
    assert (message.image_id, message.folder, message.template, message.client_sid) == ("i", "f", "t", "panel")
    assert before <= message.created_at <= time.time()


def test_a_message_of_the_articles_form_is_about_no_folder():
    message = user_message(IDS, "a fox")
    assert (message.content, message.folder, message.template, message.image_id) == ("a fox", None, None, None)


def test_an_empty_reply_is_streaming_and_gives_its_ids_back():
    reply = empty_reply(IDS, "gpt")
    assert (reply.id, reply.role, reply.content, reply.state, reply.model) == (
        "r1",
        "assistant",
        "",
        "streaming",
        "gpt",
    )
    assert ids_of(reply) == IDS


def test_the_end_of_a_reply_tells_all_of_it():
    outcome = Outcome("A fox", 4, "complete", ReplyEnd("stop", {"total_tokens": 9}))
    event = last_event(IDS, outcome, RAINLESS, "job-1", None)
    assert event.name == "gpt_chat"
    assert event.fields() == ID_FIELDS | {
        "full_message": "A fox", "seq": 4, "prompt": "a red fox, snow", "negative_prompt": "rain",
        "finish_reason": "stop", "usage": {"total_tokens": 9}, "state": "complete", "model": None,
        "job_id": "job-1",
    }  # fmt: skip


def test_the_end_of_a_stopped_reply_says_so():
    fields = last_event(IDS, Outcome("A f", 1, "stopped"), Finding(), None, None).fields()
    assert (fields["state"], fields["prompt"], fields["finish_reason"]) == ("stopped", None, None)
    assert "job_id" not in fields
    assert "paint_error" not in fields


def test_why_nothing_is_painted_stands_beside_the_prompt():
    error = TooMany("Your queue is full.")
    outcome = Outcome("a red fox, snow", 1, "complete")
    fields = last_event(IDS, outcome, Finding(FoundPrompt("a red fox, snow")), None, error).fields()
    assert fields["paint_error"] == error.as_json()
    assert fields["prompt"] == "a red fox, snow"


def test_a_broken_reply_ends_with_its_error_and_what_had_come():
    error = EngineFailed("The stream broke.", code="engine_cut")
    event = last_event(IDS, Outcome("A fo", 2, "failed", error=error), Finding(), None, None)
    assert event.name == "chat_error"
    assert event.fields() == ID_FIELDS | {"error": error.as_json(), "full_message": "A fo", "seq": 2}


def test_what_is_found_in_a_reply_is_its_prompt():
    assert finding(Outcome("a red fox, snow", 1, "complete"), None) == Finding(FoundPrompt("a red fox, snow"))
    assert finding(Outcome("Hello!", 1, "complete"), None) == Finding()
    broken = Outcome("a red fox, snow", 1, "failed", error=EngineFailed("The stream broke."))
    assert finding(broken, None) == finding(broken, 3) == Finding()


def test_of_several_prompts_the_first_is_the_prompt():
    found = finding(Outcome(LISTED, 1, "complete"), 3)
    assert found.prompt == FoundPrompt("a red fox, snow")
    assert found.candidates == (
        Candidate("a red fox, snow", "", "A fox."),
        Candidate("a blue fox, snow", "", "Another."),
    )
    assert found.told["candidates"][1] == {
        "prompt": "a blue fox, snow",
        "negative_prompt": "",
        "explanation": "Another.",
    }
    assert finding(Outcome(LISTED, 1, "complete"), 1).candidates == found.candidates[:1]
    none = finding(Outcome("Hello!", 1, "complete"), 3)
    assert (none.prompt, none.candidates) == (None, ())


@pytest.mark.parametrize(
    ("outcome", "found"),
    [
        (Outcome("A fox", 4, "complete", ReplyEnd("stop", {"total_tokens": 9}, "fox-1")), RAINLESS),
        (Outcome(LISTED, 4, "stopped"), finding(Outcome(LISTED, 4, "stopped"), 2)),
        (Outcome("A f", 2, "failed", error=EngineFailed("The stream broke.", code="engine_cut")), Finding()),
    ],
)
def test_a_stored_reply_tells_the_same_end_again(outcome, found):
    stored = replace(empty_reply(IDS, None), **row_end(outcome, found, None))
    assert stored_end(stored).fields() == last_event(IDS, outcome, found, None, None).fields()


def test_a_row_names_the_model_that_was_asked_where_none_named_itself():
    assert row_end(Outcome("", 0, "complete"), Finding(), "gpt")["model"] == "gpt"


def test_a_conversation_begins_empty():
    made = begun("c1", "anna", "Foxes", "animals", "cat", "panel")
    assert (made.id, made.session_id, made.title, made.folder, made.template) == (
        "c1",
        "anna",
        "Foxes",
        "animals",
        "cat",
    )
    assert (made.client_sid, made.message_count, made.closed_at) == ("panel", 0, None)
    assert made.created_at == made.updated_at <= time.time()
