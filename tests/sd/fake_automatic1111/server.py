"""The fake web UI's HTTP side: addresses, auth, validation errors, and faults that a test puts in the way."""

import base64
import json
import threading
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.sd.fake_automatic1111 import extras
from tests.sd.fake_automatic1111.asking import Desk
from tests.sd.fake_automatic1111.jobs import Generator, RefusedError
from tests.sd.fake_automatic1111.lists import OPTIONS, fixed_lists
from tests.sd.fake_automatic1111.painter import Painter

WHOLE = ("steps", "width", "height", "batch_size", "n_iter", "seed")


class FakeAutomatic1111:
    """A web UI on 127.0.0.1. Use it in a `with` statement.

    Attributes:
        url: where it answers.
        calls: what came, as (method, path, body), oldest first.
        change: alters the answer of a txt2img, img2img or upscaling on its way out.
        painter: its queue and state; `painter.options` are its options.
        desk: what it answers beside painting.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        auth: str | None = None,
        webui: bool = True,
        step_s: float = 0.01,
        controlnet: bool = True,
    ) -> None:
        self.auth = auth and "Basic " + base64.b64encode(auth.encode()).decode()
        self.webui = webui
        self.calls: list[tuple[str, str, Any]] = []
        self.change: Callable[[dict], Any] = lambda answer: answer
        self.painter = Painter(step_s, options=dict(OPTIONS))
        self.lists = fixed_lists(controlnet)
        self.generator = Generator(self.painter, self.lists["/sdapi/v1/scripts"])
        self.desk = Desk(self.generator, self.lists)
        self.faults: dict[str, deque[str | tuple[int, bytes]]] = {}
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.fake = self
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.painter.stopping.set()
        self._http.shutdown()
        self._http.server_close()

    def fault(self, path: str, *faults: str | tuple[int, bytes]) -> None:
        """For the next calls of a path: `hang`, `close`, `cut`, `stall`, `drip` (soon all there), `trickle` (never all
        there), `pass`, or a status and a body. The last one stays."""
        self.faults[path] = deque(faults)

    def mend(self) -> None:
        """No more faults, and answers as they are."""
        self.faults.clear()
        self.change = lambda answer: answer

    def next_fault(self, path: str) -> str | tuple[int, bytes] | None:
        """The fault in the way of this call."""
        waiting = self.faults.get(path)
        if not waiting:
            return None
        return waiting.popleft() if len(waiting) > 1 else waiting[0]

    def paths(self, method: str) -> list[str]:
        """The addresses called so far."""
        return [path for how, path, _ in self.calls if how == method]

    def bodies(self, path: str) -> list[Any]:
        """What was posted to an address."""
        return [body for how, where, body in self.calls if (how, where) == ("POST", path)]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        """Status and JSON of one call."""
        if path.startswith("/internal/") and not self.webui:
            return 404, {"detail": "Not Found"}
        if method == "GET":
            return self._get(path, query)
        if body is None and path.startswith("/sdapi/v1/refresh-"):
            body = {}
        if invalid := _invalid(body):
            return 422, {"detail": invalid}
        try:
            return self._post(path, body)
        except RefusedError as refused:
            return refused.status, refused.body

    def _get(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        if path in self.lists:
            return 200, self.lists[path]
        if path == "/sdapi/v1/sd-models":
            return 200, self.desk.models()
        if path == "/sdapi/v1/options":
            return self.desk.options()
        if path == "/sdapi/v1/progress":
            return 200, self.painter.progress(query.get("skip_current_image") == ["true"])
        if path == "/internal/pending-tasks":
            return 200, {"size": len(self.painter.pending), "tasks": list(self.painter.pending)}
        return 404, {"detail": "Not Found"}

    def _post(self, path: str, body: Any) -> tuple[int, Any]:
        if path in ("/sdapi/v1/txt2img", "/sdapi/v1/img2img"):
            return 200, self.change(self.generator.run(path.rpartition("/")[2], body))
        if path == "/sdapi/v1/extra-single-image":
            names = [row["name"] for row in self.lists["/sdapi/v1/upscalers"]]
            return 200, self.change(extras.upscale(self.painter, names, body))
        if path == "/internal/progress":
            args = body.get("id_task"), body.get("id_live_preview", -1), body.get("live_preview", True)
            return 200, self.painter.task_progress(*args)
        if path == "/sdapi/v1/interrupt":
            self.painter.state.interrupted = True
            return 200, {}
        if path == "/sdapi/v1/skip":
            self.painter.state.skipped = True
            return 200, None
        if path == "/sdapi/v1/options":
            done = self.desk.set_options(body)
            self.painter.saved |= set(body)
            return 200, done
        if path.startswith("/sdapi/v1/refresh-"):
            return 200, self.desk.refresh(path.removeprefix("/sdapi/v1/refresh-"))
        if path == "/sdapi/v1/interrogate":
            return 200, self.desk.interrogate(body)
        if path == "/controlnet/detect" and "/controlnet/version" in self.lists:
            return 200, self.desk.detect(body)
        return 404, {"detail": "Not Found"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    fake: FakeAutomatic1111

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news; the job went on without it."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def _serve(self, method: str) -> None:
        fake, url = self.server.fake, urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            return self._reply(
                422, {"detail": [{"loc": ["body", 11], "msg": "Expecting value", "type": "value_error.jsondecode"}]}
            )
        fake.calls.append((method, url.path, body))
        if fake.auth and url.path.startswith("/sdapi/") and "loras" not in url.path:
            sent = self.headers.get("Authorization")
            if sent != fake.auth:
                wrong = sent is not None and sent.startswith("Basic ")
                detail = "Incorrect username or password" if wrong else "Not authenticated"
                return self._reply(401, {"error": "HTTPException", "detail": detail, "body": "", "errors": ""})
        fault = fake.next_fault(url.path)
        if isinstance(fault, tuple):
            return self._send(*fault)
        if fault == "hang":
            fake.painter.stopping.wait()
        if fault in ("hang", "close"):
            self.close_connection = True
            return None
        status, answer = fake.answer(method, url.path, parse_qs(url.query), body)
        return self._reply(status, answer, fault)

    def _reply(self, status: int, answer: Any, fault: str | None = None) -> None:
        self._send(status, json.dumps(answer).encode(), fault)

    def _send(self, status: int, content: bytes, fault: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if fault in ("cut", "stall"):
            self.wfile.write(content[: len(content) // 2])
            if fault == "stall":
                self.server.fake.painter.stopping.wait()
            self.close_connection = True
        elif fault == "trickle":
            for byte in content[:-1]:
                if self.server.fake.painter.stopping.wait(0.1):
                    break
                self.wfile.write(bytes([byte]))
            self.close_connection = True
        elif fault == "drip":
            for start in range(0, len(content), 1 + len(content) // 20):
                self.wfile.write(content[start : start + 1 + len(content) // 20])
                self.server.fake.painter.stopping.wait(0.002)
        else:
            self.wfile.write(content)


def _invalid(body: Any) -> list[dict]:
    """Pydantic's complaints about the types that tests send wrong."""
    if not isinstance(body, dict):
        return [{"loc": ["body"], "msg": "value is not a valid dict", "type": "type_error.dict"}]
    return [
        {"loc": ["body", name], "msg": "value is not a valid integer", "type": "type_error.integer"}
        for name in WHOLE
        if isinstance(body.get(name), str) and not body[name].lstrip("-").isdigit()
    ]
