"""OpenAI's request and response shapes for RobotChat's routes: what may be asked, and how a reply is written. Pure.

Legacy completions and chat completions, whole or in chunks (API reference, "Completions" and "Chat").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from artbot_server.events import ReplyDone
from artbot_server.web.fields import OptionalName, Request, Text

MOST_CHOICES = 8
"""Each is a reply of its own; OpenAI takes 128, which nobody reads."""
MOST_MESSAGES = 400
MESSAGE_CHARS = 100_000

Penalty = Annotated[float, Field(ge=-2, le=2, strict=False, allow_inf_nan=False)]
StopWord = Annotated[Text, Field(min_length=1, max_length=200)]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class TextPart(Request):
    """One of the parts in which OpenAI's clients may send a message's text."""

    type: Literal["text"]
    text: Text


def _whole_text(value: Any) -> Any:
    """The text of a list of text parts; anything else as it is."""
    parts = value if isinstance(value, list) else []
    texts = [part["text"] for part in parts if isinstance(part, dict) and part.get("type") == "text" and "text" in part]
    if not parts or len(texts) != len(parts) or not all(isinstance(text, str) for text in texts):
        return value
    return "".join(texts)


class SentMessage(Request):
    """One of `messages`; its text may come in parts. Pictures in it are refused."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[
        Text,
        Field(max_length=MESSAGE_CHARS),
        BeforeValidator(_whole_text, json_schema_input_type=Text | Annotated[list[TextPart], Field(min_length=1)]),
    ]
    name: Annotated[Text, Field(min_length=1, max_length=64)] | None = None


class Completion(Request):
    """What both kinds take. All but our own three are passed on to the model as they are."""

    model: OptionalName = None
    temperature: Annotated[float, Field(ge=0, le=2, strict=False, allow_inf_nan=False)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1, strict=False, allow_inf_nan=False)] | None = None
    n: Annotated[int, Field(ge=1, le=MOST_CHOICES)] | None = None
    stop: Annotated[list[StopWord], Field(max_length=4), BeforeValidator(_listed)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    logit_bias: dict[str, Annotated[float, Field(ge=-100, le=100, strict=False)]] | None = None
    user: Annotated[Text, Field(max_length=256)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    response_format: dict[str, Any] | None = None
    reasoning_effort: OptionalName = None
    stream_options: dict[str, bool] | None = None
    conversation: Annotated[Text, Field(min_length=1, max_length=128)] | None = Field(
        default=None, alias="conversationId"
    )
    key: Annotated[str, Field(max_length=512)] | None = None

    @model_validator(mode="after")
    def _one_reply(self) -> Completion:
        if self.conversation and self.choices > 1:
            raise PydanticCustomError("n", "n: 1 where a conversation goes on")
        return self

    @property
    def choices(self) -> int:
        """How many replies are wanted."""
        return self.n or 1

    @property
    def options(self) -> dict[str, Any]:
        """What is passed on beside messages and model. `n` is not: each choice is asked for by itself."""
        return {name: getattr(self, name) for name in _PASSED_ON if getattr(self, name) is not None}

    @property
    def tells_usage(self) -> bool:
        """Whether a stream ends with a chunk of token counts."""
        return bool((self.stream_options or {}).get("include_usage"))


_PASSED_ON = (
    *("temperature", "top_p", "stop", "max_tokens", "max_completion_tokens", "presence_penalty", "frequency_penalty"),
    *("logit_bias", "user", "seed", "response_format", "reasoning_effort"),
)


class ChatCompletion(Completion):
    """`chat/completion` and `chat/completion/stream`."""

    messages: Annotated[list[SentMessage], Field(min_length=1, max_length=MOST_MESSAGES)]

    @property
    def sent(self) -> list[dict[str, str]]:
        """All messages, in OpenAI's shape."""
        return [message.model_dump(exclude_none=True) for message in self.messages]


class TextCompletion(Completion):
    """`completion` and `completion/stream`: a bare `prompt`, which becomes one user's message.

    RobotChat took `messages` here too, so they are taken where there is no prompt.
    """

    prompt: Annotated[Text, Field(max_length=MESSAGE_CHARS)] | None = None
    messages: Annotated[list[SentMessage], Field(max_length=MOST_MESSAGES)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> TextCompletion:
        if not (self.prompt or "").strip() and not self.messages:
            raise PydanticCustomError("prompt", "prompt: some words")
        return self

    @property
    def sent(self) -> list[dict[str, str]]:
        """The prompt as a message."""
        if self.prompt is not None:
            return [{"role": "user", "content": self.prompt}]
        return [message.model_dump(exclude_none=True) for message in self.messages]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How one answer is written.

    Attributes:
        chat: chat completions; False: legacy ones.
        conversation: the caller's name for the conversation, where state is kept.
    """

    id: str
    created: int
    model: str
    chat: bool
    conversation: str | None = None

    def whole(self, ends: list[ReplyDone]) -> dict[str, Any]:
        """A finished answer with a choice for each reply."""
        choices = [self._choice(index, end) for index, end in enumerate(ends)]
        named = self._head("chat.completion" if self.chat else "text_completion")
        return named | {"model": ends[0].model or self.model, "choices": choices, "usage": summed(ends)}

    def opening(self, index: int) -> dict[str, Any] | None:
        """The first chunk of a choice; legacy completions have none."""
        return self._chunk(index, {"role": "assistant", "content": ""}, None) if self.chat else None

    def piece(self, index: int, text: str) -> dict[str, Any]:
        """A chunk of text."""
        return self._chunk(index, {"content": text}, None, text)

    def closing(self, index: int, end: ReplyDone) -> dict[str, Any]:
        """The last chunk of a choice, with its `finish_reason`."""
        return self._chunk(index, {}, end.finish_reason or "stop")

    def usage(self, ends: list[ReplyDone]) -> dict[str, Any]:
        """The chunk of token counts, without a choice."""
        return self._head(self._chunks) | {"choices": [], "usage": summed(ends)}

    @property
    def _chunks(self) -> str:
        return "chat.completion.chunk" if self.chat else "text_completion"

    def _head(self, kind: str) -> dict[str, Any]:
        head: dict[str, Any] = {"id": self.id, "object": kind, "created": self.created, "model": self.model}
        return head | ({"conversationId": self.conversation} if self.conversation else {})

    def _choice(self, index: int, end: ReplyDone) -> dict[str, Any]:
        reason = end.finish_reason or "stop"
        if self.chat:
            message = {"role": "assistant", "content": end.full_message}
            return {"index": index, "message": message, "finish_reason": reason}
        return {"index": index, "text": end.full_message, "logprobs": None, "finish_reason": reason}

    def _chunk(self, index: int, delta: Mapping[str, str], reason: str | None, text: str = "") -> dict[str, Any]:
        choice: dict[str, Any] = {"index": index, "finish_reason": reason}
        choice |= {"delta": dict(delta)} if self.chat else {"text": text, "logprobs": None}
        return self._head(self._chunks) | {"choices": [choice]}


def summed(ends: list[ReplyDone]) -> dict[str, int] | None:
    """The token counts of all replies together; None where the model's side gave none."""
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    counted = [end.usage for end in ends if end.usage]
    return {name: sum(int(usage.get(name, 0)) for usage in counted) for name in names} if counted else None
