import typing

import orjson
import pytest

from artbot_server.across.told_events import event_body, event_of
from artbot_server.events import ChatFailed, Event, JobChanged, QueueMoved, ReplyDone, UserMessage

DONE = ReplyDone("text", None, "m1", "r1", "c1", 3, "a cat", None, "stop", {"total_tokens": 5}, "complete", "gpt")


@pytest.mark.parametrize(
    "event",
    [
        DONE,
        ChatFailed("panel", "m1", "r1", "c1", {"code": "interrupted"}, "so far"),
        UserMessage({"content": "一只猫"}, {"conversation_id": "c1"}),
        JobChanged({"job_id": "j1", "state": "done"}),
        QueueMoved([{"job_id": "j1", "position": 0, "eta_s": None}]),
    ],
    ids=lambda event: event.name,
)
def test_an_event_comes_back_from_json(event):
    assert event_of(orjson.loads(orjson.dumps(event_body(event)))) == event


def test_every_name_is_one_events():
    kinds = typing.get_args(Event)
    assert len({kind.name for kind in kinds}) == len(kinds)
