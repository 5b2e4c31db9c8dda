"""A network that can be cut, stopped or slowed: a TCP relay in front of a server, on real sockets."""

import socket
import threading
import time

RESET = b"\1\0\0\0\0\0\0\0"
"""SO_LINGER of no time: a close is a RST, as from a line that is gone."""
CHUNK = 4096


class BadLine:
    """Use as a context; `address` is what a client takes for the server's.

    Args:
        cuts: after so many bytes to the clients since the one before (or the beginning), everything is cut.
        bytes_per_s: how much goes to the clients; None: all there is.
        others: more servers; after each cut those who come back come to the next one.
    """

    def __init__(self, address, cuts=(), bytes_per_s=None, others=()):
        self._servers = [one.removeprefix("http://").split(":") for one in (address, *others)]
        self._times_cut = 0
        self._cuts = list(cuts)
        self._bytes_per_s = bytes_per_s
        self._lock = threading.Lock()
        self._open = set()
        self._passed = 0
        self._closed = False
        self.flows = threading.Event()
        """Cleared: nothing moves in either direction, and nobody is told."""
        self.flows.set()
        self.cut_so_far = 0
        self.came_to = set()
        """Ports of the servers that were reached."""

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._closed = True
        self.flows.set()
        self._listener.close()
        self.cut()

    @property
    def cuts_left(self):
        return len(self._cuts)

    def cut(self):
        """Break every connection, in both directions."""
        with self._lock:
            ends, self._open = self._open, set()
            self._times_cut += 1
        for end in ends:
            _break(end)

    def _accept(self):
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.socket()
                server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * CHUNK)  # else the kernel takes megabytes
                host, port = self._servers[self._times_cut % len(self._servers)]
                server.connect((host, int(port)))
            except OSError:
                _break(client)
                continue
            with self._lock:
                self._open |= {client, server}
                self.came_to.add(port)
            for source, target, down in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._carry, args=(source, target, down), daemon=True).start()

    def _carry(self, source, target, down):
        try:
            while data := source.recv(CHUNK):
                while not self.flows.wait(1) and not self._closed:
                    pass
                if not down:
                    target.sendall(data)
                    continue
                if self._bytes_per_s is not None:
                    time.sleep(len(data) / self._bytes_per_s)
                now, over = self._until_the_cut(data)
                target.sendall(now)
                if over:
                    self.cut_so_far += 1
                    self.cut()
        except OSError:
            pass  # cut, or one end left
        with self._lock:
            self._open -= {source, target}
        _break(source)
        _break(target)

    def _until_the_cut(self, data):
        """What of this still gets through, and whether the line is cut behind it."""
        with self._lock:
            self._passed += len(data)
            if not self._cuts or self._passed < self._cuts[0]:
                return data, False
            beyond = self._passed - self._cuts.pop(0)
            self._passed = 0
            return data[: len(data) - beyond], True


def _break(end):
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the other side was quicker
    end.close()
