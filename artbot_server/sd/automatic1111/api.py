"""The web UI's HTTP calls: addresses, Basic auth, time-outs, and errors turned into `BackendFailed`.

Knows nothing about pictures or jobs. One `Api` belongs to one thread; it never logs or shows its credentials.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import orjson
import requests

from artbot_server.sd.automatic1111 import failures

CONNECT_S = 5.0
READ_S = 10.0
"""Lists, progress and interrupt are answered in milliseconds; 5.8 s were seen with 50 calls waiting (trap 10)."""

_CUT = (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)


class Api:
    """One thread's way to one server. Use it in a `with` statement."""

    def __init__(self, url: str, auth: tuple[str, str] | None, name: str) -> None:
        self._url = url.rstrip("/")
        self._name = name
        self._session = requests.Session()
        # Sent with the first call: a 401 comes without WWW-Authenticate, so nobody would ever ask for it (trap 14).
        # `requests` would otherwise look into ~/.netrc, which is not ours to send.
        self._session.auth = auth or _no_auth

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None) -> None:
        self._session.close()

    def get(self, path: str, **params: str) -> Any:
        """The JSON of a GET. Raises `BackendFailed`."""
        return self._json(path, *self._send("GET", path, params=params))

    def optional(self, path: str) -> Any | None:
        """The JSON of a GET, None where the server has no such address or its answer is broken (trap 7)."""
        status, content = self._send("GET", path)
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR):
            return None
        return self._json(path, status, content)

    def post(self, path: str, body: Mapping[str, Any], read_s: float = READ_S) -> Any:
        """The JSON of a POST; `read_s`: seconds without a byte until it is given up. Raises `BackendFailed`."""
        return self._json(path, *self._send("POST", path, json=body, read_s=read_s))

    def post_if_there(self, path: str, body: Mapping[str, Any]) -> Any | None:
        """As `post`, None where the server has no such address or keeps it to itself."""
        status, content = self._send("POST", path, json=body)
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.UNAUTHORIZED):
            return None
        return self._json(path, status, content)

    def _send(self, method: str, path: str, read_s: float = READ_S, **rest: Any) -> tuple[int, bytes]:
        try:
            answer = self._session.request(method, self._url + path, timeout=(CONNECT_S, read_s), **rest)
        except requests.exceptions.InvalidJSONError:
            raise failures.refused("A number in the payload is infinite or no number.") from None
        except requests.exceptions.ConnectTimeout:
            raise failures.unreachable(self._name, "cannot be reached") from None
        except requests.exceptions.ReadTimeout:
            raise failures.timed_out(self._name, f"did not answer {path} within {read_s:g} s") from None
        except _CUT:
            raise failures.unreachable(self._name, "broke the connection in the middle of its answer") from None
        except requests.exceptions.ConnectionError as err:
            raise failures.unreachable(self._name, _why(err)) from None
        except requests.exceptions.RequestException as err:
            raise failures.failed(f"The request to {self._name} failed ({type(err).__name__}).") from None
        return answer.status_code, answer.content

    def _json(self, path: str, status: int, content: bytes) -> Any:
        if not 200 <= status < 300:
            raise failures.from_answer(self._name, path, status, content)
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError:
            raise failures.failed(f"The answer of {self._name} to {path} is not JSON.") from None


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _why(err: requests.exceptions.ConnectionError) -> str:
    text = str(err)
    if isinstance(err, requests.exceptions.SSLError):
        return "does not speak TLS as it should (its certificate, or http:// is meant)"
    if "Read timed out" in text:
        return "fell silent in the middle of its answer"
    if "RemoteDisconnected" in text or "Connection aborted" in text or "reset by peer" in text:
        return "closed the connection without an answer"
    return "cannot be reached"
