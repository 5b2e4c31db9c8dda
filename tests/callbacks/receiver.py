"""A receiver of callbacks as a real HTTP server on 127.0.0.1 that does what a test says."""

import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.server import wait_until


@dataclass(frozen=True)
class Got:
    """One request that arrived whole."""

    path: str
    headers: dict
    body: bytes
    at: float

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def json(self):
        return json.loads(self.body)


class Receiver:
    """Use as a context. `script`: what it does to each request in turn, the last again and again:

    a status; `("redirect", address)`; `"cut"`: closes without a word; `"cut after"`: keeps it, then closes without a
    word; `"drip"`: sends a byte of a header every 50 ms; `("slow", seconds)`: 200 after a while.
    """

    def __init__(self, *script, tls=None):
        self.script = list(script) or [200]
        self.got = []
        self.met = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # a client that hung up
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}/hook?for=us"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, count=1, within_s=20):
        """The first so many whole requests."""
        wait_until(lambda: len(self.got) >= count, within_s, f"{count} callbacks")
        return self.got[:count]

    def _next(self):
        self.met += 1
        return self.script[0] if len(self.script) == 1 else self.script.pop(0)

    def _handler(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                what = receiver._next()
                if what == "cut":
                    return
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(Got(self.path, {n.lower(): v for n, v in self.headers.items()}, body, time.time()))
                if what == "drip":
                    self._drip()
                elif what != "cut after":
                    self._answer(what)

            def _answer(self, what):
                name, value = what if isinstance(what, tuple) else ("status", what)
                if name == "slow":
                    time.sleep(value)
                self.send_response({"status": value, "redirect": 307, "slow": 200}[name])
                if name == "redirect":
                    self.send_header("Location", value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _drip(self):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while True:
                    self.wfile.write(b"x")
                    time.sleep(0.05)

            def log_message(self, *_):
                pass

        return Handler
