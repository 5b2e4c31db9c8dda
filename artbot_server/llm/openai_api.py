"""The real engine: any server that speaks OpenAI's chat completions, streamed.

The SDK makes the request and names its errors; the stream is read raw (`transport.py`), cut (`sse.py`) and understood
(`chunks.py`): by the reply's own thread up to its first text, so that this waits for nothing, then by the one `Pump`
where there is one. One SDK client for the base URL; a caller's key rides on one request and is kept nowhere. The SDK is
imported when the first client is made, not when this module is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from artbot_server.errors import BadRequest, EngineFailed
from artbot_server.llm import faults
from artbot_server.llm.base import ChatRequest, ReplyEnd
from artbot_server.llm.pump import Pump
from artbot_server.llm.wire import CURRENT_WIRE, Wire

if TYPE_CHECKING:
    import httpx2
    import openai

    from artbot_server.llm.reading import Reading

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
        pump: reads the streams together; None: each in its own thread.
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
        pump: Pump | None = None,
    ) -> None:
        host = urlsplit(base_url).hostname or base_url
        self.name = "openai" if host == "api.openai.com" else host
        self.models = models
        self._silence_s = silence_s
        self._pump = pump
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
        self._reading: Reading | None = None

    def close(self) -> None:
        """See `base.ReplyStream`. One that is still connecting ends when that does, within `connect_s`."""
        self._wire.close()

    def __iter__(self) -> Generator[str | ReplyEnd, None, None]:
        try:
            if not self._wire.closed:
                yield from self._stream()
        except EngineFailed:
            if not self._wire.closed:  # else it failed because it was closed
                raise
        finally:
            self._wire.close()

    def carry(self, take: Callable[[str], None]) -> ReplyEnd | None:
        """See `base.CarriedStream`."""
        with closing(iter(self)) as items:
            for item in items:
                if isinstance(item, ReplyEnd):
                    return item
                take(item)
                self._pump_the_rest(take)  # then the iteration finds only the end
        return None

    def _pump_the_rest(self, take: Callable[[str], None]) -> None:
        reading, pump = self._reading, self._engine._pump
        assert reading is not None
        if pump is None or reading.over or reading.connection is None:
            return

        def feed(received: bytes) -> bool:
            text = reading.feed(received)
            if text and not self._wire.closed:
                take(text)
            return reading.over or self._wire.closed

        try:
            pump.carry(reading.connection, feed, self._engine._silence_s)
        except OSError as exc:
            reading.broke(exc)

    def _stream(self) -> Iterator[str | ReplyEnd]:
        from artbot_server.llm.reading import Reading

        response = self._ask()
        try:
            reading = self._reading = Reading(response, self._secrets(), self._engine._silence_s)
            while not (reading.over or self._wire.closed):
                text = reading.read()
                if text and not self._wire.closed:
                    yield text
            if not self._wire.closed:
                yield reading.end()
        finally:
            response.close()

    def _ask(self) -> httpx2.Response:
        """Make the request; again without a parameter that the other side refuses by name."""
        import httpx2
        import openai

        from artbot_server.llm.reading import wire_fault

        if self._key and not (self._key.isascii() and self._key.isprintable()):
            raise faults.unusable_key(callers_key=self._callers_key is not None)
        options = self._options()
        refused: set[tuple[str, str]] = set()
        while True:
            try:
                response = self._post(options)
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
                raise wire_fault(exc, self._engine._silence_s) from exc

    def _post(self, body: dict[str, Any]) -> httpx2.Response:
        """One request by the SDK. Its `chat.completions.create` would check the type of every message: 0.2 ms for each,
        in which nobody else is served."""
        import httpx2
        import openai

        headers: dict[str, Any] = {}
        if self._callers_key:  # the server's own account (OPENAI_ORG_ID …) is not the caller's
            headers = dict.fromkeys(("OpenAI-Organization", "OpenAI-Project"), openai.omit)
            headers["Authorization"] = f"Bearer {self._callers_key}"
        token = CURRENT_WIRE.set(self._wire)
        try:
            made: object = self._engine.client().post(
                "/chat/completions",
                cast_to=httpx2.Response,  # as it comes, not read yet
                body=body,
                options={"headers": headers, "security": {"bearer_auth": True}},
                stream=True,
                stream_cls=openai.Stream[object],
            )
            return cast("httpx2.Response", made)
        finally:
            CURRENT_WIRE.reset(token)

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
