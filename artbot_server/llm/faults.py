"""What a model's side may answer instead of a reply, as our errors with a code of docs/protocol.md. Pure, no I/O.

Plain values in (a status, an error object), `EngineFailed` out. What the other side wrote goes into a message only
shortened and without keys, credentials or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from artbot_server.errors import EngineFailed, Fault

MAX_UPSTREAM_CHARS = 200
"""Of the other side's own words: enough for its reason, too little for a page or a prompt."""

_SECRETS = re.compile(r"\b(?:sk|pk|key)-[\w*.\-…]+|(?<=Bearer )\S+|(?<=://)[^/\s@]+@", re.IGNORECASE)
_MARKUP = re.compile(r"<\s*(?:!doctype|html|head|body)\b", re.IGNORECASE)
_WAIT = re.compile(r"(?:try again|retry) (?:in|after) (?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?) ?(ms|s))?")
_TOO_LONG = re.compile(r"maximum context length|context (?:size|window|length)|too many tokens", re.IGNORECASE)

_TOO_LONG_WORDS = {"context_length_exceeded", "exceed_context_size_error"}
_REFUSED_WORDS = {"content_policy_violation", "content_filter", "ResponsibleAIPolicyViolation", "moderation_blocked"}
_REGION_WORD = "unsupported_country_region_territory"


@dataclass(frozen=True, slots=True)
class Complaint:
    """An error object as OpenAI and its imitators send it; "" where a part is missing.

    Attributes:
        words: its `code` and `type`, whichever of them are words.
        param: the request's parameter at fault.
    """

    message: str = ""
    words: frozenset[str] = frozenset()
    param: str = ""

    @classmethod
    def of(cls, error: object) -> Complaint:
        """Read any decoded body: an error object, a bare text, or something else."""
        if isinstance(error, str):
            return cls(message=_text(error))
        if not isinstance(error, Mapping):
            return cls()
        inner = error.get("innererror")  # Azure tells its content filter there
        words = (error.get("code"), error.get("type"), inner.get("code") if isinstance(inner, Mapping) else None)
        return cls(
            message=_text(error.get("message")) or str(error.get("detail") or ""),  # FastAPI's word, text or list
            words=frozenset(word for word in words if isinstance(word, str)),
            param=_text(error.get("param")),
        )

    def names(self, parameter: str) -> bool:
        """Whether this complaint is about that parameter of the request."""
        return self.param.startswith(parameter) or parameter in self.message


def from_status(
    status: int,
    complaint: Complaint,
    *,
    callers_key: bool,
    any_key: bool,
    retry_after: str | None = None,
    secrets: tuple[str, ...] = (),
) -> EngineFailed:
    """The error for an HTTP status of 400 and above.

    Args:
        callers_key: the request carried the caller's own key.
        any_key: it carried a key at all.
        retry_after: the header `Retry-After`, as it came.
    """
    if status == 429:
        return _rate_limited(complaint, retry_after, secrets)
    known = _by_word(complaint, secrets)
    if known:
        return known
    if status == 404 and "model" in complaint.message.lower():
        return _failed("unknown_model", "The model's side does not know this model", complaint, secrets, "client")
    if status == 404:
        return _failed(
            "engine_failed", "Nothing answers chats at the engine's address (404)", complaint, secrets, "server"
        )
    if status in (401, 403):
        if not any_key:
            return EngineFailed("The engine wants a key and has none.", code="no_key", fault="server")
        fault: Fault = "client" if callers_key else "server"
        return _failed("wrong_key", "The model's side refuses the key", complaint, secrets, fault)
    if status == 413:
        return _failed("context_too_long", "This is more than the model reads", complaint, secrets, "client")
    if status in (408, 504):
        return _failed("engine_timeout", "The model's side took too long", complaint, secrets)
    return _failed("engine_failed", f"The model's side failed ({status})", complaint, secrets)


