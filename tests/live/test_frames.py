import struct

import pytest

from artbot_server.live.frames import MAX_BLOB_BYTES, MAX_HEADER_BYTES, BadFrame, Frame, FrameReader, encode

FRAMES = [
    Frame("wake"),
    Frame("progress", {"job_id": "j1", "progress": 0.5}, b"\x00\xffpreview"),
    Frame("check_upload", {"name": "一只猫"}, b"", 7),
]


def test_frames_come_back():
    assert list(FrameReader().feed(b"".join(map(encode, FRAMES)))) == FRAMES


@pytest.mark.parametrize("size", [1, 3, 8, 50])
def test_however_they_are_cut(size):
    data, reader, found = b"".join(map(encode, FRAMES)), FrameReader(), []
    for start in range(0, len(data), size):
        found += reader.feed(data[start : start + size])
    assert found == FRAMES


def test_the_bytes_are_as_written_down():
    data = encode(Frame("wake", {}, b"xy"))
    assert struct.unpack_from(">II", data) == (len(data) - 10, 2)
    assert data.endswith(b"xy")


@pytest.mark.parametrize("lengths", [(MAX_HEADER_BYTES + 1, 0), (10, MAX_BLOB_BYTES + 1), (0xFFFFFFFF, 0xFFFFFFFF)])
def test_lengths_over_the_limit_are_refused_at_once(lengths):
    with pytest.raises(BadFrame, match="over the limit"):
        list(FrameReader().feed(struct.pack(">II", *lengths)))


def test_nothing_over_the_limit_is_made():
    with pytest.raises(BadFrame):
        encode(Frame("progress", {}, bytes(MAX_BLOB_BYTES + 1)))


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"hello",
        b"[]",
        b"7",
        b'{"kind":"wake"}',
        b'{"kind":7,"body":{},"ask":null}',
        b'{"kind":"wake","body":[],"ask":null}',
        b'{"kind":"wake","body":{},"ask":"1"}',
    ],
)
def test_other_headers_are_refused(header):
    with pytest.raises(BadFrame):
        list(FrameReader().feed(struct.pack(">II", len(header), 0) + header))


def test_http_is_refused():
    with pytest.raises(BadFrame):
        list(FrameReader().feed(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
