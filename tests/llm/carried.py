"""The engine with a pump, behind the face of one that is iterated: the same tests run over both ways."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any

from artbot_server.errors import ArtbotError
from artbot_server.llm.base import ChatRequest, ReplyEnd
from artbot_server.llm.openai_api import OpenAIEngine, OpenAIReply
from artbot_server.llm.pump import Pump
from artbot_server.patching import real_epoll

PUMP = Pump(real_epoll())


class CarriedEngine:
    def __init__(self, **settings: Any) -> None:
        self.engine = OpenAIEngine(**settings, pump=PUMP)
        self.name, self.demo, self.models = self.engine.name, self.engine.demo, self.engine.models
        self.client = self.engine.client

    def open(self, request: ChatRequest) -> CarriedReply:
        return CarriedReply(self.engine.open(request))


class CarriedReply:
    def __init__(self, reply: OpenAIReply) -> None:
        self._reply = reply
        self._items: queue.Queue[object] = queue.Queue()
        self._closed = False

    def close(self) -> None:
        self._closed = True
        self._reply.close()

    def __iter__(self) -> Iterator[str | ReplyEnd]:
        carrying = threading.Thread(target=self._carry)
        carrying.start()
        try:
            while (item := self._items.get()) is not None and not self._closed:
                if isinstance(item, ArtbotError):
                    raise item
                assert isinstance(item, str | ReplyEnd)
                yield item
        finally:
            self.close()
            carrying.join()

    def _carry(self) -> None:
        try:
            self._items.put(self._reply.carry(self._items.put))
        except ArtbotError as error:
            self._items.put(error)
        self._items.put(None)