def from_error(complaint: Complaint, *, secrets: tuple[str, ...] = ()) -> EngineFailed:
    """The error for an error object in the middle of a stream, where there is no status."""
    if complaint.words & {"rate_limit_exceeded", "insufficient_quota", "rate_limit_error"}:
        return _rate_limited(complaint, None, secrets)
    return _by_word(complaint, secrets) or _failed("engine_failed", "The model's side failed", complaint, secrets)


def timeout(seconds: float) -> EngineFailed:
    return EngineFailed(f"The model's side was silent for {seconds:g} seconds.", code="engine_timeout")


def unreachable() -> EngineFailed:
    return EngineFailed("The model's side cannot be reached.", code="engine_unreachable")


def cut() -> EngineFailed:
    return EngineFailed("The connection to the model broke before the reply was complete.", code="engine_cut")


def garbage() -> EngineFailed:
    return EngineFailed("The model's side sent something that is not a reply.", code="engine_garbage")


def empty(finish_reason: str | None) -> EngineFailed:
    if finish_reason == "length":
        return EngineFailed("The model used up its tokens before it wrote anything.", code="engine_empty")
    return EngineFailed("The model's reply is empty.", code="engine_empty")


def refused() -> EngineFailed:
    return EngineFailed("The model's side refuses this content.", code="refused")


def unusable_key(*, callers_key: bool) -> EngineFailed:
    """For a key that no HTTP header can carry."""
    fault: Fault = "client" if callers_key else "server"
    return EngineFailed("The key holds characters that no key has.", code="wrong_key", fault=fault)


def wait_s(retry_after: str | None, message: str) -> float | None:
    """Seconds to wait: the header where it is a number, else OpenAI's "try again in 6m0s" / "1.5s" / "20ms"."""
    if retry_after and re.fullmatch(r"\d{1,6}(\.\d+)?", retry_after.strip()):
        return float(retry_after)
    found = _WAIT.search(message)
    if not found or not any(found.groups()):
        return None
    hours, minutes, rest, unit = found.groups()
    seconds = float(rest or 0) / (1000 if unit == "ms" else 1)
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + seconds


def scrubbed(text: str, secrets: tuple[str, ...] = ()) -> str:
    """The other side's words on one line: no keys, no credentials, at most MAX_UPSTREAM_CHARS."""
    for secret in secrets:
        text = text.replace(secret, "[key]")
    text = " ".join(_SECRETS.sub("[key]", text).split())
    return text if len(text) <= MAX_UPSTREAM_CHARS else text[: MAX_UPSTREAM_CHARS - 1] + "…"


def _by_word(complaint: Complaint, secrets: tuple[str, ...]) -> EngineFailed | None:
    words = complaint.words
    if words & _TOO_LONG_WORDS or _TOO_LONG.search(complaint.message):
        return _failed("context_too_long", "This is more than the model reads", complaint, secrets, "client")
    if words & _REFUSED_WORDS:
        return _failed("refused", "The model's side refuses this content", complaint, secrets)
    if "model_not_found" in words:
        return _failed("unknown_model", "The model's side does not know this model", complaint, secrets, "client")
    if _REGION_WORD in words:
        return _failed("engine_failed", "The model's side does not serve this server's region", complaint, secrets)
    return None


def _rate_limited(complaint: Complaint, retry_after: str | None, secrets: tuple[str, ...]) -> EngineFailed:
    if "insufficient_quota" in complaint.words:
        return _failed("rate_limited", "The credit at the model's side is used up", complaint, secrets)
    seconds = wait_s(retry_after, complaint.message)
    failure = _failed("rate_limited", "The model's side wants fewer requests", complaint, secrets)
    if seconds is not None:
        failure.detail["retry_after_s"] = seconds
    return failure


def _failed(
    code: str,
    sentence: str,
    complaint: Complaint,
    secrets: tuple[str, ...],
    fault: Fault = "engine",
) -> EngineFailed:
    words = scrubbed(complaint.message, secrets)
    return EngineFailed(f"{sentence}: {words}" if words else f"{sentence}.", code=code, fault=fault)


def _text(value: object) -> str:
    """A page is no message: neither shown nor searched for words."""
    return value if isinstance(value, str) and not _MARKUP.search(value) else ""
