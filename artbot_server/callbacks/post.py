"""One POST to somebody else's server: to addresses that were checked, no redirect followed, over within a bound.

The standard library's client, because a connection has to go to the very numbers that the rules have seen, under the
name that the address says. What the receiver answers is not read beyond its headers. Proxies of the environment do
not count. For the worker only: it blocks real threads.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

from artbot_server.callbacks.deliveries import Answer
from artbot_server.callbacks.places import Place
from artbot_server.callbacks.rules import Target, opens

CONNECT_S = 5.0
BOUND_S = 15.0
"""A receiver has so long to take the body and answer; what it does with it afterwards is its own affair."""


def numbers_of(target: Target, place: Place) -> list[str] | Answer:
    """The numbers a target's name stands for, those that its entry opens; an answer when there is none."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError as error:
        return Answer(error=f"The name {target.host} could not be looked up ({error.strerror or error}).")
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    opened = [number for number in numbers if opens(place, ipaddress.ip_address(number))]
    if not opened:
        return Answer(error=f"{target.host} is in a private network, which the operator has not allowed.", final=True)
    return opened


def post(
    target: Target,
    numbers: Sequence[str],
    body: bytes,
    headers: Mapping[str, str],
    *,
    tls: ssl.SSLContext,
    bound_s: float = BOUND_S,
) -> Answer:
    """Send it; the receiver's status, or why there is none. Never raises for what a network or a receiver does."""
    connection = _Connection(target, numbers, tls if target.scheme == "https" else None)
    bound = threading.Timer(bound_s, connection.cut)
    bound.start()
    try:
        connection.request("POST", target.path, body=body, headers=dict(headers))
        return Answer(status=connection.getresponse().status)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if connection.was_cut:
            return Answer(error=f"No answer within {bound_s:g} s.")
        return Answer(error=f"No answer ({type(error).__name__}: {error})."[:300])
    finally:
        bound.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection under a name, to numbers already known, that another thread may cut."""

    def __init__(self, target: Target, numbers: Sequence[str], tls: ssl.SSLContext | None) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_S)
        self.default_port = 443 if tls is not None else 80  # so that Host names no port that everybody knows
        self.was_cut = False
        self._numbers = numbers
        self._tls = tls

    def connect(self) -> None:
        """Open the first number that answers."""
        self.sock = self._opened()
        if self._tls is not None:
            wrapped = self._tls.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = wrapped
            wrapped.do_handshake()

    def cut(self) -> None:
        """End it now, whatever it waits for."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):  # It may have gone already.
                socket.socket.shutdown(
                    self.sock, socket.SHUT_RDWR
                )  # not TLS's own, which would wait for the other side

    def _opened(self) -> socket.socket:
        for number in self._numbers[:-1]:
            with suppress(OSError):
                return self._open(number)
        return self._open(self._numbers[-1])

    def _open(self, number: str) -> socket.socket:
        if self.was_cut:
            raise TimeoutError
        opened = socket.create_connection((number, self.port), CONNECT_S)
        opened.settimeout(BOUND_S)
        return opened
