"""The fixtures have the shapes of what real servers sent. Collected only where the recordings lie beside the
checkout (see conftest.py)."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from artbot_server.llm.openai_api import OpenAIEngine
from artbot_server.llm.sse import EventCutter
from tests.contracts.engine_contract import REQUEST, split
from tests.llm.conftest import RECORDINGS
from tests.llm.fake_openai import FakeOpenAI, raw
from tests.llm.test_chunks import FIXTURES, read


def shapes(stream: bytes) -> set[tuple[str, ...]]:
    """Which fields occur together: of each chunk, and of each delta."""
    found = set()
    for event in EventCutter().feed(stream):
        if event != b"[DONE]":
            chunk = orjson.loads(event)
            found.add(("chunk", *sorted(chunk)))
            found |= {("delta", *sorted(choice["delta"])) for choice in chunk["choices"]}
    return found


def body(recording: Path) -> bytes:
    """Its event stream without headers and chunk sizes."""
    lines = recording.read_bytes().partition(b"\r\n\r\n")[2].split(b"\n")
    return b"\n".join(line for line in lines if line.startswith(b"data:") or not line)


each_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: f"{path.parent.name}/{path.name}")


@each_recording
def test_fixtures_have_the_recorded_shapes(recording: Path) -> None:
    fixture = (FIXTURES / f"{recording.parent.name}.sse").read_bytes()
    recorded = shapes(body(recording))
    without_usage = {tuple(field for field in shape if field != "usage") for shape in shapes(fixture)}
    assert recorded <= shapes(fixture) | without_usage


@each_recording
def test_recordings_are_understood(recording: Path) -> None:
    text, end = read(body(recording))
    assert text
    assert end.finish_reason in ("stop", "length")
    assert end.model


@each_recording
def test_recordings_replayed_byte_for_byte(recording: Path) -> None:
    with FakeOpenAI() as fake:
        fake.answer(raw(recording.read_bytes()))
        pieces, [end] = split(OpenAIEngine(base_url=fake.url, key=None, models=()).open(REQUEST))
    assert ("".join(pieces), end) == read(body(recording))
