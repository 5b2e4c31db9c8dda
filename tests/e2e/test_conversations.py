"""Conversations over HTTP and on the socket, turn by turn, with the demo engines."""

import base64
import threading

import pytest
import requests

from tests.e2e.client import Client
from tests.e2e.sse import events
from tests.llm.fake_openai import DONE, FakeOpenAI, delta, error, reply, stream
from tests.sd.fake_automatic1111.server import FakeAutomatic1111
from tests.server import RunningServer, wait_until

SMALL = {"width": 64, "height": 64, "batch_size": 1, "steps": 2}
PAINT = {"paint": True, "folder": "landscape", "template": "golden-hour"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with RunningServer(tmp_path_factory.mktemp("data"), ARTBOT_DEMO_PACE="0") as running:
        running.wait_for_worker()
        yield running


class Caller:
    """Somebody who speaks HTTP, in one session."""

    def __init__(self, server):
        self.server = server
        self.token = None

    def call(self, method, path, status=200, **more):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        response = requests.request(method, f"{self.server.address}/api/v1{path}", headers=headers, timeout=60, **more)
        assert response.status_code == status, response.text
        self.token = response.headers.get("X-Artbot-Session", self.token)
        return response

    def begin(self, **fields):
        made = self.call("POST", "/conversations", 201, json=fields).json()["conversation"]
        return made["conversation_id"]

    def say(self, conversation_id, text, status=200, **fields):
        return self.call(
            "POST", f"/conversations/{conversation_id}/messages", status, json={"text": text, **fields}
        ).json()

    def job(self, conversation_id, job_id):
        """A job once it has ended, by the conversation's history."""

        def ended():
            jobs = self.call("GET", f"/conversations/{conversation_id}/messages").json()["jobs"]
            return [job for job in jobs if job["job_id"] == job_id and job["ended_at"]]

        return wait_until(ended, 40, f"job {job_id}")[0]


@pytest.fixture
def caller(server):
    return Caller(server)


def test_a_conversations_whole_life_over_http(caller):
    id = caller.begin(title="Foxes", folder="landscape")
    reply = caller.say(id, "a fox in the snow")
    assert (reply["ok"], reply["state"], reply["conversation_id"]) == (True, "complete", id)
    assert "fox" in reply["prompt"]
    page = caller.call("GET", f"/conversations/{id}/messages").json()
    assert [message["role"] for message in page["messages"]] == ["user", "assistant"]
    assert page["messages"][1]["reply_id"] == reply["reply_id"]
    assert page["cursor"] is None
    assert (
        caller.call("PATCH", f"/conversations/{id}", json={"title": "Snow"}).json()["conversation"]["title"] == "Snow"
    )
    assert caller.call("GET", f"/conversations/{id}").json()["conversation"]["title"] == "Snow"
    so_far = caller.call("GET", f"/replies/{reply['reply_id']}").json()
    assert (so_far["text"], so_far["done"]) == (reply["full_message"], True)
    assert caller.call("POST", f"/replies/{reply['reply_id']}/stop").json()["stopped"] is False
    assert caller.call("DELETE", f"/conversations/{id}").json()["deleted"] is True
    assert caller.call("GET", f"/conversations/{id}", 404).json()["error"]["code"] == "not_found"


def test_pages_of_conversations_over_http(caller):
    made = [caller.begin(title=str(number)) for number in range(5)]
    found, query = [], {"limit": 2}
    while True:
        page = caller.call("GET", "/conversations", params=query).json()
        found += [one["conversation_id"] for one in page["conversations"]]
        if page["cursor"] is None:
            break
        query["before"] = page["cursor"]
    assert found == made[::-1]
    refused = caller.call("GET", "/conversations", 400, params={"before": "x"}).json()
    assert refused["error"]["detail"]["field"] == "before"
    assert caller.call("GET", "/conversations", 400, params={"limit": 51}).json()["error"]["detail"]["field"] == "limit"


def test_a_closed_conversation_refuses_messages_and_jobs_everywhere(server, caller):
    id = caller.begin()
    prompt = caller.say(id, "a fox")["prompt"]
    closed = caller.call("POST", f"/conversations/{id}/close").json()["conversation"]
    assert closed["closed_at"] > closed["created_at"]
    assert caller.say(id, "at night", 409)["error"]["code"] == "closed"
    assert caller.say(id, "at night", 409, stream=True)["error"]["code"] == "closed"
    with Client(server.address, auth={"session": caller.token}) as client:
        order = {"prompt": prompt, "folder": "landscape", "template": "gouache", "conversation_id": id}
        for event, data in (("gpt_chat", {"text": "at night", "conversation_id": id}), ("generate", order)):
            assert client.call(event, data)["error"]["code"] == "closed"
        assert client.call("history", {"conversation_id": id})["conversation"]["closed_at"] == closed["closed_at"]
    assert len(caller.call("GET", f"/conversations/{id}/messages").json()["messages"]) == 2


def test_a_message_as_server_sent_events(caller):
    id = caller.begin()
    with caller.call(
        "POST", f"/conversations/{id}/messages", json={"text": "a fox", "stream": True}, stream=True
    ) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        *frames, (name, last) = list(events(response))
    assert {name for name, _ in frames} == {"message"}
    assert (name, last["conversation_id"], last["seq"]) == ("gpt_chat", id, frames[-1][1]["seq"])
    assert "".join(data["message"] for _, data in frames) == last["full_message"]


def test_a_reader_who_leaves_does_not_end_the_reply_and_may_come_back(tmp_path):
    gate = threading.Event()

    def wait(exchange):
        gate.wait(20)
        exchange.chunk(delta(" fox, snow") + delta(finish_reason="stop") + DONE)
        exchange.end()

    with FakeOpenAI() as fake, RunningServer(tmp_path, OPENAI_BASE_URL=fake.url, ARTBOT_WORKER="none") as server:
        fake.answer(stream(delta("a red"), then=wait))
        caller = Caller(server)
        id = caller.begin()
        body = {"text": "a fox", "stream": True, "message_id": "123e4567-e89b-12d3-a456-426614174000"}
        with caller.call("POST", f"/conversations/{id}/messages", json=body, stream=True) as response:
            _, first = next(events(response))
        busy = caller.say(id, "another", 409)
        assert busy["error"]["code"] == "busy"
        gate.set()
        again = caller.say(id, **body | {"stream": False})
        assert (again["reply_id"], again["full_message"]) == (first["reply_id"], "a red fox, snow")
        assert len(fake.asked) == 1


def test_a_failing_model_has_its_status_whole_or_streamed(tmp_path):
    with FakeOpenAI() as fake, RunningServer(tmp_path, OPENAI_BASE_URL=fake.url, ARTBOT_WORKER="none") as server:
        fake.answer(error(429, "slow"))
        caller = Caller(server)
        id = caller.begin()
        for streamed in (True, False):
            refused = caller.say(id, "a fox", 502, stream=streamed)
            assert (refused["ok"], refused["error"]["code"]) == (False, "rate_limited")


def test_nobody_reaches_anothers_conversation(server, caller):
    id = caller.begin()
    stranger = Caller(server)
    for method, path in (
        ("GET", "/conversations/%00"),
        ("GET", f"/conversations/{id}"),
        ("PATCH", f"/conversations/{id}"),
        ("DELETE", f"/conversations/{id}"),
        ("POST", f"/conversations/{id}/close"),
        ("GET", f"/conversations/{id}/messages"),
        ("GET", f"/conversations/{id}/export"),
        ("POST", f"/conversations/{id}/messages"),
    ):
        body = {"json": {"title": "mine", "text": "mine"}} if method in ("PATCH", "POST") else {}
        assert stranger.call(method, path, 404, **body).json()["error"]["code"] == "not_found"


def test_the_socket_renames_closes_and_exports_and_other_devices_hear_of_it(server, caller):
    id = caller.begin()
    with (
        Client(server.address, auth={"session": caller.token}) as one,
        Client(server.address, auth={"session": caller.token}) as two,
    ):
        renamed = one.call("rename_conversation", {"conversation_id": id, "title": "Snow"})
        assert renamed["conversation"]["title"] == "Snow"
        assert two.wait("conversation")["conversation"] == renamed["conversation"]
        closed = one.call("close_conversation", {"conversation_id": id})["conversation"]
        wait_until(lambda: two.all("conversation", conversation=closed))
        url = one.call("export_conversation", {"conversation_id": id})["url"]
        refused = one.call("export_conversation", {"conversation_id": "nobody's"})
        assert refused["error"]["code"] == "not_found"
    whole = caller.call("GET", url.removeprefix("/api/v1"))
    assert "attachment" in whole.headers["Content-Disposition"]
    assert whole.json()["conversation"] == closed


def test_a_session_is_looked_at_taken_along_and_deleted_over_http(server, caller):
    """Its pictures' addresses are dead afterwards, its devices are in an empty session, its token goes on to work."""
    id = caller.begin(title="狐狸 🦊")
    caller.say(id, "a fox in the snow")
    order = {"prompt": "a fox", "folder": "landscape", "template": "golden-hour", "overrides": SMALL}
    job = caller.call("POST", "/jobs", 201, json=order).json()["job_id"]
    done = caller.call("GET", f"/jobs/{job}?wait=40").json()
    picture = server.address + done["images"][0]["url"]
    held = caller.call("GET", "/sessions/current").json()["session"]
    assert (held["conversations"], held["jobs"], held["images"]) == (1, 1, 1)
    whole = caller.call("GET", "/sessions/current/export").json()
    assert [each["conversation"]["title"] for each in whole["conversations"]] == ["狐狸 🦊"]
    assert [each["job_id"] for each in whole["jobs"]] == [job]
    with Client(server.address, auth={"session": caller.token}) as device:
        assert caller.call("DELETE", "/sessions/current").json()["deleted"] is True
        assert device.wait("conversation_deleted") == {"conversation_id": id}
    assert requests.get(picture, timeout=10).status_code == 404
    assert caller.call("GET", "/conversations").json()["conversations"] == []
    assert caller.call("GET", "/sessions/current").json()["session"]["created_at"] is None
    assert caller.call("GET", f"/jobs/{job}", 404).json()["error"]["code"] == "not_found"
    caller.begin()


# Turn by turn


def test_the_prompt_builds_on_the_turns_before_and_on_what_was_painted(server, caller):
    """R23: "I want to see a beach", then "at sunset"; then the prompt is changed by hand, and that one counts."""
    id = caller.begin()
    assert "beach" in caller.say(id, "I want to see a beach")["prompt"]
    second = caller.say(id, "at sunset")
    assert "beach" in second["prompt"]
    assert "sunset" in second["prompt"]
    with Client(server.address, auth={"session": caller.token}) as client:
        order = {"conversation_id": id, "reply_id": second["reply_id"], "overrides": SMALL}
        client.job_end(client.paint("a wild stormy beach, black sand, volumetric light", **order))
    third = caller.say(id, "add a dog")["prompt"]
    assert all(words in third for words in ("stormy beach", "a dog", "black sand", "volumetric light"))
    exported = caller.call("GET", f"/conversations/{id}/export").json()
    assert [message["content"] for message in exported["messages"]][::2] == [
        "I want to see a beach",
        "at sunset",
        "add a dog",
    ]
    [job] = exported["jobs"]
    assert job["overrides"] == SMALL
    assert requests.get(server.address + job["images"][0]["url"], timeout=30).headers["Content-Type"] == "image/png"


def test_the_same_in_chinese(caller):
    id = caller.begin()
    caller.say(id, "我想看海滩")
    second = caller.say(id, "在日落时")["prompt"]
    assert "beach" in second
    assert "sunset" in second


def test_a_reply_without_a_prompt_says_why_nothing_is_painted(caller):
    id = caller.begin()
    talk = caller.say(id, "hello", **PAINT)
    assert (talk["prompt"], talk["paint_error"]["code"]) == (None, "no_prompt")
    assert "job_id" not in talk


def test_a_repeated_message_answers_with_its_job(caller):
    id = caller.begin()
    body = {"message_id": "123e4567-e89b-12d3-a456-426614174001", **PAINT}
    first = caller.say(id, "a fox", **body)
    assert first["job_id"]
    assert caller.say(id, "a fox", **body) == first
    caller.job(id, first["job_id"])


def test_the_last_picture_is_worked_on_img2img(tmp_path):
    """R23: "make the cat blue" on the picture before it: its prompt goes on, its pixels reach the backend."""
    with FakeAutomatic1111() as webui, FakeOpenAI() as model:
        settings = {"ARTBOT_SD_URL": webui.url, "OPENAI_BASE_URL": model.url}
        with RunningServer(tmp_path, **settings) as server:
            server.wait_for_worker()
            caller = Caller(server)
            id = caller.begin()
            model.answer(reply(["a cat, garden"]))
            first = caller.say(id, "a cat", folder="landscape", template="gouache", paint=True)
            picture = caller.job(id, first["job_id"])["images"][0]
            model.answer(reply(["a blue cat, garden"]))
            for number, more in enumerate(
                ({"image_id": "last", "template": "gouache"}, {"template": "photo-to-painting"})
            ):
                told = caller.say(id, "make the cat blue", folder="landscape", paint=True, **more)
                job = caller.job(id, told["job_id"])
                assert (job["mode"], job["state"], job["prompt"]) == ("img2img", "done", "a blue cat, garden")
                assert job["image_id"] == picture["id"]
                payload = webui.bodies("/sdapi/v1/img2img")[number]
                sent = requests.get(server.address + picture["url"], timeout=30).content
                assert len(payload["init_images"]) == 1
                assert base64.b64decode(payload["init_images"][0]) == sent
                assert "a blue cat, garden" in payload["prompt"]
                picture = job["images"][0]
            asked = [
                (line["role"], line["content"]) for line in model.asked[1].body["messages"] if line["role"] != "system"
            ]
            assert asked == [("user", "a cat"), ("assistant", "a cat, garden"), ("user", "make the cat blue")]


def test_an_upload_is_worked_on_when_it_is_the_last(server, caller):
    id = caller.begin()
    picture = requests.get(server.address + "/static/examples/fox.webp", timeout=30).content
    upload = caller.call("POST", "/images", files={"image": ("fox.webp", picture)}).json()["id"]
    caller.say(id, "a fox", image_id=upload)
    told = caller.say(id, "make the fox blue", folder="landscape", template="photo-to-painting", paint=True)
    job = caller.job(id, told["job_id"])
    assert (job["image_id"], job["mode"], job["state"]) == (upload, "img2img", "done")
    other = caller.begin()
    assert caller.say(other, "a fox", 404, image_id="last")["error"]["detail"]["field"] == "image_id"


# Several prompts to choose from


@pytest.mark.parametrize(
    ("text", "fields", "count"),
    [("/image:prompt 海边的小狗", {}, 3), ("a puppy on the beach", {"candidates": 5}, 5)],
)
def test_several_prompts_with_an_explanation_in_the_users_language(server, caller, text, fields, count):
    """R33, over HTTP and on the socket: the same records in the event, the answer and the history."""
    id = caller.begin()
    told = caller.say(id, text, **fields)
    assert len({each["prompt"] for each in told["candidates"]}) == count
    assert told["prompt"] == told["candidates"][0]["prompt"]
    chinese = "海" in text
    assert all(any(char > "\u3400" for char in each["explanation"]) == chinese for each in told["candidates"])
    with Client(server.address, auth={"session": caller.token}) as client:
        ack = client.say(text, conversation_id=id, **fields)
        assert len(client.wait("gpt_chat", reply_id=ack["reply_id"])["candidates"]) == count
        stored = client.call("history", {"conversation_id": id})["messages"]
        assert stored[1]["candidates"] == told["candidates"]
        chosen = told["candidates"][1]["prompt"]
        reply_id = stored[3]["reply_id"]
        client.job_end(client.paint(chosen, conversation_id=id, reply_id=reply_id, overrides=SMALL))
        ack = client.say("戴一顶红帽子" if chinese else "add a red hat", conversation_id=id)
        prompt = client.wait("gpt_chat", reply_id=ack["reply_id"])["prompt"]
    assert "red hat" in prompt
    assert sum(part in prompt for part in chosen.split(", ")[1:]) >= len(chosen.split(", ")) - 2


def test_an_unknown_mode_is_not_found(caller):
    id = caller.begin()
    refused = caller.say(id, "/image:promt a fox", 404)["error"]
    assert refused["detail"]["allowed"] == ["/image:prompt", "/default"]
    assert "Mode not found" in refused["message"]
