"""The whole way with a real model behind a real server. What it says is of no interest here, only how it comes."""

import pytest
import requests

from tests.e2e.client import Client
from tests.e2e.sse import events
from tests.llm import llama
from tests.server import RunningServer, wait_until


@pytest.fixture(scope="module")
def model():
    with llama.running() as running:
        yield running


@pytest.fixture(scope="module")
def server(model, tmp_path_factory):
    settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": llama.KEY, "ARTBOT_WORKER": "none"}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        yield running


def test_a_message_streams_and_is_kept(server):
    with Client(server.address) as client:
        assert client.session["server"]["demo"]["engine"] is False
        ack = client.say("Name three animals.", folder="children-animals", template="storybook")
        done = client.wait("gpt_chat", within_s=90, reply_id=ack["reply_id"])
        assert done["full_message"] == client.text_of(ack["reply_id"])
        assert done["state"] == "complete"
        assert done["finish_reason"] in ("stop", "length")
        assert len(client.all("message")) > 3
        assert done["usage"]["completion_tokens"] >= len(client.all("message"))
        [_, kept] = client.call("history", {})["messages"]
        assert (kept["content"], kept["usage"], kept["state"]) == (done["full_message"], done["usage"], "complete")


def test_a_stop_in_the_middle_frees_the_model(server, model):
    with Client(server.address) as client:
        ack = client.say("Tell me a long story about a cat and a dog.")
        wait_until(lambda: len(client.all("message")) > 3, 90)
        assert client.call("stop_chat", {"reply_id": ack["reply_id"]})["stopped"] is True
        done = client.wait("gpt_chat", reply_id=ack["reply_id"])
        assert (done["state"], done["full_message"]) == ("stopped", client.text_of(ack["reply_id"]))
        wait_until(lambda: not model.busy(), 20, "an idle model")
        written = model.tokens_written()
        assert written == model.tokens_written()


def test_robotchats_stream_obeys_its_parameters_and_leaving_it_frees_the_model(server, model):
    address = server.address + "/api/v1/chat-bot/openai/chat/completion/stream"
    body = {"messages": [{"role": "user", "content": "Tell me a long story about a cat."}]}
    short = body | {"max_tokens": 5, "stream_options": {"include_usage": True}}
    with requests.post(address, json=short, stream=True, timeout=90) as response:
        *_, closing, usage, done = [data for _, data in events(response)]
    assert (closing["choices"][0]["finish_reason"], done) == ("length", "[DONE]")
    assert usage["usage"]["completion_tokens"] == 5
    with requests.post(address, json=body, stream=True, timeout=90) as response:
        told = events(response)
        assert next(told)[1]["choices"][0]["delta"]["role"] == "assistant"
        assert next(told)[1]["choices"][0]["delta"]["content"]
    wait_until(lambda: not model.busy(), 20, "an idle model")


def test_a_reply_in_one_piece(server):
    with Client(server.address) as client:
        ack = client.say("Say hello.", stream=False)
        done = client.wait("gpt_chat", within_s=90, reply_id=ack["reply_id"])
        assert [frame["message"] for frame in client.all("message")] == [done["full_message"]]
        assert done["full_message"]


def test_the_articles_form_with_a_key_of_its_own(server):
    messages = [{"role": "user", "content": "Say hello."}]
    with Client(server.address) as client:
        data = {"key": llama.KEY, "messages": messages, "client_sid": "p"}
        ack = client.call("gpt_chat", data, timeout=90)
        assert (ack["status"], ack["full_message"]) == ("connected", client.wait("gpt_chat")["full_message"])
        refused = client.call("gpt_chat", data | {"key": "sk-somebody-elses-key"}, timeout=90)
        assert (refused["status"], refused["error"]["code"]) == ("error", "wrong_key")
        assert refused["error"]["detail"]["fault"] == "client"
    assert "sk-somebody-elses-key" not in server.output
    for path in server.data_dir.glob("artbot.db*"):
        assert b"sk-somebody-elses-key" not in path.read_bytes()
