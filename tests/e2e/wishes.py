"""What a device asks for on a bad line, and that it got all of it, once."""

import uuid

from tests.e2e.bad_line import BadLine
from tests.e2e.client import Client

SMALL = {"width": 128, "height": 128, "batch_size": 1}


def newcomer(server):
    """A session's token."""
    with Client(server.address) as client:
        return client.session["token"]


def wish(text):
    """Words and an order, by names that the client makes."""
    words = {"text": "a long story", "message_id": str(uuid.uuid4())}
    order = {"prompt": "a hat", "folder": "landscape", "template": "gouache", "overrides": SMALL}
    return {"words": words, "order": order | {"job_id": str(uuid.uuid4())}, "expect": text}


def holds_all_of(end, text):
    assert end["wrong"] == []
    assert (end["text"], end["job"], end["pictures"]) == (text, "done", 1)


def to_each_in_turn(several, cuts=()):
    """A line whose clients come to another process after each cut."""
    first, *others = (web.address for web in several.webs)
    return BadLine(first, cuts, others=others)


def stood_once(several, token, asks):
    """What was asked again because its answer was lost was done once, whichever process it was asked of."""
    for web in several.webs:
        with Client(web.address, auth={"session": token}) as client:
            assert [message["role"] for message in client.call("history", {})["messages"]] == ["user", "assistant"]
            [job] = client.call("jobs", {"job_ids": [asks["order"]["job_id"]]})["jobs"]
            assert len(job["images"]) == 1
