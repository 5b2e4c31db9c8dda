"""How untrusted values are read, whatever request they stand in."""

import base64

import pytest

from artbot_server.errors import BadRequest, TooLarge
from artbot_server.web.fields import EVENT_IMAGE_BYTES, Query, Request, parse, picture_bytes


class Whole(Request):
    count: int


class Asked(Query):
    count: int


def test_events_are_strict_about_types_and_addresses_are_not():
    with pytest.raises(BadRequest) as caught:
        parse(Whole, {"count": "3"})
    assert caught.value.detail["field"] == "count"
    assert parse(Asked, {"count": "3"}).count == 3
    with pytest.raises(BadRequest):
        parse(Asked, {"count": "three"})


def test_pictures_in_events_come_binary_or_as_base64():
    data = bytes(range(256))
    text = base64.b64encode(data).decode()
    assert picture_bytes("image", data) == data
    assert picture_bytes("image", text) == data
    assert picture_bytes("image", "data:image/png;base64," + text) == data


@pytest.mark.parametrize("sent", ["not base64!", "data:image/png;base64,@@@@"])
def test_what_is_no_base64_is_refused_by_name(sent):
    with pytest.raises(BadRequest, match="mask"):
        picture_bytes("mask", sent)


@pytest.mark.parametrize(
    "sent",
    [
        b"x" * (EVENT_IMAGE_BYTES + 1),
        base64.b64encode(b"x" * (EVENT_IMAGE_BYTES + 1)).decode(),
        "!" * 10_000_000,
    ],
)
def test_a_picture_that_is_too_long_is_refused_before_it_is_decoded(sent):
    with pytest.raises(TooLarge) as caught:
        picture_bytes("image", sent)
    assert caught.value.detail["limit"] == EVENT_IMAGE_BYTES
