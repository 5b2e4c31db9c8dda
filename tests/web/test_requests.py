"""Untrusted JSON: what is taken, and which field a refusal names."""

import uuid

import pytest

from artbot_server.errors import BadRequest
from artbot_server.web import requests as ask
from artbot_server.web.fields import parse
from artbot_server.web.http.article import SubmitByPrompt

GOOD = {"prompt": "a cat", "folder": "f", "template": "t"}
ID = str(uuid.uuid4())


@pytest.mark.parametrize(
    ("model", "data", "field"),
    [
        (ask.SessionChat, {}, "text"),
        (ask.SessionChat, {"text": None}, "text"),
        (ask.SessionChat, {"text": 5}, "text"),
        (ask.SessionChat, {"text": ""}, "text"),
        (ask.SessionChat, {"text": "   "}, "text"),
        (ask.SessionChat, {"text": "zero \0"}, "text"),
        (ask.SessionChat, {"text": "half \ud83d"}, "text"),
        (ask.SessionChat, {"text": "x", "folder": "\0"}, "folder"),
        (ask.SessionChat, {"text": "x", "stream": "yes"}, "stream"),
        (ask.History, {"before": 2**53 + 1}, "before"),
        (SubmitByPrompt, {"prompt": "x", "folderName": "f"}, "templateName"),
        (ask.SessionChat, {"text": "x" * (ask.TEXT_CHARS + 1)}, "text"),
        (ask.SessionChat, {"text": "x", "message_id": "no uuid"}, "message_id"),
        (ask.SessionChat, {"text": "x", "paint": "yes"}, "paint"),
        (ask.SessionChat, {"text": "x", "candidates": 1}, "candidates"),
        (ask.SessionChat, {"text": "x", "candidates": 7}, "candidates"),
        (ask.RenameConversation, {"conversation_id": "c"}, "title"),
        (ask.RenameConversation, {"conversation_id": "c", "title": "x" * 201}, "title"),
        (ask.Conversations, {"before": True}, "before"),
        (ask.SessionChat, {"text": "x", "paint": True}, "paint"),
        (ask.SessionChat, {"text": "x", "folder": ["a"]}, "folder"),
        (ask.SessionChat, {"text": "x", "client_sid": 7}, "client_sid"),
        (ask.ArticleChat, {"messages": []}, "messages"),
        (ask.ArticleChat, {"messages": "hello"}, "messages"),
        (ask.ArticleChat, {"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
        (ask.ArticleChat, {"messages": [{"role": "user"}]}, "messages.0.content"),
        (ask.ArticleChat, {"messages": [{"role": "user", "content": None}]}, "messages.0.content"),
        (ask.ArticleChat, {"messages": [{"role": "user", "content": "x"}], "key": 3}, "key"),
        (ask.Generate, {**GOOD, "prompt": ""}, "prompt"),
        (ask.Generate, {"prompt": "x"}, "folder"),
        (ask.Generate, {**GOOD, "overrides": []}, "overrides"),
        (ask.Generate, {**GOOD, "job_id": "1"}, "job_id"),
        (ask.Generate, {**GOOD, "image": 5}, "image"),
        (ask.StopChat, {}, "reply_id"),
        (ask.CancelJob, {}, "job_id"),
        (ask.History, {"limit": 0}, "limit"),
        (ask.History, {"limit": 51}, "limit"),
        (ask.History, {"before": -1}, "before"),
        (ask.Conversations, {"limit": "9"}, "limit"),
        (ask.ConnectAuth, {"images": "huge"}, "images"),
        (ask.ConnectAuth, {"session": 5}, "session"),
        (ask.SessionChat, "text", ""),
        (ask.SessionChat, [1, 2], ""),
    ],
)
def test_a_refusal_names_the_field_and_what_is_allowed(model, data, field):
    with pytest.raises(BadRequest) as caught:
        parse(model, data)
    assert caught.value.detail["field"] == field
    assert caught.value.detail["allowed"]
    assert field in caught.value.message


@pytest.mark.parametrize(
    ("model", "data", "expected"),
    [
        (ask.SessionChat, {"text": "a", "unknown": object()}, {"text": "a", "paint": False, "folder": None}),
        (
            ask.SessionChat,
            {"text": "a", "folder": "", "conversation_id": ""},
            {"folder": None, "conversation_id": None},
        ),
        (ask.SessionChat, {"text": "a", "message_id": ID.upper()}, {"message_id": ID.upper()}),
        (ask.SessionChat, {"text": "a", "paint": True, "folder": "f", "template": "t"}, {"paint": True}),
        (ask.Generate, GOOD, {"negative_prompt": "", "overrides": {}}),
        (ask.Conversations, {"before": 12}, {"before": "12"}),
        (ask.Nothing, None, {}),
        (ask.ConnectAuth, None, {"images": "thumbnail", "session": None}),
    ],
)
def test_what_is_taken(model, data, expected):
    parsed = parse(model, data).model_dump()
    assert {name: parsed[name] for name in expected} == expected


def test_a_request_never_shows_its_values():
    asked = parse(ask.SessionChat, {"text": "secret words", "key": "sk-secret"})
    assert "secret" not in repr(asked) and "secret" not in str([asked])


def test_the_value_that_was_sent_is_not_in_the_error():
    with pytest.raises(BadRequest) as caught:
        parse(ask.SessionChat, {"text": "x", "key": ["sk-secret"]})
    assert "secret" not in str(caught.value.as_json())


@pytest.mark.parametrize(("sent", "cursor"), [(1.5, "1.5"), (2, "2"), ("1.5~c1", "1.5~c1")])
def test_a_page_of_conversations_goes_on_from_a_cursor_or_a_time(sent, cursor):
    assert parse(ask.Conversations, {"before": sent}).before == cursor
