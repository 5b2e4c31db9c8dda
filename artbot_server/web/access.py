"""Who may come in: the rules of loopback, keys, proxies and origins as pure functions over one frozen record.

What a request says is read into `Visit` by `visit_of`; nothing here sets a cookie or answers a request.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from artbot_server.config import Network
from artbot_server.storage.sessions import Signer

SESSION_COOKIE, ACCESS_COOKIE, OPERATOR_COOKIE = "artbot_session", "artbot_access", "artbot_operator"
FORWARDING = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    "HTTP_VIA",
)
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]", "::1")


@dataclass(frozen=True, slots=True)
class Visit:
    """What a request says of its sender, with trusted proxies taken into account.

    Attributes:
        address: of the client, or of the last proxy that is not trusted.
        prefix: what stands before our root in the addresses this visitor uses, `/art` or nothing.
        direct_loopback: it came from this machine, to a loopback name, through no proxy.
    """

    address: str
    host: str
    scheme: str
    direct_loopback: bool
    origin: str | None
    site: str | None
    cookies: Mapping[str, str]
    bearer: str | None
    access: str | None
    operator: str | None
    prefix: str = ""


def visit_of(environ: Mapping[str, Any], trusted: Sequence[Network]) -> Visit:
    """Read a WSGI environ. Forwarding headers count only when the peer is a trusted proxy."""
    peer = str(environ.get("REMOTE_ADDR") or "")
    address, host = peer, str(environ.get("HTTP_HOST") or "")
    scheme = str(environ.get("wsgi.url_scheme") or "http")
    forwarded = any(environ.get(name) for name in FORWARDING)
    if is_within(peer, trusted):
        address = _client_behind(peer, str(environ.get("HTTP_X_FORWARDED_FOR") or ""), trusted)
        host = str(environ.get("HTTP_X_FORWARDED_HOST") or host).split(",")[-1].strip()
        scheme = str(environ.get("HTTP_X_FORWARDED_PROTO") or scheme).split(",")[-1].strip()
    authorization = str(environ.get("HTTP_AUTHORIZATION") or "")
    query = parse_qs(str(environ.get("QUERY_STRING") or ""))
    return Visit(
        address=address,
        host=host,
        scheme=scheme,
        direct_loopback=is_loopback(peer) and _is_loopback_name(host) and not forwarded,
        origin=environ.get("HTTP_ORIGIN"),
        site=environ.get("HTTP_SEC_FETCH_SITE"),
        cookies=_cookies(str(environ.get("HTTP_COOKIE") or "")),
        bearer=authorization[7:].strip() if authorization.lower().startswith("bearer ") else None,
        access=environ.get("HTTP_X_ARTBOT_ACCESS") or query.get("access", [None])[-1],
        operator=environ.get("HTTP_X_ARTBOT_OPERATOR"),
        prefix=str(environ.get("SCRIPT_NAME") or ""),
    )


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def same_site(visit: Visit, allowed_origins: Sequence[str]) -> bool:
    """Whether a request that changes something may come from where it comes from.

    Clients other than browsers send neither header.
    """
    if visit.origin is not None:
        own = f"{visit.scheme}://{visit.host}"
        return visit.origin == own or "*" in allowed_origins or visit.origin in allowed_origins
    return visit.site != "cross-site"


@dataclass(frozen=True)
class Door:
    """The two keys and what opens with them.

    Args:
        access_key: wanted from everybody when `access_given`, otherwise (it was made at start) from all but direct
            loopback visitors.
        operator_key: "" leaves operator's routes to direct loopback visitors.
    """

    signer: Signer
    access_key: str
    access_given: bool
    operator_key: str

    def may_enter(self, visit: Visit, access: str | None = None) -> bool:
        """By loopback, key (header, query or `access` from a socket's auth) or cookie."""
        if visit.direct_loopback and not self.access_given:
            return True
        offered = access or visit.access
        if offered is not None and _equal(offered, self.access_key):
            return True
        cookie = visit.cookies.get(ACCESS_COOKIE, "")
        return bool(cookie) and self.signer.matches("access", self.access_key, cookie)

    def may_operate(self, visit: Visit, operator: str | None = None) -> bool:
        """By loopback where there is no key, otherwise by the key or its cookie."""
        if not self.operator_key:
            return visit.direct_loopback
        offered = operator or visit.operator
        if offered is not None and _equal(offered, self.operator_key):
            return True
        cookie = visit.cookies.get(OPERATOR_COOKIE, "")
        return bool(cookie) and self.signer.matches("operator", self.operator_key, cookie)

    def session_of(self, visit: Visit, token: str | None = None) -> tuple[str, str] | None:
        """`(session_id, token)` by the token given, the bearer token or the cookie; None when there is none of ours."""
        for offered in (token, visit.bearer, visit.cookies.get(SESSION_COOKIE)):
            if offered:
                session_id = self.signer.session_of(offered)
                if session_id is not None:
                    return session_id, offered
        return None

    def session_or_new(self, visit: Visit, token: str | None = None) -> tuple[str, str]:
        """`(session_id, token)` as `session_of` finds it, or of a new session; nothing is stored."""
        known = self.session_of(visit, token)
        if known is not None:
            return known
        return self.new_session()

    def new_session(self) -> tuple[str, str]:
        """`(session_id, token)` of a session that nobody is in yet; nothing is stored."""
        made = self.signer.new_token()
        return str(self.signer.session_of(made)), made

    def access_cookie(self) -> str:
        """The value that stands for the access key in a browser."""
        return self.signer.signature("access", self.access_key)

    def operator_cookie(self) -> str:
        """The value that stands for the operator's key in a browser."""
        return self.signer.signature("operator", self.operator_key)


def _equal(offered: str, key: str) -> bool:
    return bool(key) and hmac.compare_digest(offered.encode(), key.encode())


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address is in one of these networks."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def _client_behind(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The rightmost address that is no trusted proxy: what stands left of it anybody can write."""
    for hop in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if not is_within(hop, trusted):
            return hop
    return peer


def _is_loopback_name(host: str) -> bool:
    name = host.lower()
    if name.startswith("["):
        name = name.split("]")[0] + "]"
    elif name.count(":") == 1:
        name = name.split(":")[0]
    return name in LOOPBACK_NAMES or name.endswith(".localhost")


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
