"""One root for everything that can go wrong, with a code, an HTTP status and whose fault it is.

The same JSON goes into a socket's ack and an HTTP body. Foreign exceptions (HTTP clients, the SDK, the database)
are turned into these at the edge where they arise. A class exists only where a caller acts on it; finer
distinctions are codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

Fault = Literal["client", "server", "engine", "backend"]
"""Who has to act: the caller, whoever runs this server, the model's side, or the painter's side."""


class ArtbotError(Exception):
    """Root of all errors that a client may be told about.

    Args:
        message: one sentence for a person, naming the field and what is allowed where it applies.
        code: a stable snake_case word; the class's own where not given.
        detail: more facts as JSON values, such as `field`, `allowed`, `retry_after_s`.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    fault: ClassVar[Fault] = "server"

    def __init__(self, message: str, *, code: str | None = None, fault: Fault | None = None, **detail: Any) -> None:
        super().__init__(message)
        self.message = message
        self.error_code = code or self.code
        self.whose_fault: Fault = fault or self.fault
        self.detail = detail

    def as_json(self) -> dict[str, Any]:
        """The shape that acks, HTTP bodies and `chat_error` share."""
        return {
            "code": self.error_code,
            "message": self.message,
            "detail": {"fault": self.whose_fault, **self.detail},
        }


class BadRequest(ArtbotError):
    """A field is missing, of a wrong type or out of range; `detail.field` names it."""

    code, status, fault = "bad_request", 400, "client"


class NotAllowed(ArtbotError):
    """No access, no operator's key, or a foreign origin."""

    code, status, fault = "not_allowed", 403, "client"


class NotFound(ArtbotError):
    """No such thing, or it belongs to another session: the two are never told apart."""

    code, status, fault = "not_found", 404, "client"


class Busy(ArtbotError):
    """The same conversation is already being answered."""

    code, status, fault = "busy", 409, "client"


class Conflict(ArtbotError):
    """Somebody else was faster: it was changed meanwhile, or the name is taken."""

    code, status, fault = "conflict", 409, "client"


class TooLarge(ArtbotError):
    """An upload, message or picture is over its limit; refused before it is decoded."""

    code, status, fault = "too_large", 413, "client"


class TooMany(ArtbotError):
    """Over the chat limit or the queue limit; `detail.retry_after_s` where a wait helps."""

    code, status, fault = "too_many", 429, "client"


class EngineFailed(ArtbotError):
    """The model did not answer as it should; the codes are in docs/protocol.md."""

    code, status, fault = "engine_failed", 502, "engine"


class BackendFailed(ArtbotError):
    """Painting did not work; `retry` in the detail says whether trying again can help."""

    code, status, fault = "backend_failed", 502, "backend"


class Unavailable(ArtbotError):
    """This server cannot do it just now (stopping, worker away, database locked for too long)."""

    code, status, fault = "unavailable", 503, "server"


class ConfigError(ArtbotError):
    """A setting is wrong; stops the start with one sentence that names it."""

    code = "config"


def error_of(told: Mapping[str, Any]) -> ArtbotError:
    """The error behind its JSON, as it was stored or came from another process: same code, sentence, detail and status.

    A code without a class of its own becomes the class of whose fault it is.
    """
    detail = dict(told.get("detail") or {})
    fault: Fault = detail.pop("fault", "server")
    code = str(told["code"])
    kind = _BY_CODE.get(code) or _BY_FAULT.get(fault, Unavailable)
    return kind(str(told["message"]), code=code, fault=fault, **detail)


_KINDS: tuple[type[ArtbotError], ...] = (ArtbotError, *ArtbotError.__subclasses__())
_BY_CODE = {kind.code: kind for kind in _KINDS}
_BY_FAULT: dict[str, type[ArtbotError]] = {"client": BadRequest, "backend": BackendFailed, "engine": EngineFailed}
