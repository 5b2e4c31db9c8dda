"""The real engine: any server that speaks OpenAI's chat completions, streamed.

The SDK makes the request and names its errors; the stream is read raw (`transport.py`), cut (`sse.py`) and understood
(`chunks.py`) here. One SDK client for the base URL; a caller's key rides on a copy of it for one request and is kept
nowhere. The SDK is imported when the first client is made, not when this module is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from artbot_server.errors import BadRequest, EngineFailed
from artbot_server.llm import faults
from artbot_server.llm.base import ChatRequest, ReplyEnd
from artbot_server.llm.chunks import ReplyReader
from artbot_server.llm.wire import CURRENT_WIRE, Wire

if TYPE_CHECKING:
    import httpx2
    import openai

DEFAULT_MODEL = "gpt-5.4-mini"
"""Asked for where nothing is configured: the newest "mini" among the SDK's names, with no announced shutdown
(openai 3.54, `types/shared/chat_model.py`; gpt-4o-mini ends on 2027-01-14)."""

NO_KEY = "none"
"""Sent where there is no key: the SDK refuses an empty one, local servers do not look."""

_DROPPABLE = ("temperature", "stream_options", "top_p", "presence_penalty", "frequency_penalty")
"""Parameters that some models or servers refuse; the reply is as good without."""
_RENAMED = {"max_tokens": "max_completion_tokens"}
"""What reasoning models refuse under its old name."""


class OpenAIEngine:
    """An OpenAI-compatible server as an `Engine`.

    Args:
        base_url: with its `/v1`; nothing is added to it.
        key: the server's own key; None where the other side wants none, or every caller brings one.
        models: what may be asked for, the default first; empty: anything.
        connect_s: seconds to get a connection.
        silence_s: seconds without a byte, before or in a reply.
    """

    demo = False

    def __init__(
        self,
        *,
        base_url: str,
        key: str | None,
        models: tuple[str, ...],
        connect_s: float = 10,
        silence_s: float = 60,
    ) -> None:
        host = urlsplit(base_url).hostname or base_url
        self.name = "openai" if host == "api.openai.com" else host
        self.models = models
        self._silence_s = silence_s
        self._key = _stripped(key)
        self._base_url = base_url
        self._connect_s = connect_s
        self._refused: set[tuple[str, str]] = set()  # (model, parameter): so that only the first request is made twice
        self._client: openai.OpenAI | None = None
        self._lock = threading.Lock()

    def open(self, request: ChatRequest) -> OpenAIReply:
        """A reply that connects when it is first iterated.

        Raises:
            BadRequest: `model_not_allowed`.
        """
        model = request.model or (self.models[0] if self.models else DEFAULT_MODEL)
        if self.models and model not in self.models:
            raise BadRequest(
                f"The model {model[:80]!r} may not be used here.",
                code="model_not_allowed",
                field="model",
                allowed=list(self.models),
            )
        return OpenAIReply(self, request, model)

    def client(self) -> openai.OpenAI:
        """The SDK's client, made once. Call it before serving: the import and the first headers cost a second."""
        with self._lock:
            if self._client is None:
                self._client = self._make_client()
            return self._client

    def _make_client(self) -> openai.OpenAI:
        import openai

        from artbot_server.llm.transport import StreamTransport

        client = openai.OpenAI(
            api_key=self._key or NO_KEY,
            base_url=self._base_url,
            max_retries=0,  # a person waits: told at once, he tries again himself
            timeout=openai.Timeout(self._silence_s, connect=self._connect_s),
            default_headers={"Accept-Encoding": "identity", "Connection": "close"},  # as `transport.py` reads it
            http_client=openai.DefaultHttpxClient(
                transport=StreamTransport(secure=self._base_url.startswith("https:"))
            ),
        )
        client.platform_headers()  # forks `uname` on its first call, and keeps the answer
        return client


