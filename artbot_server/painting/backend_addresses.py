"""A backend's address as an operator writes it: where it is, what it is called, how much it is preferred. Pure.

`http://host:7860#name=big&weight=2`: what stands behind the `#` is for this server alone and is never sent anywhere. The
messages never repeat an address, which may hold a password.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag, urlsplit

LEAST_WEIGHT, MOST_WEIGHT = 0.01, 100.0
SCHEMES = ("http", "https", "demo")
DEMO_NAME = "demo"

_NAME = re.compile(r"[\w.:\[\]-]{1,60}")
"""Also the host and port that is the name where none is given."""
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class BackendAddress:
    """One backend.

    Attributes:
        url: without the part behind `#`; `demo:` for the demo painter.
        name: unique among the backends of all workers.
        weight: of two that could take a job, the one that weighs more does.
    """

    url: str
    name: str
    weight: float = 1.0

    @property
    def is_demo(self) -> bool:
        """The demo painter, in the worker itself."""
        return self.url.startswith("demo:")


def read_address(text: str) -> BackendAddress:
    """Read one. Raises ValueError with what it should have been, to stand behind "must be"."""
    url, options = urldefrag(text)
    url = url.rstrip("/")
    try:
        parts = urlsplit(url)
        host = (parts.netloc.rpartition("@")[2], parts.port)[0]
    except ValueError:  # a port that is no number, half an IPv6 address
        parts, host = urlsplit(""), ""
    if parts.scheme not in SCHEMES or (parts.scheme != "demo" and not parts.hostname):
        raise ValueError("an address such as http://host:7860, http://host:7860#name=big&weight=2 or demo:")
    given = _options(options)
    name = given.get("name", DEMO_NAME if parts.scheme == "demo" else host)
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"an address whose name has 1 to 60 letters, digits, '.', ':', '_' and '-', not {_short(name)}"
        )
    return BackendAddress(url, name, _weight(given["weight"]) if "weight" in given else 1.0)


def read_addresses(texts: Sequence[str]) -> tuple[BackendAddress, ...]:
    """Read several that go together. Raises ValueError as `read_address`, and when two have one name."""
    addresses = tuple(read_address(text) for text in texts)
    names = [address.name for address in addresses]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"addresses of different names: two are called {_short(name)}, give one a #name=…")
    return addresses


def _options(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
    except ValueError:
        raise ValueError(f"an address that ends in #name=…&weight=…, not in #{_short(text)}") from None
    given: dict[str, str] = {}
    for option, value in pairs:
        if option not in ("name", "weight") or option in given:
            raise ValueError(f"an address with one name and one weight behind its #, not {_short(option)}")
        given[option] = value
    return given


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not LEAST_WEIGHT <= weight <= MOST_WEIGHT:
        raise ValueError(
            f"an address whose weight is a number from {LEAST_WEIGHT:g} to {MOST_WEIGHT:g}, not {_short(text)}"
        )
    return weight


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
