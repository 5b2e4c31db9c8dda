import asyncio
import json
import ssl
import urllib.request

import pytest

from benchmarks.pieces import read
from benchmarks.systems import upstream


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "TLS"])
def model(request):
    with upstream(secure=request.param) as running:
        yield running


def asked(model, stream, **more):
    """The events of a stream, as a client that knows nothing of benchmarks reads them."""
    context = ssl.create_default_context(cafile=model.env["SSL_CERT_FILE"]) if model.env else None
    body = {"model": stream, "stream": True, **more}
    request = urllib.request.Request(model.url + "/v1/chat/completions", data=json.dumps(body).encode())
    with urllib.request.urlopen(request, context=context, timeout=20) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        return [line.removeprefix("data: ") for line in answer.read().decode().split("\n\n") if line]


def texts(events):
    choices = [choice for event in events[:-1] for choice in json.loads(event)["choices"]]
    return [choice["delta"].get("content") for choice in choices], choices[-1]["finish_reason"]


def test_a_stream_has_so_many_pieces_and_an_end(model):
    events = asked(model, "tok-5-1")
    pieces, finish_reason = texts(events)
    assert [read(piece)[0].number for piece in pieces[:-1]] == [0, 1, 2, 3, 4]
    assert (pieces[-1], finish_reason, events[-1]) == (None, "stop", "[DONE]")


def test_usage_is_told_to_who_asks(model):
    events = asked(model, "tok-2-0", stream_options={"include_usage": True})
    assert json.loads(events[-2])["usage"]["completion_tokens"] == 2
    assert json.loads(events[-2])["choices"] == []


def test_pieces_keep_their_pace(model):
    pieces, _ = texts(asked(model, "tok-6-20"))
    sent = [read(piece)[0].sent for piece in pieces[:-1]]
    assert sent == sorted(sent)
    assert sent[-1] - sent[0] >= 0.09


def test_a_connection_stays_for_the_next_question(model):
    async def ask_twice():
        tls = ssl.create_default_context(cafile=model.env["SSL_CERT_FILE"]) if model.env else None
        reader, writer = await asyncio.open_connection("localhost", int(model.url.rpartition(":")[2]), ssl=tls)
        for _ in range(2):
            writer.write(b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            assert json.loads(await reader.readexactly(length))["object"] == "list"
        writer.close()
        await writer.wait_closed()

    asyncio.run(ask_twice())
