import pytest

from artbot_server.errors import BadRequest
from artbot_server.events import ReplyDone
from artbot_server.web.fields import parse
from artbot_server.web.http.openai_shapes import MOST_CHOICES, ChatCompletion, Shape, TextCompletion, summed

USER = {"role": "user", "content": "a fox"}
USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}


def end(text="A fox", **more):
    fields = {"client_sid": None, "message_id": "m", "reply_id": "r", "conversation_id": "", "seq": 1, "prompt": None,
              "negative_prompt": None, "finish_reason": "stop", "usage": USAGE, "state": "complete", "model": "fox-1"}  # fmt: skip
    return ReplyDone(full_message=text, **fields | more)


def shape(**more):
    return Shape(**{"id": "x-1", "created": 5, "model": "asked", "chat": True} | more)


def test_what_is_passed_on_is_what_was_sent_and_no_more():
    options = {
        "temperature": 0, "top_p": 1, "stop": ["a", "b"], "max_tokens": 5, "max_completion_tokens": 6, "presence_penalty": -2,
        "frequency_penalty": 2, "logit_bias": {"7": 1.5}, "user": "u", "seed": 0,
        "response_format": {"type": "json_object"}, "reasoning_effort": "low",
    }  # fmt: skip
    assert (
        parse(ChatCompletion, {"messages": [USER], **options, "n": 2, "echo": True, "stream": True}).options == options
    )
    assert parse(ChatCompletion, {"messages": [USER]}).options == {}


def test_messages_go_as_they_came():
    sent = [{"role": "developer", "content": "Be brief."}, USER | {"name": "anna"}]
    assert parse(ChatCompletion, {"messages": sent}).sent == sent


def test_a_text_in_parts_is_one_text():
    parts = [{"type": "text", "text": "a fox"}, {"type": "text", "text": ", 雪地"}]
    asked = parse(ChatCompletion, {"messages": [{"role": "user", "content": parts}]})
    assert asked.sent == [{"role": "user", "content": "a fox, 雪地"}]


@pytest.mark.parametrize(
    "parts", [[], ["a fox"], [{"type": "text"}], [{"type": "image_url", "image_url": {"url": "data:,"}}]]
)
def test_parts_without_a_text_are_refused(parts):
    with pytest.raises(BadRequest) as caught:
        parse(ChatCompletion, {"messages": [{"role": "user", "content": parts}]})
    assert caught.value.detail["field"] == "messages.0.content"


def test_a_bare_prompt_is_one_users_message():
    assert parse(TextCompletion, {"prompt": "Once", "messages": []}).sent == [{"role": "user", "content": "Once"}]
    assert parse(TextCompletion, {"messages": [USER]}).sent == [USER]


@pytest.mark.parametrize(
    ("model", "data", "field"),
    [
        (ChatCompletion, {"messages": [USER], "n": MOST_CHOICES + 1}, "n"),
        (ChatCompletion, {"messages": [USER], "conversationId": "c", "n": 2}, "n"),
        (ChatCompletion, {"messages": [USER], "conversationId": ""}, "conversationId"),
        (ChatCompletion, {"messages": [USER], "temperature": "hot"}, "temperature"),
        (ChatCompletion, {"messages": [USER], "temperature": float("nan")}, "temperature"),
        (ChatCompletion, {"messages": [USER], "stop": ["a"] * 5}, "stop"),
        (ChatCompletion, {"messages": [{"role": "user", "content": "half \ud83d"}]}, "messages.0.content"),
        (TextCompletion, {}, "prompt"),
        (TextCompletion, {"prompt": ["a", "b"]}, "prompt"),
    ],
)
def test_a_refusal_names_the_field(model, data, field):
    with pytest.raises(BadRequest) as caught:
        parse(model, data)
    assert caught.value.detail["field"] == field


def test_a_whole_chat():
    assert shape().whole([end()]) == {
        "id": "x-1", "object": "chat.completion", "created": 5, "model": "fox-1", "usage": USAGE,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "A fox"}, "finish_reason": "stop"}],
    }  # fmt: skip


def test_a_whole_text_of_a_kept_conversation():
    answer = shape(chat=False, conversation="mine").whole([end(finish_reason=None, model=None, usage=None)])
    assert (answer["object"], answer["model"], answer["usage"], answer["conversationId"]) == (
        "text_completion",
        "asked",
        None,
        "mine",
    )
    assert answer["choices"] == [{"index": 0, "text": "A fox", "logprobs": None, "finish_reason": "stop"}]


def test_the_chunks_of_a_chat():
    opening, piece, closing = (
        shape().opening(1),
        shape().piece(1, "A "),
        shape().closing(1, end(finish_reason="length")),
    )
    assert {chunk["object"] for chunk in (opening, piece, closing)} == {"chat.completion.chunk"}
    assert opening["choices"] == [{"index": 1, "finish_reason": None, "delta": {"role": "assistant", "content": ""}}]
    assert piece["choices"] == [{"index": 1, "finish_reason": None, "delta": {"content": "A "}}]
    assert closing["choices"] == [{"index": 1, "finish_reason": "length", "delta": {}}]
    assert shape().usage([end()])["choices"] == []


def test_the_chunks_of_a_text():
    text = shape(chat=False)
    assert text.opening(0) is None
    assert text.piece(0, "A ")["choices"] == [{"index": 0, "finish_reason": None, "text": "A ", "logprobs": None}]
    assert text.closing(0, end())["choices"][0]["text"] == ""
    assert text.piece(0, "A ")["object"] == "text_completion"


def test_token_counts_add_up():
    assert summed([end(), end(), end(usage=None)]) == {name: 2 * count for name, count in USAGE.items()}
    assert summed([end(usage=None)]) is None


def test_token_counts_at_a_streams_end_are_told_when_asked_for():
    assert parse(ChatCompletion, {"messages": [USER], "stream_options": {"include_usage": True}}).tells_usage
    assert not parse(ChatCompletion, {"messages": [USER], "stream_options": {}}).tells_usage
    assert not parse(ChatCompletion, {"messages": [USER]}).tells_usage
