"""Events as they go over the wire: fields, and for pictures the data in the form that a socket chose."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from artbot_server.events import Event, PicturesReady

EVENT_PICTURE_BYTES = 8_000_000
"""Above this a picture event carries addresses only: one event would hold the socket for seconds."""

LoadPicture = Callable[[str, str], bytes | None]
"""`load(id, variant)`: the file's bytes, None when it is gone."""


class OrJson:
    """What Socket.IO wants of a JSON module, by orjson (which has no `separators`, and answers in bytes).

    orjson refuses half a character and numbers over 64 bits, which a client may send: an event with one would get no
    ack at all. The standard library takes them, so that the request's check can refuse them by name.
    """

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        try:
            return orjson.dumps(value).decode()
        except TypeError:
            return json.dumps(value)

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            try:
                return json.loads(text)
            except RecursionError:
                raise ValueError("nested too deeply") from None


def packet_of(name: str, fields: Mapping[str, Any]) -> bytes | None:
    """An event as Engine.IO and Socket.IO write it, `42["message",{...}]`; None when it holds bytes, which go beside it."""
    event = [name, fields]
    try:
        return b"42" + orjson.dumps(event)
    except TypeError:
        pass
    try:
        return b"42" + json.dumps(event).encode()  # half a character
    except TypeError:
        return None


def fields_for(event: Event, images: str, load: LoadPicture) -> dict[str, Any]:
    """An event's fields for a socket that wants pictures as `images` says."""
    fields = event.fields()
    if isinstance(event, PicturesReady) and images != "url":
        variant = "thumbnail" if images == "thumbnail" else "original"
        budget = EVENT_PICTURE_BYTES
        filled = []
        for record in fields["images"]:
            data = load(record["id"], variant)
            budget -= _size_on_wire(data, images)
            filled.append(record | {"data": _as(images, data)} if data is not None else record)
        if budget >= 0:
            fields["images"] = filled
            if fields["grid"] is not None:
                fields["grid"] = _with_grid(fields["grid"], images, budget, load(fields["grid"]["id"], variant))
    return fields


def _with_grid(grid: Mapping[str, Any], images: str, budget: int, data: bytes | None) -> dict[str, Any]:
    if data is None or _size_on_wire(data, images) > budget:
        return dict(grid)
    return dict(grid) | {"data": _as(images, data)}


def _size_on_wire(data: bytes | None, images: str) -> int:
    size = len(data or b"")
    return size * 4 // 3 if images == "base64" else size


def _as(images: str, data: bytes) -> bytes | str:
    return base64.b64encode(data).decode() if images == "base64" else data
