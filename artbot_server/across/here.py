"""What a web process has, as far as the others matter to it. Only a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from artbot_server.chat.live_replies import LiveReplies
from artbot_server.events import Publish


@dataclass(frozen=True, kw_only=True)
class Here:
    """One web process's own.

    Attributes:
        live: its replies.
        publish: tells its own sockets of a session.
        has_sockets: whether a session has sockets here.
        show_again: sends a session's sockets here the whole snapshot.
        hear: acts on a worker's words: kind, body, blob.
        workers_changed: called with the number of workers when it changed.
        spawn: runs a function in the background.
    """

    live: LiveReplies
    publish: Publish
    has_sockets: Callable[[str], bool]
    show_again: Callable[[str], None]
    hear: Callable[[str, Mapping[str, Any], bytes], None]
    workers_changed: Callable[[int], None]
    spawn: Callable[..., Any]
