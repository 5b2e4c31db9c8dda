"""A model's server that costs little and tells the time: `python -m benchmarks.upstream PORT [CERTIFICATE]`.

Speaks as much of OpenAI's chat API as a stream takes, plain or, with a certificate (a PEM with its key), over TLS. The
model's name sets the stream: `tok-COUNT-EVERY_MS`. Piece number n is the text "n:SENT " (`benchmarks.pieces` reads it).
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from time import monotonic
from typing import Any

import orjson
import uvloop

from benchmarks.pieces import piece

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"
MODELS = {"object": "list", "data": [{"id": "tok-100-50", "object": "model"}]}
BACKLOG = 4096
"""All browsers of a run ask at the same moment."""


def main(port: int, certificate: str | None) -> None:
    """Serve until killed."""
    uvloop.run(_serve(port, certificate))


async def _serve(port: int, certificate: str | None) -> None:
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    server = await asyncio.start_server(_connection, "127.0.0.1", port, ssl=tls, backlog=BACKLOG)
    await server.serve_forever()


async def _connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            line, body = await _request(reader)
            asked = monotonic()
            if line.startswith(b"GET "):
                _answer(writer, orjson.dumps(MODELS))
            else:
                await _stream(writer, orjson.loads(body), asked)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def _request(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """First line and body of the next request on a connection that stays."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
    return head.split(b"\r\n", 1)[0], await reader.readexactly(length)


def _answer(writer: asyncio.StreamWriter, body: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    writer.write(head + body)


async def _stream(writer: asyncio.StreamWriter, asked_for: dict[str, Any], asked: float) -> None:
    _, count, every_ms = asked_for["model"].split("-")
    writer.write(HEAD)
    due = monotonic()
    for number in range(int(count)):
        writer.write(_chunk(piece(number, asked)))
        due += float(every_ms) / 1000
        await asyncio.sleep(max(0.0, due - monotonic()))
    usage = {"prompt_tokens": 1, "completion_tokens": int(count), "total_tokens": int(count) + 1}
    end = _chunk(None, "stop")
    if (asked_for.get("stream_options") or {}).get("include_usage"):
        end += _framed(_event([], usage))
    writer.write(end + _framed(b"data: [DONE]\n\n") + LAST)
    await writer.drain()


def _chunk(text: str | None, finish_reason: str | None = None) -> bytes:
    delta = {"content": text} if text is not None else {}
    return _framed(_event([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}], None))


def _event(choices: list[dict[str, Any]], usage: dict[str, int] | None) -> bytes:
    """About as long as OpenAI's own."""
    named = {
        "id": "chatcmpl-C1d2E3f4G5h6I7j8K9l0M1n2O3p4Q",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
    }
    more = {"model": "gpt-benchmark", "service_tier": "default", "system_fingerprint": "fp_0123456789"}
    return b"data: " + orjson.dumps({**named, **more, "choices": choices, "usage": usage}) + b"\n\n"


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
