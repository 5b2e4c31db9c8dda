"""Where callbacks may go: the entries of ARTBOT_CALLBACK_ALLOW as records. Pure, and below the settings that hold them."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

PRIVATE = "private:"
PORTS = {"http": 80, "https": 443}
NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
HOW = "entries such as https://hooks.example.com, *.example.com or private:http://10.0.0.5:8000, separated by commas"


@dataclass(frozen=True, slots=True)
class Place:
    """One entry: a scheme, a port, and a host.

    Attributes:
        host: a name, an address, `*.` with a domain (its subdomains, not itself), or `*`.
        private: the operator means an address of the own network too.
    """

    scheme: str
    host: str
    port: int
    private: bool

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{PRIVATE if self.private else ''}{self.scheme}://{host}:{self.port}"


def parse_place(raw: str) -> Place:
    """Read one entry; without a scheme it is https. An address, or localhost, is private without a word.

    Raises:
        ValueError: with what an entry may look like.
    """
    text = raw.strip().lower()
    private = text.startswith(PRIVATE)
    text = text.removeprefix(PRIVATE)
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = host_of(parts.hostname or ""), PORTS.get(parts.scheme) if parts.port is None else parts.port
    except ValueError:
        raise ValueError(HOW) from None
    more = parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None
    if parts.scheme not in PORTS or not port or more:
        raise ValueError(HOW)
    return Place(parts.scheme, host, port, private or is_own_name(host))


def host_of(name: str) -> str:
    """A host as it is compared: lower case, punycode, no dot at its end. A pattern's star stays.

    Raises:
        ValueError: it is neither a name nor an address.
    """
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    star = "*." if name.startswith("*.") else ""
    if name == "*":
        return name
    bare = name.removeprefix(star).rstrip(".").lower()
    host = bare if bare.isascii() else bare.encode("idna").decode()
    if not NAME.fullmatch(host):
        raise ValueError("no host")
    return star + host


def is_own_name(host: str) -> bool:
    """Whether a host cannot but mean one machine: an address, or this one's own name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return True
