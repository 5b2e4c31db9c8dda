"""A python-socketio client that keeps what it is told and builds replies by the rules of docs/protocol.md."""

import queue
import threading
import uuid

import engineio
import socketio

from tests.server import wait_until

EVENTS = (
    "session",
    "user_message",
    "conversation",
    "conversation_deleted",
    "message",
    "gpt_chat",
    "chat_error",
    "chat_continued",
    "job",
    "queue",
    "progress",
    "images",
    "batch",
    "server",
)


class _InOrder(engineio.Client):
    """The package gives each packet a thread of its own, so that handlers of a busy client run in any order."""

    def _trigger_event(self, event, *args, **how):
        return super()._trigger_event(event, *args, **how | {"run_async": False})


class _SocketClient(socketio.Client):
    def _engineio_client_class(self):
        return _InOrder


class Client:
    """One socket; use as a context. `path`: where Socket.IO is, for a server below a path."""

    def __init__(self, address, *, auth=None, transports=None, headers=None, path="socket.io"):
        self.io = _SocketClient(reconnection=False)
        self.heard = []
        self.arrived = threading.Condition()
        self.refused = queue.Queue()
        for name in EVENTS:
            self.io.on(name, self._keeper(name))
        self.io.on("connect_error", lambda data=None: self.refused.put(data))
        self._connect = {"url": address, "auth": auth, "transports": transports, "headers": headers or {}}
        # The package gives up after a second, which a busy machine with forty clients in one process may well take.
        self._connect |= {"socketio_path": path, "wait_timeout": 15}

    def _keeper(self, name):
        def keep(data=None):
            with self.arrived:
                self.heard.append((name, data))
                self.arrived.notify_all()

        return keep

    def __enter__(self):
        self.io.connect(**self._connect)
        self.session = self.wait("session")
        return self

    def __exit__(self, *_):
        self.io.disconnect()

    def call(self, event, data=None, timeout=30):
        return self.io.call(event, data, timeout=timeout)

    def say(self, text, **fields):
        """Ask in the session form; gives the ack, which must be good."""
        ack = self.call("gpt_chat", {"text": text, "message_id": str(uuid.uuid4()), **fields})
        assert ack["ok"], ack
        return ack

    def paint(self, prompt="an orange kitten, garden", folder="landscape", template="golden-hour", **fields):
        """Ask for a picture; gives the job's id."""
        ack = self.call("generate", {"prompt": prompt, "folder": folder, "template": template, **fields})
        assert ack["ok"], ack
        return ack["job_id"]

    def all(self, name, **fields):
        """All events of a name whose fields are these."""
        with self.arrived:
            return [d for n, d in self.heard if n == name and all(d.get(k) == v for k, v in fields.items())]

    def wait(self, name, within_s=20, **fields):
        """The first such event, waited for."""
        found = wait_until(lambda: self.all(name, **fields), within_s, f"{name} {fields}")
        return found[0]

    def job_end(self, job_id, within_s=40):
        """The `job` event that ended this job, or its record in the snapshot where it had ended before."""

        def ended():
            told = self.all("job", job_id=job_id) + [j for j in self.session["jobs"] if j["job_id"] == job_id]
            return [job for job in told if job["state"] in ("done", "failed", "cancelled")]

        return wait_until(ended, within_s, f"the end of job {job_id}")[0]

    def text_of(self, reply_id):
        """A reply's text put together from its frames, each of which must follow the one before."""
        text, last = "", 0
        for frame in self.all("message", reply_id=reply_id):
            assert frame.get("from", frame["seq"]) == last + 1, frame
            text, last = text + frame["message"], frame["seq"]
        return text
