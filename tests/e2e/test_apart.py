"""Two sessions on one server: whatever one tries with the other's ids, it finds nothing and the other hears nothing."""

import io
import uuid
from dataclasses import dataclass

import pytest
import requests
from PIL import Image

from tests.e2e.client import Client
from tests.llm.fake_openai import FakeOpenAI, delta, reply, silence_after
from tests.server import RunningServer

SLOW = {"width": 64, "height": 64, "batch_size": 1, "steps": 80}


@dataclass(frozen=True)
class Belongings:
    """What the owner has: one of each, and a reply and a job under way."""

    conversation_id: str
    message_id: str
    reply_id: str
    job_id: str
    image_id: str
    mask_id: str
    live_conversation_id: str
    live_message_id: str
    live_reply_id: str
    running_job_id: str
    shared_id: str
    shared_url: str


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    # The painter is as slow as it can be and the model's second reply never ends: what is under way stays so.
    with FakeOpenAI() as fake:
        fake.answer(reply(), silence_after(delta("a castle")), reply())
        data_dir = tmp_path_factory.mktemp("data")
        with RunningServer(data_dir, OPENAI_BASE_URL=fake.url, ARTBOT_DEMO_PACE="10") as running:
            running.wait_for_worker()
            yield running


@pytest.fixture(scope="module")
def owner(server):
    with Client(server.address) as client:
        yield client


@pytest.fixture(scope="module")
def has(server, owner):
    done = owner.say("a hen")
    owner.wait("gpt_chat", reply_id=done["reply_id"])
    kept = [_upload(server, owner) for _ in range(3)]
    cancelled = owner.paint(overrides=SLOW)
    running = owner.paint(overrides=SLOW)
    owner.call("cancel_job", {"job_id": cancelled})
    owner.job_end(cancelled)
    live = owner.say("a castle", client_sid="panel-1")
    owner.wait("message", reply_id=live["reply_id"])
    return Belongings(
        *(done[name] for name in ("conversation_id", "message_id", "reply_id")),
        cancelled,
        kept[0],
        kept[1],
        *(live[name] for name in ("conversation_id", "message_id", "reply_id")),
        running,
        kept[2],
        owner.call("share_image", {"image_id": kept[2]})["url"],
    )


def _upload(server, client):
    data = io.BytesIO()
    Image.new("RGB", (64, 64)).save(data, "PNG")
    bearer = {"Authorization": "Bearer " + client.session["token"]}
    files = {"image": ("a.png", data.getvalue())}
    return requests.post(server.address + "/api/v1/images", files=files, headers=bearer, timeout=20).json()["id"]


@pytest.fixture(scope="module")
def stranger(server, has):
    with Client(server.address) as client:
        yield client


@pytest.fixture
def undisturbed(owner, has):
    """Hold what the owner hears during a test against what its own reply and job say anyway."""
    before = len(owner.heard)
    yield
    owner.call("templates")  # whatever was sent to the owner came before this ack
    own = {has.live_reply_id, has.running_job_id}
    for name, data in owner.heard[before:]:
        if name == "queue":
            assert {job["job_id"] for job in data["jobs"]} <= own
        else:
            assert name in ("message", "progress", "job"), (name, data)
            assert data.get("reply_id") in own or data.get("job_id") in own, (name, data)
            assert data.get("state") in (None, "queued", "running"), data


GENERATE = {"prompt": "a dog", "folder": "landscape", "template": "golden-hour", "overrides": SLOW}
ON_A_PICTURE = {**GENERATE, "template": "photo-to-painting"}


@pytest.mark.parametrize(
    ("event", "data", "field"),
    [
        ("gpt_chat", {"text": "hello", "conversation_id": "conversation_id"}, "conversation_id"),
        ("gpt_chat", {"text": "hello", "conversation_id": "live_conversation_id"}, "conversation_id"),
        ("gpt_chat", {"text": "hello", "image_id": "image_id"}, "image_id"),
        ("resume", {"reply_id": "reply_id"}, "reply_id"),
        ("resume", {"reply_id": "live_reply_id"}, "reply_id"),
        ("resume", {"reply_id": "message_id"}, "reply_id"),
        ("history", {"conversation_id": "conversation_id"}, "conversation_id"),
        ("history", {"conversation_id": "live_conversation_id", "before": 2, "limit": 1}, "conversation_id"),
        ("delete_conversation", {"conversation_id": "conversation_id"}, "conversation_id"),
        ("delete_conversation", {"conversation_id": "live_conversation_id"}, "conversation_id"),
        ("generate", {**GENERATE, "conversation_id": "conversation_id"}, "conversation_id"),
        ("generate", {**GENERATE, "reply_id": "reply_id"}, "reply_id"),
        ("generate", {**GENERATE, "reply_id": "live_reply_id"}, "reply_id"),
        ("generate", {**ON_A_PICTURE, "image_id": "image_id"}, "image_id"),
        ("generate", {**ON_A_PICTURE, "image_id": "shared_id"}, "image_id"),
        ("generate", {**ON_A_PICTURE, "mask_id": "mask_id"}, "mask_id"),
        ("cancel_job", {"job_id": "job_id"}, "job_id"),
        ("cancel_job", {"job_id": "running_job_id"}, "job_id"),
        ("share_image", {"image_id": "image_id"}, "image_id"),
        ("share_image", {"image_id": "shared_id"}, "image_id"),
        ("unshare_image", {"image_id": "shared_id"}, "image_id"),
    ],
)
@pytest.mark.usefixtures("undisturbed")
def test_anothers_id_is_not_found_and_no_different_from_a_made_up_one(stranger, has, event, data, field):
    wanted = data[field]
    answer = stranger.call(event, {**data, field: getattr(has, wanted)})
    assert (answer["ok"], answer["error"]["code"], answer["error"]["detail"]["field"]) == (False, "not_found", field)
    assert stranger.call(event, {**data, field: str(uuid.uuid4())}) == answer


