"""Both ends of the live link, wired on a real socket, and what they heard."""

import threading
from pathlib import Path

from artbot_server.live.link import LiveLink
from artbot_server.live.local import LiveHub


class Hub(LiveHub):
    """The web process's end; `heard`: what workers said; `counts`: how many were connected, each time it changed."""

    def __init__(self, folder: Path) -> None:
        self.heard: list[tuple] = []
        self.counts: list[int] = []
        super().__init__(folder, lambda *message: self.heard.append(message), self.counts.append)


class Link(LiveLink):
    """A worker's end; `heard`: what the web process said. It answers questions with what it was asked,
    those of kinds `slow` and `ask_backend` not before `may_answer`, and what it `adds`.
    """

    def __init__(self, folder: Path, backends=()) -> None:
        self.heard: list[tuple] = []
        self.may_answer = threading.Event()
        self.adds = ""
        super().__init__(folder, lambda *message: self.heard.append(message), self._reply, backends)

    def _reply(self, kind, body):
        if kind in ("slow", "ask_backend"):
            self.may_answer.wait(10)
        return {"kind": kind, **body} | ({"adds": self.adds} if self.adds else {})
