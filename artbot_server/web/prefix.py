"""Living below a path of another site, `/art`: in a host's app, behind a proxy that keeps the path or strips it.

The services know nothing of it: their addresses begin at the server's root, and the edge puts before them what this
visitor has to come by. Without a prefix nothing here costs anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Response, send_from_directory
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response as AnyResponse

from artbot_server.config import PREFIX, Network
from artbot_server.web.access import is_within
from artbot_server.web.serving import WsgiApp

ADDRESS_KEYS = re.compile(r"(.+_)?url|inputs")
"""Fields of our records that hold an address, or a table of some."""
OWN_ADDRESS = re.compile(r'(href|src|action)="/(?!/)')


def below(app: WsgiApp, configured: str, trusted: Sequence[Network]) -> WsgiApp:
    """Serve an app below ARTBOT_PREFIX, or below what a trusted proxy names in X-Forwarded-Prefix."""

    def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        script, path = split(environ, configured, trusted)
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = script, path
        if script and not path:  # `/art`: what a page names by itself begins at `/art/`
            query = str(environ.get("QUERY_STRING") or "")
            start_response("308 Permanent Redirect", [("Location", f"{script}/" + (f"?{query}" if query else ""))])
            return [b""]
        return app(environ, start_response)

    return wrapped


def split(environ: Mapping[str, Any], configured: str, trusted: Sequence[Network]) -> tuple[str, str]:
    """`(what stands before our root, the path below it)` of a request, each as WSGI has them."""
    script, path = str(environ.get("SCRIPT_NAME") or "").rstrip("/"), str(environ.get("PATH_INFO") or "")
    prefix = configured
    if is_within(str(environ.get("REMOTE_ADDR") or ""), trusted):
        named = str(environ.get("HTTP_X_FORWARDED_PREFIX") or "").split(",")[-1].strip().rstrip("/")
        prefix = named if PREFIX.fullmatch(named) else prefix
    if not prefix or script == prefix or script.startswith(prefix + "/"):  # a host that knows its proxy has done it
        return script, path
    if path == prefix or path.startswith(prefix + "/"):
        path = path[len(prefix) :]
    return prefix + script, path


def prefixed(value: Any, prefix: str) -> Any:
    """A record for clients with this prefix before each of its addresses."""
    return _prefixed(value, prefix, False) if prefix else value


def _prefixed(value: Any, prefix: str, is_address: bool) -> Any:
    if isinstance(value, str):
        return prefix + value if is_address and value.startswith("/") else value
    if isinstance(value, Mapping):
        every = is_address  # a table of addresses
        return {n: _prefixed(v, prefix, every or bool(ADDRESS_KEYS.fullmatch(str(n)))) for n, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_prefixed(one, prefix, is_address) for one in value]
    return value


def page_file(folder: Path, name: str, prefix: str) -> AnyResponse:
    """One of our HTML pages; its own addresses begin with the prefix."""
    if not prefix:
        return send_from_directory(folder, name, max_age=0)
    html = OWN_ADDRESS.sub(rf'\1="{prefix}/', (folder / name).read_text())
    response = Response(html, mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    return response


def hosted(host: WsgiApp, at: str, app: WsgiApp) -> WsgiApp:
    """A host's app with ours below a path of it."""
    return DispatcherMiddleware(host, {at: app})