class OpenAIReply:
    """One reply of an `OpenAIEngine`; see `base.ReplyStream`. Iterate it once."""

    def __init__(self, engine: OpenAIEngine, request: ChatRequest, model: str) -> None:
        self._engine = engine
        self._request = request
        self._model = model
        self._callers_key = _stripped(request.key)
        self._key = self._callers_key or engine._key
        self._wire = Wire()

    def close(self) -> None:
        """See `base.ReplyStream`. One that is still connecting ends when that does, within `connect_s`."""
        self._wire.close()

    def __iter__(self) -> Iterator[str | ReplyEnd]:
        try:
            if not self._wire.closed:
                yield from self._stream()
        except EngineFailed:
            if not self._wire.closed:  # else it failed because it was closed
                raise
        finally:
            self._wire.close()

    def _stream(self) -> Iterator[str | ReplyEnd]:
        response = self._ask()
        reader = ReplyReader(self._secrets())
        try:
            for text in _texts(response, reader, self._engine._silence_s):
                if self._wire.closed:
                    return
                if text:
                    yield text
                if reader.failure:
                    raise reader.failure
                if reader.done:
                    break
            if not self._wire.closed:
                yield reader.end(framed=not {"content-length", "transfer-encoding"}.isdisjoint(response.headers))
        finally:
            response.close()

    def _ask(self) -> httpx2.Response:
        """Make the request; again without a parameter that the other side refuses by name."""
        import httpx2
        import openai

        client = self._client()
        options = self._options()
        if self._callers_key:  # the server's own account (OPENAI_ORG_ID …) is not the caller's
            options["extra_headers"] = dict.fromkeys(("OpenAI-Organization", "OpenAI-Project"), openai.omit)
        refused: set[tuple[str, str]] = set()
        while True:
            try:
                response = self._create(client, options)
                self._engine._refused |= refused
                return response
            except openai.APIStatusError as exc:
                complaint = faults.Complaint.of(exc.body)
                refusable = (*_DROPPABLE, *_RENAMED)
                named = next((name for name in refusable if name in options and complaint.names(name)), None)
                if named is None or exc.status_code not in (400, 422):
                    raise self._status_fault(exc, complaint) from None  # its text may hold the key
                options = _without(options, named)
                refused.add((self._model, named))
            except UnicodeEncodeError as exc:
                raise BadRequest("A message holds half of a character.", field="messages") from exc
            except (openai.APIConnectionError, httpx2.RequestError) as exc:
                raise _wire_fault(exc, self._engine._silence_s) from exc

    def _create(self, client: openai.OpenAI, options: dict[str, Any]) -> httpx2.Response:
        token = CURRENT_WIRE.set(self._wire)
        try:
            return client.chat.completions.with_raw_response.create(**options).http_response
        finally:
            CURRENT_WIRE.reset(token)

    def _client(self) -> openai.OpenAI:
        if self._key and not (self._key.isascii() and self._key.isprintable()):
            raise faults.unusable_key(callers_key=self._callers_key is not None)
        client = self._engine.client()
        return client.with_options(api_key=self._callers_key) if self._callers_key else client

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            **self._request.options,
            "model": self._model,
            "messages": list(self._request.messages),
        }
        if self._request.temperature is not None:
            options["temperature"] = self._request.temperature
        if self._request.stream:
            options |= {"stream": True, "stream_options": {"include_usage": True}}
        for name in [name for name in options if (self._model, name) in self._engine._refused]:
            options = _without(options, name)
        return options

    def _status_fault(self, exc: openai.APIStatusError, complaint: faults.Complaint) -> EngineFailed:
        return faults.from_status(
            exc.status_code,
            complaint,
            callers_key=self._callers_key is not None,
            any_key=self._key is not None,
            retry_after=exc.response.headers.get("retry-after"),
            secrets=self._secrets(),
        )

    def _secrets(self) -> tuple[str, ...]:
        return tuple(key for key in (self._key, self._engine._key) if key)


def _without(options: dict[str, Any], refused: str) -> dict[str, Any]:
    """The options without a parameter that is refused, or with its new name."""
    rest = {name: value for name, value in options.items() if name != refused}
    return rest | {_RENAMED[refused]: options[refused]} if refused in _RENAMED else rest


def _stripped(key: str | None) -> str | None:
    """Keys are pasted, often with a space or a line feed."""
    return (key or "").strip() or None


def _texts(response: httpx2.Response, reader: ReplyReader, silence_s: float) -> Iterator[str]:
    """For each read, the text it brought; a server that ignored `stream` sends one JSON body instead."""
    import httpx2

    try:
        if "json" in response.headers.get("content-type", ""):
            yield reader.whole(response.read())
        else:
            for received in response.iter_bytes():
                yield reader.feed(received)
            yield reader.finish()
    except httpx2.RequestError as exc:
        raise _wire_fault(exc, silence_s) from exc


def _wire_fault(exc: BaseException, silence_s: float) -> EngineFailed:
    """Which fault a transport error is; the SDK wraps it as the cause, except where it reads an error's body."""
    import httpx2

    cause = exc if isinstance(exc, httpx2.RequestError) else exc.__cause__
    if isinstance(cause, httpx2.ReadTimeout):
        return faults.timeout(silence_s)
    if isinstance(cause, httpx2.DecodingError | httpx2.RemoteProtocolError):
        return faults.garbage()
    if isinstance(cause, httpx2.ReadError):
        return faults.cut()
    return faults.unreachable()
