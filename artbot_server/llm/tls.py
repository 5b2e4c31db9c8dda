"""A TLS connection on top of a plain socket, with Python's own `ssl` between the two.

Why not `SSLContext.wrap_socket`: it gives one record for each read and makes two system calls for it, and models write a
record for each token. This one reads the plain socket once and decrypts all that came. Green sockets need no special case.
"""

from __future__ import annotations

import contextlib
import socket
import ssl

RECORD_BYTES = 16_384
"""The most that one record holds."""


class TlsConnection:
    """What a reply needs of a socket, encrypted.

    Every record that has come whole is decrypted by the `recv` that brought it: nothing waits inside, so that whoever
    watches the plain socket (`fileno`) misses nothing.
    """

    def __init__(self, plain: socket.socket, context: ssl.SSLContext, host: str) -> None:
        """Shake hands, within the plain socket's own time-out.

        Raises:
            OSError: the other side is not `host`, speaks no TLS or is gone (`ssl.SSLError` is one).
        """
        self._plain = plain
        self._ended = False
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._flush()
                self._receive(RECORD_BYTES)
        self._flush()

    def recv(self, size: int) -> bytes:
        """All that one read of at most `size` bytes brought, decrypted; b"" at the end.

        Raises:
            BlockingIOError: no whole record is there, where the plain socket does not block.
        """
        received = b""
        while not (received or self._ended):
            self._receive(size)
            received = self._decrypted()
        return received

    def sendall(self, data: bytes) -> None:
        self._tls.write(data)
        self._flush()

    def setblocking(self, flag: bool) -> None:
        self._plain.setblocking(flag)

    def settimeout(self, seconds: float) -> None:
        self._plain.settimeout(seconds)

    def fileno(self) -> int:
        return self._plain.fileno()

    def close(self) -> None:
        self._plain.close()

    def _receive(self, size: int) -> None:
        received = self._plain.recv(size)
        if received:
            self._incoming.write(received)
        else:
            self._incoming.write_eof()

    def _decrypted(self) -> bytes:
        pieces: list[bytes] = []
        try:
            while piece := self._tls.read(RECORD_BYTES):
                pieces.append(piece)
            self._ended = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLEOFError:  # without a farewell, as many do: whether something is missing, the framing tells
            self._ended = True
        if self._outgoing.pending and not self._ended:  # the answer to a change of keys
            with contextlib.suppress(OSError):  # whoever takes no answer shows it at the next read
                self._flush()
        return b"".join(pieces)

    def _flush(self) -> None:
        self._plain.sendall(self._outgoing.read())


Connection = socket.socket | TlsConnection
"""What a request is made on."""
