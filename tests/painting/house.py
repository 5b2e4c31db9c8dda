"""The web side of painting on a temporary data folder, and workers beside it: in this process or as real ones."""

import json
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

from artbot_server.events import PaintProgress
from artbot_server.live.link import LiveLink
from artbot_server.live.local import LiveHub
from artbot_server.painting.backend_questions import BackendQuestions
from artbot_server.painting.batch_service import BatchService
from artbot_server.painting.handed_files import HandedFiles
from artbot_server.painting.leases import Timing
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.preparation import Preparation
from artbot_server.painting.queue import PaintQueue
from artbot_server.painting.template_store import TemplateStore
from artbot_server.painting.uploads import keep_upload
from artbot_server.painting.worker import Worker
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.batches import BatchStore
from artbot_server.storage.database import Database
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.paintings import Paintings
from artbot_server.storage.picture_files import FolderFiles
from artbot_server.storage.pictures import PictureStore
from tests.storage.databases import fresh_url


def sign(name, variant):
    return f"/images/{name}/{variant}"


QUICK = Timing(lease_s=1.5, renew_s=0.4, poll_s=0.1, health_s=0.5, down_s=0.1, grace_s=0.2, pauses_s=(0.05, 0.1))
FIELDS = {"prompt": "best quality", "steps": 4, "width": 64, "height": 64}


def write_templates(root: Path) -> Path:
    """Two folders: `plain` with `cat`, `photo` and `model`, and `children` with `cat`."""
    templates = {
        "plain/cat": ("txt2img", {}),
        "plain/photo": ("img2img", {}),
        "plain/model": ("txt2img", {"override_settings": {"sd_model_checkpoint": "red-v1"}}),
        "children/cat": ("txt2img", {}),
    }
    for name, (mode, more) in templates.items():
        path = root / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"template_name": name, "api_model": FIELDS | more, "template_type": mode}))
    (root / "children" / "folder.toml").write_text('for_children = true\nnegative_prompt = "blood"\n')
    return root


def until(condition, within_s=20.0):
    """Wait until the condition gives something; that."""
    give_up_at = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < give_up_at, "it did not happen"
        time.sleep(0.01)
    return found


class House:
    """Everything but the sockets. `events`: all that was published, `(session_id, event)`."""

    def __init__(self, data_dir: Path, url: str | None = None, limit: int = 500) -> None:
        self.data_dir = data_dir
        self.url = url or fresh_url("sqlite", data_dir)
        self.database = Database(self.url)
        self.jobs = JobStore(self.database)
        self.files = FolderFiles(data_dir / "pictures")
        self.pictures = PictureStore(self.database, self.files)
        self.backends = BackendStore(self.database)
        self.templates_dir = write_templates(data_dir / "templates")
        self.templates = TemplateStore(self.templates_dir)
        self.events = []
        self.on_end = lambda _job: None
        self.kinds = []
        self.hub = LiveHub(data_dir, self._hear, lambda _count: None)
        preparation = Preparation(
            pictures=self.pictures,
            backends=self.backends,
            templates=self.templates,
            paintings=Paintings(self.database),
        )
        self.queue = PaintQueue(
            jobs=self.jobs,
            pictures=self.pictures,
            backends=self.backends,
            preparation=preparation,
            live=self.hub,
            publish=self._publish,
            publish_here=self._publish,
            sign=sign,
            limit=limit,
            on_end=lambda job: self.on_end(job),
        )
        self.batches = BatchService(
            batches=BatchStore(self.database),
            pictures=self.pictures,
            queue=self.queue,
            preparation=preparation,
            templates=self.templates,
            live=self.hub,
            publish=self._publish,
            publish_here=self._publish,
            sign=sign,
            limit=limit,
        )
        self.questions = BackendQuestions(ask=self.hub.ask, backends=self.backends, pictures=self.pictures)
        self._workers = []
        self._processes = []
        self.hub.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker, thread in self._workers:
            worker.stop()
            thread.join()
        for process in self._processes:
            process.kill()
            process.wait()
        self.hub.stop()
        self.database.close()

    def _publish(self, session_id, event):
        self.events.append((session_id, event))
        self.batches.heard(session_id, event)

    def _hear(self, kind, body, blob):
        self.kinds.append(kind)
        if kind == "job_changed":
            self.queue.job_changed(body["session_id"], body["job_id"])
        elif kind == "batch_ended":
            self.batches.ended(body["session_id"], body["batch_id"])
        elif kind == "progress":
            fields = {name: body[name] for name in ("job_id", "progress", "step", "steps", "eta_s")}
            self.queue.progress(body["session_id"], PaintProgress(**fields, preview=blob or None))

    def submit(self, session_id="anna", **more):
        order = {"prompt": "a cat", "folder": "plain", "template": "cat"} | more
        return self.queue.submit(session_id, PaintOrder(**order))[0]

    def upload(self, data, session_id="anna", kind="upload"):
        files = HandedFiles(self.files, 1_000_000, self.hub.ask)
        return keep_upload(data, session_id, kind, files=files, pictures=self.pictures)

    def work(self, *backends, timing=QUICK, weights=None, save_dir=None) -> Worker:
        """Run a worker in this process."""
        connect = partial(LiveLink, self.data_dir)
        more = {"files": self.files, "connect": connect, "timing": timing, "weights": weights, "save_dir": save_dir}
        worker = Worker(self.database, backends, self.templates, **more)
        thread = threading.Thread(target=worker.run)
        thread.start()
        self._workers.append((worker, thread))
        return worker

    def spawn(self, **script) -> subprocess.Popen:
        """Run a worker as a process of its own, with a scripted backend; see `worker_process`."""
        given = {"url": self.url, "data_dir": str(self.data_dir), **script}
        process = subprocess.Popen([sys.executable, "-m", "tests.painting.worker_process", json.dumps(given)])
        self._processes.append(process)
        return process

    def ended(self, job, session_id="anna"):
        return self.queue.wait(session_id, job.id, timeout_s=30)

    def said(self, job_id, session_id="anna"):
        """What this job's session was told, in short."""
        return [short for sid, event in self.events if sid == session_id and (short := _short(event, job_id))]

    def states(self, job_id):
        return [event.job["state"] for _, event in self.events if event.name == "job" and event.job["job_id"] == job_id]


def _short(event, job_id):
    if event.name == "job":
        return event.job["state"] if event.job["job_id"] == job_id else None
    return event.name if getattr(event, "job_id", None) == job_id else None
