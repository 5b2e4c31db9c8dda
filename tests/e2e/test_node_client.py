"""Node's socket.io-client as the article's own page would use it: over WebSocket, polling, or from one to the other."""

import json
import subprocess

import pytest

from tests.server import ROOT, RunningServer


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with RunningServer(tmp_path_factory.mktemp("data")) as running:
        running.worker_pid()
        yield running


@pytest.fixture(scope="module", params=["websocket", "polling", "default"])
def told(request, server):
    """What the script said: a list of things for each kind."""
    command = ["node", "tests/node/client.mjs", server.address, request.param]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90)
    assert ran.returncode == 0, ran.stdout + ran.stderr + server.output
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    kinds = {line["kind"] for line in lines}
    return {kind: [line for line in lines if line["kind"] == kind] for kind in kinds} | {"transport": request.param}


def test_it_is_welcomed_on_the_transport_it_chose(told):
    [welcome], [goodbye] = told["welcome"], told["goodbye"]
    assert goodbye["transport"] == ("websocket" if told["transport"] == "default" else told["transport"])
    assert welcome["demo"] == {"engine": True, "backend": True}


def test_the_articles_form_streams_and_acks_at_the_end(told):
    [article] = told["article"]
    assert article["ack"] == {
        "ok": True,
        "status": "connected",
        "full_message": article["full_message"],
        "client_sid": "panel-1",
    }
    assert "orange" in article["full_message"]
    assert "".join(piece["message"] for piece in article["pieces"]) == article["full_message"]
    assert {piece["client_sid"] for piece in article["pieces"]} == {"panel-1"}


def test_the_session_form_streams_and_paints(told):
    [chat] = told["session_form"]
    assert chat["ack"]["ok"] is True
    assert {frame["reply_id"] for frame in chat["frames"]} == {chat["ack"]["reply_id"]}
    assert "".join(frame["message"] for frame in chat["frames"]) == chat["done"]["full_message"]
    last = 0
    for frame in chat["frames"]:
        assert frame.get("from", frame["seq"]) == last + 1
        last = frame["seq"]
    first, second = told["painted"]
    assert first["job"]["job_id"] == chat["done"]["job_id"]
    assert "panda" in first["job"]["prompt"]
    assert (second["job"]["width"], second["job"]["prompt"]) == (128, "a red hat")


def test_pictures_come_as_buffers_of_webp(told):
    for painted in told["painted"]:
        assert painted["job"]["state"] == "done"
        assert len(painted["images"]) == painted["job"]["count"]
        for image in painted["images"]:
            assert image["binary"] is True
            assert (image["start"][:4], image["start"][8:12]) == ("RIFF", "WEBP")


def test_a_mistake_is_named_in_the_ack(told):
    [mistake] = told["mistake"]
    assert mistake["ack"]["ok"] is False
    assert mistake["ack"]["error"]["code"] == "bad_request"
    assert mistake["ack"]["error"]["detail"]["field"] == "prompt"
