"""What went wrong at the web UI, as one sentence for a person and a code for the caller. Pure.

No message holds an address with credentials, a path on the server's disk or picture data: the server's own texts
are cleaned before they are used.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import orjson

from artbot_server.errors import BackendFailed

MESSAGE_CHARS = 300
ALLOWED_SHOWN = 60
"""Names listed in `detail.allowed`; a server may have thousands of LoRAs."""

_URL = re.compile(r"\w+://\S+")
_PATH = re.compile(r"(?:[A-Za-z]:)?(?:[\\/][^\s\\/'\":,;]+)+[\\/]([^\s\\/'\":,;]+)")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{60,}={0,2}")

# fmt: off
_USER_ERRORS = frozenset({
    "HTTPException", "ValidationError", "RequestValidationError", "ZeroDivisionError", "IndexError", "KeyError",
    "TypeError", "ValueError", "AttributeError", "AssertionError", "NansException", "RuntimeError", "Exception",
})
# fmt: on
"""Classes the web UI answers with 500 although the payload is at fault (all recorded); sending it again is in vain."""

_GPU_TROUBLE = re.compile(r"cuda|cudnn|cublas|hip error|device-side|mps backend", re.IGNORECASE)
_NO_MEMORY = re.compile(r"out of memory|OutOfMemoryError", re.IGNORECASE)


def refused(message: str, *, field: str | None = None, allowed: Iterable[str] = ()) -> BackendFailed:
    """The payload is at fault; trying it again cannot help."""
    detail: dict[str, Any] = {}
    if field is not None:
        detail["field"] = field
    if allowed := list(allowed)[:ALLOWED_SHOWN]:
        detail["allowed"] = allowed
    return BackendFailed(_sentence(message), code="backend_refused", fault="client", retry=False, **detail)


def unknown_name(field: str, what: str, asked: str, known: Iterable[str], also: Iterable[str] = ()) -> BackendFailed:
    """A name the server does not list, with the nearest one it does; `also`: more spellings it would take.

    The web UI itself would take another one without a word (trap 1), also when only the case is wrong.
    """
    names = list(dict.fromkeys(known))
    folded = {name.casefold(): name for name in (*also, *names)}
    near = difflib.get_close_matches(asked.casefold(), folded, n=1, cutoff=0.6)
    hint = f"; did you mean '{folded[near[0]]}'?" if near else "."
    return refused(f"There is no {what} '{asked[:80]}' here{hint}", field=field, allowed=names)


def failed(message: str, *, retry: bool = True) -> BackendFailed:
    """The server did not do what it should have done."""
    return BackendFailed(_sentence(message), retry=retry)


def unreachable(name: str, why: str) -> BackendFailed:
    """Nobody there, or the connection broke."""
    return BackendFailed(f"The Stable Diffusion server {name} {why}.", code="backend_unreachable", retry=True)


def timed_out(name: str, why: str) -> BackendFailed:
    """Silent for too long, or at work for too long."""
    return BackendFailed(f"The Stable Diffusion server {name} {why}.", code="backend_timeout", retry=True)


def from_answer(name: str, path: str, status: int, content: bytes) -> BackendFailed:
    """An answer that is no success, in whichever of the shapes it came (trap 11): A, B, FastAPI's own, HTML, text."""
    kind, text = read_error(content)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return BackendFailed(
            f"The Stable Diffusion server {name} refuses the user name or password in ARTBOT_SD_AUTH.",
            fault="server",
            retry=False,
        )
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED) and not kind:
        message = f"The Stable Diffusion server {name} has no {path}; it has to be started with --api."
        return BackendFailed(message, fault="server", retry=False)
    if status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT):
        return unreachable(name, f"is not up behind its proxy (status {status})")
    if _NO_MEMORY.search(f"{kind} {text}"):
        return failed(f"The Stable Diffusion server {name} ran out of memory; a smaller picture may work.", retry=False)
    user_error = kind in _USER_ERRORS and not _GPU_TROUBLE.search(text)
    if user_error or status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND):
        return refused(f"The Stable Diffusion server {name} refuses this: {text or kind or status}")
    return failed(
        f"The Stable Diffusion server {name} failed with status {status}: {text or kind or 'no reason given'}"
    )


def read_error(content: bytes) -> tuple[str, str]:
    """The error's class ("" where the body names none) and its text, cleaned.

    The text is `detail` if it is a non-empty string, else `errors`, else the `msg` of each item of `detail`.
    """
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        text = content[:2000].decode("utf-8", "replace").strip()
        return "", "" if text.startswith("<") else clean(text)
    if not isinstance(body, dict):
        return "", ""
    kind, detail, errors = str(body.get("error") or ""), body.get("detail"), body.get("errors")
    if isinstance(detail, str) and detail:
        return kind, clean(detail)
    if isinstance(errors, str) and errors:
        return kind, clean(errors)
    if isinstance(detail, list):
        return kind, clean("; ".join(_validation_line(item) for item in detail))
    return kind, ""


def clean(text: str) -> str:
    """The text in one line, without addresses, paths and base64."""
    for pattern, stand_in in ((_URL, "…"), (_PATH, r"\1"), (_BASE64, "…")):
        text = pattern.sub(stand_in, text)
    return " ".join(text.split())[:MESSAGE_CHARS]


def _validation_line(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    where = [str(part) for part in item.get("loc") or () if part != "body"]
    return f"{'.'.join(where)}: {item.get('msg', '')}" if where else str(item.get("msg", ""))


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > MESSAGE_CHARS:
        text = text[: MESSAGE_CHARS - 1] + "…"
    return text if text.endswith((".", "?", "…", "!")) else text[: MESSAGE_CHARS - 1] + "."