@pytest.mark.parametrize(
    "which", [{"reply_id": "live_reply_id"}, {"message_id": "live_message_id"}, {"client_sid": "panel-1"}]
)
@pytest.mark.usefixtures("undisturbed")
def test_anothers_reply_is_not_stopped(stranger, owner, has, which):
    data = {name: getattr(has, value, value) for name, value in which.items()}
    assert stranger.call("stop_chat", data) == {"ok": True, "stopped": False}
    assert owner.call("resume", {"reply_id": has.live_reply_id})["done"] is False


@pytest.mark.usefixtures("undisturbed")
def test_the_same_message_id_is_another_message(stranger, has):
    ack = stranger.say("a goose", message_id=has.message_id)
    assert has.reply_id != ack["reply_id"]
    assert has.conversation_id != ack["conversation_id"]
    said = stranger.call("history", {"conversation_id": ack["conversation_id"]})["messages"]
    assert [m["content"] for m in said if m["role"] == "user"] == ["a goose"]


@pytest.mark.usefixtures("undisturbed")
def test_anothers_panel_is_another_conversation(stranger, has):
    data = {"messages": [{"role": "user", "content": "hi"}], "client_sid": "panel-1", "stream": False}
    assert stranger.call("gpt_chat", data)["ok"]
    mine = [c for c in stranger.call("conversations", {})["conversations"] if c["client_sid"] == "panel-1"]
    assert has.live_conversation_id not in [c["conversation_id"] for c in mine]
    assert mine[0]["message_count"] == 2


@pytest.mark.parametrize("whose", ["job_id", "running_job_id"])
@pytest.mark.usefixtures("undisturbed")
def test_anothers_job_id_gives_no_job(stranger, has, whose):
    answer = stranger.call("generate", {**GENERATE, "job_id": getattr(has, whose)})
    assert (answer["error"]["code"], answer["error"]["detail"]["field"]) == ("bad_request", "job_id")
    assert has.running_job_id not in str(stranger.heard)


@pytest.mark.parametrize("variant", ["", "/thumbnail"])
@pytest.mark.parametrize("whose", ["image_id", "mask_id", "shared_id"])
def test_anothers_picture_is_not_shown(server, stranger, has, whose, variant):
    address = f"{server.address}/images/{getattr(has, whose)}{variant}"
    token = stranger.session["token"]
    for proof in ({"headers": {"Authorization": "Bearer " + token}}, {"cookies": {"artbot_session": token}}, {}):
        assert requests.get(address, timeout=10, **proof).json()["error"]["code"] == "not_found"


def test_only_the_owner_takes_a_shared_link_back(server, stranger, owner, has):
    stranger.call("unshare_image", {"image_id": has.shared_id})
    assert requests.get(server.address + has.shared_url, timeout=10).status_code == 200
    assert owner.call("unshare_image", {"image_id": has.shared_id})["ok"]
    assert requests.get(server.address + has.shared_url, timeout=10).status_code == 404


def test_the_lists_of_one_hold_nothing_of_the_other(server, stranger, has):
    with Client(server.address, auth={"session": stranger.session["token"]}) as again:
        told = str([again.session, again.call("conversations", {}), again.call("history", {}), stranger.heard])
    for mine in (has.conversation_id, has.live_conversation_id, has.reply_id, has.live_reply_id, has.running_job_id):
        assert mine not in told
    assert has.image_id not in told


def test_a_forged_token_opens_a_new_session(server, owner):
    token = owner.session["token"]
    for forged in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        owner.session["session_id"],
        token.split(".")[0],
        "é",
    ):
        with Client(server.address, auth={"session": forged}) as client:
            assert client.session["session_id"] != owner.session["session_id"]
            assert client.session["messages"] == client.session["jobs"] == []


def test_at_the_end_the_owner_still_has_everything(owner, has):
    assert owner.call("resume", {"reply_id": has.live_reply_id})["done"] is False
    assert len(owner.call("history", {"conversation_id": has.conversation_id})["messages"]) == 2
    assert owner.call("cancel_job", {"job_id": has.running_job_id})["state"] == "running"
    assert owner.job_end(has.running_job_id)["state"] == "cancelled"
