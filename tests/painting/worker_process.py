"""A worker as a process: `python -m tests.painting.worker_process '<json>'`, its backend a scripted one."""

import json
import sys
from functools import partial
from pathlib import Path

from artbot_server.live.link import LiveLink
from artbot_server.painting.leases import Timing
from artbot_server.painting.supervisor import end_with_parent
from artbot_server.painting.template_store import TemplateStore
from artbot_server.painting.worker import Worker
from artbot_server.storage.database import Database
from artbot_server.storage.picture_files import FolderFiles
from tests.painting.scripted_backend import ScriptedBackend


def main(url, data_dir, timing=None, notes=None, name="studio", seconds=0.04, endless=False):
    folder = Path(data_dir)
    backend = ScriptedBackend(name, seconds=seconds, endless=endless, notes=notes and Path(notes))
    worker = Worker(
        Database(url),
        [backend],
        TemplateStore(folder / "templates"),
        files=FolderFiles(folder / "pictures"),
        connect=partial(LiveLink, folder),
        timing=Timing(**(timing or {})),
    )
    worker.handle_signals()
    end_with_parent(worker.stop)
    worker.run()


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
