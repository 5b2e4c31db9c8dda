"""RobotChat's `/api/v1/chat-bot/openai/…`: completions of text and of chats, whole or as a stream, in OpenAI's shapes.

Without a conversation nothing is kept and the caller sends everything; with `conversationId` the server keeps the turns,
and only what is new is sent. Here a reader who leaves stops the model.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field

from artbot_server.chat.words import Words
from artbot_server.errors import BadRequest
from artbot_server.events import Event, Frame, ReplyDone
from artbot_server.llm.base import ChatRequest
from artbot_server.web.http.openai_shapes import ChatCompletion, Shape, TextCompletion
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.http.streams import LOOK_S, end_of, event_stream, sent_data
from artbot_server.web.services import Services

Asked = ChatCompletion | TextCompletion
DONE = b"data: [DONE]\n\n"
ANY_MODEL = "default"
"""The name in an answer while nobody named a model and the model's side has not said its own yet."""


class Usage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionAnswer(BaseModel):
    """OpenAI's response; a choice holds `message` in a chat and `text` otherwise."""

    id: str
    object: str
    created: int
    model: str
    choices: list[dict[str, Any]]
    usage: Usage | None
    conversation: str | None = Field(default=None, alias="conversationId")


class Model(BaseModel):
    id: str
    object: str
    owned_by: str


class ModelNames(BaseModel):
    """OpenAI's list; `any`: others may be asked for too."""

    object: str
    data: list[Model]
    any: bool


@dataclass(frozen=True, slots=True)
class Running:
    """A reply that was begun: how it is followed, and how it is stopped when nobody reads it any more."""

    news: Iterator[Event | None]
    stop: Callable[[], None]


def whole(services: Services, call: Call) -> Answer:
    begin = _beginner(services, call, stream=False)
    ends = [end_of(begin().news) for _ in range(call.body.choices)]
    return _shape(services, call.body).whole(ends)


def stream(services: Services, call: Call) -> Answer:
    asked: Asked = call.body
    choices = _Choices(_beginner(services, call, stream=True), asked.choices)
    written = _Written(_shape(services, asked), asked.tells_usage, asked.choices)
    return event_stream(choices.news(), written, choices.stop)


def models(services: Services, call: Call) -> Answer:
    engine = services.server_json()["engine"]
    named = services.completions.models()
    data = [{"id": name, "object": "model", "owned_by": engine["name"]} for name in named]
    return {"object": "list", "data": data, "any": not named}


class _Choices:
    """The replies of one stream, one after the other; the one that runs can be stopped from any thread."""

    def __init__(self, begin: Callable[[], Running], count: int) -> None:
        self._begin = begin
        self._running = begin()  # what is refused is refused before the answer begins
        self._count = count

    def news(self) -> Iterator[Event | None]:
        for number in range(self._count):
            if number:
                self._running = self._begin()
            yield from self._running.news

    def stop(self) -> None:
        self._running.stop()


class _Written:
    """Turns events into OpenAI's chunks. Counts the choices."""

    def __init__(self, shape: Shape, tells_usage: bool, count: int) -> None:
        self._shape = shape
        self._tells_usage = tells_usage
        self._count = count
        self._begun = False
        self._ends: list[ReplyDone] = []

    def __call__(self, event: Event) -> Iterator[bytes]:
        index = len(self._ends)
        if not self._begun:
            self._begun = True
            opening = self._shape.opening(index)
            if opening:
                yield sent_data(opening)
        if isinstance(event, Frame):
            yield sent_data(self._shape.piece(index, event.message))
        elif isinstance(event, ReplyDone):
            self._begun = False
            self._ends.append(event)
            yield sent_data(self._shape.closing(index, event))
            if len(self._ends) == self._count:
                if self._tells_usage:
                    yield sent_data(self._shape.usage(self._ends))
                yield DONE


def _beginner(services: Services, call: Call, *, stream: bool) -> Callable[[], Running]:
    """What begins a reply. All that are asked for are counted first, so that none is refused in the middle."""
    asked: Asked = call.body
    payer = call.visit.address if call.is_new else call.session_id
    for _ in range(asked.choices):
        services.chat_limit.count(payer)

    def completion() -> Running:
        request = ChatRequest(
            messages=asked.sent, model=asked.model, key=asked.key, stream=stream, options=asked.options
        )
        reply = services.completions.begin(call.session_id, request)
        return Running(reply.follow(LOOK_S), reply.stop)

    def turn() -> Running:
        ids = services.chat.say(call.session_id, _words(services, call.session_id, asked, stream=stream))

        def stop() -> None:
            services.chat.stop(call.session_id, reply_id=ids.reply_id)

        return Running(services.chat.follow(call.session_id, ids.reply_id, LOOK_S), stop)

    return turn if asked.conversation else completion


def _words(services: Services, session_id: str, asked: Asked, *, stream: bool) -> Words:
    """The turn that is said in a kept conversation, below the system messages of this request.

    A caller who sends earlier messages too has the history himself: his counts, not the one that is kept.
    """
    turns = [message for message in asked.sent if message["role"] in ("user", "assistant")]
    if not turns or turns[-1]["role"] != "user" or not turns[-1]["content"].strip():
        raise BadRequest("A conversation goes on with a user's message.", field="messages", allowed="a user's message")
    return Words(
        text=turns[-1]["content"],
        message_id=str(uuid.uuid4()),
        conversation_id=services.conversation_service.named(session_id, str(asked.conversation)),
        model=asked.model,
        key=asked.key,
        stream=stream,
        system="\n\n".join(message["content"] for message in asked.sent if message not in turns),
        earlier=turns[:-1],
        options=asked.options,
    )


def _shape(services: Services, asked: Asked) -> Shape:
    chat = isinstance(asked, ChatCompletion)
    known = services.completions.models()
    return Shape(
        id=f"{'chatcmpl' if chat else 'cmpl'}-{uuid.uuid4().hex}",
        created=int(time.time()),
        model=asked.model or (known[0] if known else ANY_MODEL),
        chat=chat,
        conversation=asked.conversation,
    )


_AT = "/api/v1/chat-bot/openai"

ROUTES = (
    Route(
        "POST", f"{_AT}/completion", whole, "Complete a bare `prompt` with OpenAI's parameters; the answer is whole.",
        body=TextCompletion, answer=CompletionAnswer,
    ),
    Route(
        "POST", f"{_AT}/completion/stream", stream, "The same as server-sent events, up to `data: [DONE]`.",
        body=TextCompletion, also=("text/event-stream",),
    ),
    Route(
        "POST", f"{_AT}/chat/completion", whole, "Answer `messages` with OpenAI's parameters; the answer is whole.",
        body=ChatCompletion, answer=CompletionAnswer,
    ),
    Route(
        "POST", f"{_AT}/chat/completion/stream", stream, "The same as server-sent events, up to `data: [DONE]`.",
        body=ChatCompletion, also=("text/event-stream",),
    ),
    Route("GET", "/api/v1/chat-bot/models", models, "The models that may be asked for.", answer=ModelNames),
)  # fmt: skip
