"""What chat wants of the other web processes, which may write replies of the same session. Only a protocol, and nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from artbot_server.chat.relay import ReplyIds


class Elsewhere(Protocol):
    """The other web processes, which may write replies of the same session."""

    def reach(self, session_id: str) -> None:
        """Have the session's replies that others write among the live ones here, as far as they can be reached."""

    def began(self, ids: ReplyIds) -> None:
        """This process begins to write a reply."""

    def stop(self, session_id: str, which: Mapping[str, str | None]) -> None:
        """Have a reply stopped that is not among the live ones here; `which` as in `LiveReplies.stop`."""


class Nobody:
    """There are no other web processes, so there is nothing to do."""

    def reach(self, session_id: str) -> None:
        """All its replies are here."""

    def began(self, ids: ReplyIds) -> None:
        """Nobody else wants to know."""

    def stop(self, session_id: str, which: Mapping[str, str | None]) -> None:
        """What is not here is nowhere."""
