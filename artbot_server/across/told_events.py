"""Events as web processes tell them to each other: a name and its fields as JSON. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args

from artbot_server.events import Event

KINDS: Mapping[str, Any] = {kind.name: kind for kind in get_args(Event)}


def event_body(event: Event) -> dict[str, Any]:
    """The event as `event_of` takes it; not for those that hold bytes."""
    return {"name": event.name, "fields": {each.name: getattr(event, each.name) for each in fields(event)}}


def event_of(body: Mapping[str, Any]) -> Event:
    """The event that was told."""
    event: Event = KINDS[body["name"]](**body["fields"])
    return event
