import dataclasses
import typing

import pytest

from artbot_server import events
from artbot_server.events import (
    BatchChanged,
    ChatFailed,
    ConversationChanged,
    ConversationDeleted,
    Frame,
    JobChanged,
    PaintProgress,
    PicturesReady,
    QueueMoved,
    ReplyContinued,
    ReplyDone,
    ServerChanged,
    SessionSnapshot,
    UserMessage,
)

IDS = {"client_sid": "p", "message_id": "m", "reply_id": "r", "conversation_id": "c"}
DONE = {
    **IDS, "full_message": "A fox", "seq": 2, "prompt": "a fox", "negative_prompt": None, "finish_reason": "stop",
    "usage": None, "state": "complete", "model": "fox-1",
}  # fmt: skip

TABLE = [
    (SessionSnapshot({"session_id": "s"}), "session", {"session_id": "s"}),
    (
        UserMessage({"role": "user"}, {"title": "t"}),
        "user_message",
        {"message": {"role": "user"}, "conversation": {"title": "t"}},
    ),
    (ConversationChanged({"title": "t"}), "conversation", {"conversation": {"title": "t"}}),
    (ConversationDeleted("c"), "conversation_deleted", {"conversation_id": "c"}),
    (Frame("A ", **IDS, seq=1), "message", {"message": "A ", **IDS, "seq": 1}),
    (Frame("A fox", **IDS, seq=4, first=2), "message", {"message": "A fox", **IDS, "seq": 4, "from": 2}),
    (Frame("A", **IDS, seq=4, first=4), "message", {"message": "A", **IDS, "seq": 4}),
    (ReplyDone(**DONE), "gpt_chat", DONE),
    (ReplyDone(**DONE, candidates=[{"prompt": "a"}]), "gpt_chat", DONE | {"candidates": [{"prompt": "a"}]}),
    (ReplyDone(**DONE, job_id="j"), "gpt_chat", DONE | {"job_id": "j"}),
    (ReplyDone(**DONE, paint_error={"code": "x"}), "gpt_chat", DONE | {"paint_error": {"code": "x"}}),
    (
        ChatFailed(**IDS, error={"code": "x"}),
        "chat_error",
        {**IDS, "error": {"code": "x"}, "full_message": "", "seq": 0},
    ),
    (ReplyContinued(**IDS, text="a", seq=2), "chat_continued", {**IDS, "text": "a", "seq": 2}),
    (JobChanged({"job_id": "j"}), "job", {"job_id": "j"}),
    (QueueMoved(({"job_id": "j"},)), "queue", {"jobs": [{"job_id": "j"}]}),
    (
        PaintProgress("j", 0.5, 10, 20, 3.5, b"RIFF"),
        "progress",
        {"job_id": "j", "progress": 0.5, "step": 10, "steps": 20, "eta_s": 3.5, "preview": b"RIFF"},
    ),
    (PicturesReady("j", ({"id": "p"},)), "images", {"job_id": "j", "images": [{"id": "p"}], "grid": None}),
    (BatchChanged({"batch_id": "b"}), "batch", {"batch_id": "b"}),
    (ServerChanged({"version": "1"}), "server", {"version": "1"}),
]


@pytest.mark.parametrize(("event", "name", "fields"), TABLE)
def test_an_event_has_its_name_and_fields(event, name, fields):
    assert (event.name, event.fields()) == (name, fields)


def test_the_table_above_has_every_event():
    assert {type(event) for event, _, _ in TABLE} == set(typing.get_args(events.Event))


@pytest.mark.parametrize("kind", typing.get_args(events.Event))
def test_events_are_small_and_do_not_change(kind):
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    assert hasattr(kind, "__slots__")
    assert kind.__doc__


@pytest.mark.parametrize(("event", "name", "fields"), TABLE)
def test_fields_may_be_changed_without_changing_the_event(event, name, fields):
    event.fields()["added"] = 1
    assert event.fields() == fields


def test_no_two_events_share_a_name():
    names = [kind.name for kind in typing.get_args(events.Event)]
    assert len(set(names)) == len(names)
