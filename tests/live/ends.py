"""Both ends of the live link, on a real socket or a real Redis, and what they heard."""

import threading
from pathlib import Path

from artbot_server.live.link import LiveLink
from artbot_server.live.local import LiveHub
from artbot_server.live.redis_hub import RedisHub
from artbot_server.live.redis_link import RedisLink


class Hub(LiveHub):
    """The web process's end; `heard`: what workers said; `counts`: how many were connected, each time it changed."""

    def __init__(self, folder: Path) -> None:
        self.heard: list[tuple] = []
        self.counts: list[int] = []
        super().__init__(folder, lambda *message: self.heard.append(message), self.counts.append)


class _Answers:
    """A worker that keeps what it `heard` and answers questions with what it was asked, those of kinds `slow` and
    `ask_backend` not before `may_answer`, and what it `adds`."""

    def __init__(self, *arguments) -> None:
        self.heard: list[tuple] = []
        self.may_answer = threading.Event()
        self.adds = ""
        *where, backends = arguments
        super().__init__(*where, lambda *message: self.heard.append(message), self._reply, backends)

    def _reply(self, kind, body):
        if kind in ("slow", "ask_backend"):
            self.may_answer.wait(10)
        return {"kind": kind, **body} | ({"adds": self.adds} if self.adds else {})


class Link(_Answers, LiveLink):
    """A worker's end of a local socket."""

    def __init__(self, folder: Path, backends=()) -> None:
        super().__init__(folder, backends)


class WorkerLink(_Answers, RedisLink):
    """A worker's end on Redis."""


class WebHub(RedisHub):
    """A web process's end on Redis: `heard` as of `Hub`, `texts` and `backs`; it answers questions with its name."""

    def __init__(self, url: str, space: str, name: str) -> None:
        self.heard: list[tuple] = []
        self.counts: list[int] = []
        self.texts: list[dict] = []
        self.backs: list[float] = []
        super().__init__(
            url,
            space,
            name,
            on_message=lambda said: self.heard.append((said.kind, said.body, said.blob)),
            on_text=lambda said: self.texts.append(said.body),
            on_ask=lambda said: {"asked": name, "by": said.sender, **said.body},
            on_change=self.counts.append,
            on_back=self.backs.append,
        )
