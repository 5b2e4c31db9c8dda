import pytest

from artbot_server.errors import BadRequest
from artbot_server.painting.batch_plans import BatchOrder, FolderChoice, TemplateChoice
from artbot_server.web.batch_requests import GenerateBatch
from artbot_server.web.fields import parse


def test_an_order_with_everything():
    asked = {
        "prompt": "a cat",
        "negative_prompt": "dogs",
        "folders": ["anime", {"folder": "land", "rounds": 2}],
        "templates": [{"folder": "own", "template": "ink"}, {"folder": "own", "template": "oil", "repeats": 3}],
        "repeats": 4,
        "rounds": 5,
        "overrides": {"steps": 3},
        "image_id": "p1",
        "language": "zh",
        "save": True,
        "batch_id": "123e4567-e89b-12d3-a456-426614174000",
        "conversation_id": "c1",
        "reply_id": "r1",
        "client_sid": "panel",
        "unknown": 1,
    }
    assert parse(GenerateBatch, asked).order() == BatchOrder(
        prompt="a cat",
        negative_prompt="dogs",
        folders=[FolderChoice("anime"), FolderChoice("land", 2)],
        templates=[TemplateChoice("own", "ink"), TemplateChoice("own", "oil", 3)],
        repeats=4,
        rounds=5,
        overrides={"steps": 3},
        image_id="p1",
        language="zh",
        save=True,
        batch_id="123e4567-e89b-12d3-a456-426614174000",
        conversation_id="c1",
        reply_id="r1",
        client_sid="panel",
    )


def test_an_order_with_nothing_but_a_folder():
    order = parse(GenerateBatch, {"prompt": "a cat", "folders": ["anime"]}).order()
    assert order == BatchOrder(prompt="a cat", folders=[FolderChoice("anime")], templates=[])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"folders": "anime"}, "folders"),
        ({"folders": [""]}, "folders.0.folder"),
        ({"folders": ["a"] * 201}, "folders"),
        ({"folders": [{"folder": "a", "rounds": 31}]}, "folders.0.rounds"),
        ({"templates": ["ink"]}, "templates.0"),
        ({"templates": [{"folder": "a", "template": "b", "repeats": "2"}]}, "templates.0.repeats"),
        ({"repeats": 0}, "repeats"),
        ({"rounds": True}, "rounds"),
        ({"save": "yes"}, "save"),
        ({"batch_id": "mine"}, "batch_id"),
    ],
)
def test_what_is_wrong_is_named(wrong, field):
    with pytest.raises(BadRequest) as caught:
        parse(GenerateBatch, {"prompt": "a cat"} | wrong)
    assert caught.value.detail["field"] == field
