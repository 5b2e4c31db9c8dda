"""What an entry of the tables of socket events is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from artbot_server.web.audience import Member
from artbot_server.web.fields import Request, parse
from artbot_server.web.services import Services

Ack = dict[str, Any]


def _nothing(_data: Any) -> Ack:
    return {}


@dataclass(frozen=True, slots=True)
class EventHandler:
    """One event: its name, what it may hold, what is done.

    Attributes:
        act: gives the fields of the ack beside `ok`; its `ArtbotError` becomes the ack's `error`.
        request_for: chooses the request by the data, for an event of several forms.
        when_failed: fields beside `ok` and `error` of an ack that says no.
    """

    name: str
    request: type[Request]
    act: Callable[[Services, Member, Any], Ack]
    request_for: Callable[[Any], type[Request]] | None = None
    when_failed: Callable[[Any], Ack] = _nothing

    def read(self, data: Any) -> Request:
        """The typed request. Raises BadRequest, naming the field."""
        return parse(self.request_for(data) if self.request_for else self.request, data)
