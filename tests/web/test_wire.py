"""Events on the wire: pictures in the form that a socket chose, within the bound of one event."""

import base64
import json

import pytest
from socketio.packet import EVENT as EVENT_TYPE
from socketio.packet import Packet

from artbot_server.events import Frame, PicturesReady
from artbot_server.web.wire import EVENT_PICTURE_BYTES, OrJson, fields_for, packet_of

FILES = {
    ("1", "thumbnail"): b"small",
    ("1", "original"): b"large one",
    ("g", "thumbnail"): b"gs",
    ("g", "original"): b"gl",
}
EVENT = PicturesReady("j", [{"id": "1", "url": "/images/1"}], {"id": "g"})


def load(picture_id, variant):
    return FILES.get((picture_id, variant))


@pytest.mark.parametrize(
    ("images", "data", "grid"),
    [
        ("thumbnail", b"small", b"gs"),
        ("original", b"large one", b"gl"),
        ("base64", base64.b64encode(b"large one").decode(), base64.b64encode(b"gl").decode()),
    ],
)
def test_each_socket_gets_pictures_as_it_chose(images, data, grid):
    fields = fields_for(EVENT, images, load)
    assert fields["images"] == [{"id": "1", "url": "/images/1", "data": data}]
    assert fields["grid"]["data"] == grid
    assert "data" not in EVENT.images[0]


def test_addresses_only():
    fields = fields_for(EVENT, "url", load)
    assert fields == {"job_id": "j", "images": [{"id": "1", "url": "/images/1"}], "grid": {"id": "g"}}


@pytest.mark.parametrize(
    ("images", "size"), [("original", EVENT_PICTURE_BYTES), ("base64", EVENT_PICTURE_BYTES * 3 // 4)]
)
def test_an_event_that_would_be_too_large_carries_addresses(images, size):
    two = PicturesReady("j", [{"id": "1"}, {"id": "2"}])
    fields = fields_for(two, images, lambda *_: b"x" * (size // 2 + 10))
    assert all("data" not in record for record in fields["images"])


def test_a_grid_that_no_longer_fits_is_left_out_alone():
    sizes = {"1": b"x" * (EVENT_PICTURE_BYTES - 10), "g": b"y" * 20}
    fields = fields_for(EVENT, "original", lambda picture_id, _: sizes[picture_id])
    assert "data" in fields["images"][0] and "data" not in fields["grid"]


def test_a_file_that_is_gone_leaves_its_address():
    assert "data" not in fields_for(PicturesReady("j", [{"id": "9"}]), "thumbnail", load)["images"][0]


def test_other_events_are_their_fields():
    frame = Frame("猫", "p", "m", "r", "c", 3)
    assert fields_for(frame, "thumbnail", load) == frame.fields()
    assert "from" not in frame.fields()


def test_the_json_shim_takes_what_socketio_passes():
    text = OrJson.dumps({"猫": [1, None]}, separators=(",", ":"))
    assert text == '{"猫":[1,null]}' and OrJson.loads(text) == {"猫": [1, None]}


@pytest.mark.parametrize("value", ["half \ud83d", 2**65, float("inf")])
def test_what_orjson_refuses_passes_all_the_same(value):
    assert OrJson.loads(OrJson.dumps({"x": [value]})) in ({"x": [value]}, {"x": [None]})


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "", "\0"])
def test_what_is_no_json_is_a_value_error(text):
    with pytest.raises(ValueError):  # noqa: PT011 - orjson, json and we raise it, with words of our own each
        OrJson.loads(text)


class CompactPacket(Packet):
    """socketio's own, with the JSON module that our server gives it."""

    json = OrJson


def packet(frame):
    data = packet_of(frame.name, frame.fields())
    assert data.startswith(b"42")
    return json.loads(data[2:])


def test_a_frame_s_packet_is_what_socket_io_would_write():
    frame = Frame('一只\n"猫"', None, "m", "r", "c", 7)
    assert packet(frame) == ["message", frame.fields()]
    event = ["message", frame.fields()]
    assert packet_of(*event).decode() == "4" + CompactPacket(EVENT_TYPE, event).encode()


def test_a_joined_frame_says_where_it_begins():
    assert packet(Frame("ab", "panel", "m", "r", "c", 7, 3))[1]["from"] == 3


def test_an_event_with_bytes_is_no_packet_by_itself():
    assert packet_of("images", {"images": [{"id": "p1", "data": b"RIFF"}]}) is None


def test_half_a_character_goes_out_escaped():
    assert packet(Frame("\ud83d", None, "m", "r", "c", 1))[1]["message"] == "\ud83d"
