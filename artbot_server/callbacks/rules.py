"""Which addresses may be called back: by the words of an address at submit, by its numbers before each sending. Pure.

A name is not enough: whoever owns it may point it at a machine of ours. So the numbers it stands for are checked too,
and the sending goes to those very numbers.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from artbot_server.callbacks.places import PORTS, Place, host_of
from artbot_server.errors import BadRequest

URL_CHARS = 2_000
"""Longest address: what every server in front of a receiver takes."""
ALLOWED = "an http or https address at a place that the operator allows (ARTBOT_CALLBACK_ALLOW)"
OWN_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1", "fc00::/7")
)
"""What `private:` opens. Link-local addresses stay shut (a cloud's keys are there) unless one is an entry itself."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart once; it is checked and called by these parts alone. `path` holds the query too."""

    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """What the operator allows.

    Args:
        places: entries of ARTBOT_CALLBACK_ALLOW.
        default: ARTBOT_CALLBACK_URL, where jobs go that name no address; it needs no entry.
    """

    places: Sequence[Place] = ()
    default: str = ""

    def chosen(self, asked: str | None) -> str | None:
        """Where a job's end is told: the address asked for, the default when none was, None for "" or neither.

        Raises:
            BadRequest: it is no address, or not allowed; names `callback_url`.
        """
        url = self.default if asked is None else asked
        if url:
            self.place_of(url)
        return url or None

    def place_of(self, url: str) -> tuple[Target, Place]:
        """The address taken apart, and the entry that allows it. Raises BadRequest."""
        target = read_url(url)
        if url == self.default:
            return target, Place(target.scheme, target.host, target.port, private=True)
        fitting = [place for place in self.places if fits(place, target)]
        if not fitting:
            raise refused("This callback_url is not allowed here.")
        place = max(fitting, key=lambda one: (one.host == target.host, one.private))
        if (number := _number(target.host)) is not None and not opens(place, number):
            raise refused("This callback_url is an address of a private network.")
        return target, place


def refused(why: str) -> BadRequest:
    """The error of an address that cannot be called."""
    return BadRequest(f"{why} It must be {ALLOWED}.", field="callback_url", allowed=ALLOWED)


def read_url(url: str) -> Target:
    """Take an address apart.

    Raises:
        BadRequest: it is none, holds a password, or characters that belong in no address.
    """
    try:
        parts = urlsplit(url)
        host, port = host_of(parts.hostname or ""), PORTS.get(parts.scheme) if parts.port is None else parts.port
    except ValueError:
        raise refused("This callback_url is no address.") from None
    clean = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if parts.scheme not in PORTS or not port or not clean or len(url) > URL_CHARS or "*" in host:
        raise refused("This callback_url is no address.")
    if parts.username is not None or parts.password is not None:
        raise refused("A callback_url holds no password.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path)


def fits(place: Place, target: Target) -> bool:
    """Whether an entry means this address, by its words."""
    if (place.scheme, place.port) != (target.scheme, target.port):
        return False
    if place.host.startswith("*."):
        return target.host.endswith(place.host[1:])
    return place.host in ("*", target.host)


def opens(place: Place, address: Address) -> bool:
    """Whether an entry lets this number be called."""
    if str(address) == place.host:
        return True
    inner = _inner(address)
    if inner.is_global and not inner.is_multicast:
        return True
    return place.private and any(inner.version == net.version and inner in net for net in OWN_NETWORKS)


def _inner(address: Address) -> Address:
    """The old address inside a new one, where there is one: it is what is reached in the end."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _number(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
