"""An engine that does what a test says, in the order of its script; it notes what it was asked."""

import threading

from artbot_server.errors import ArtbotError
from artbot_server.llm.base import ChatRequest, ReplyEnd

LOOK_S = 0.005


class ScriptedEngine:
    """Goes through its script once for each request.

    Args:
        script: a text is a piece; a `ReplyEnd` is the end; an error is raised; an Event is waited for (its arrival
            shows in `waiting`); a function is called.
        refuses: raised by `open`.
    """

    name = "scripted"
    demo = False
    models = ()

    def __init__(self, *script, refuses: ArtbotError | None = None):
        self.script = script or ("A red fox, ", "snow, soft light", ReplyEnd("stop", {"total_tokens": 9}, "fox-1"))
        self.refuses = refuses
        self.requests: list[ChatRequest] = []
        self.streams: list[ScriptedStream] = []

    def open(self, request: ChatRequest):
        self.requests.append(request)
        if self.refuses is not None:
            raise self.refuses
        self.streams.append(ScriptedStream(self.script))
        return self.streams[-1]


class ScriptedStream:
    """One way through the script. `waiting` is set while it stands at an Event; `closed` from the first `close` on."""

    def __init__(self, script):
        self._script = script
        self.closed = threading.Event()
        self.waiting = threading.Event()

    def __iter__(self):
        for item in self._script:
            if isinstance(item, threading.Event):
                self.waiting.set()
                while not item.wait(LOOK_S) and not self.closed.is_set():
                    pass
            if self.closed.is_set():
                return
            if isinstance(item, ArtbotError):
                raise item
            if callable(item):
                item()
            elif isinstance(item, (str, ReplyEnd)):
                yield item

    def close(self):
        self.closed.set()
