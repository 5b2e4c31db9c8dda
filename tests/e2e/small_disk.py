"""A server with a folder on a disk of its own that can be full: a tmpfs in a mount namespace that ends with the server."""

import os
from pathlib import Path

from tests.server import RunningServer

BLOCK = 64 * 1024
MOUNT = 'mount -t tmpfs -o size="$1" none "$2" && shift 2 && exec "$@"'


class SmallDiskServer(RunningServer):
    """`folder` is the small disk; `seen` gives a path of it, or below it, as the server sees it."""

    def __init__(self, data_dir, folder, megabytes, **settings):
        super().__init__(data_dir, **settings)
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
        self.command = [*alone, "sh", "-c", MOUNT, "sh", f"{megabytes}m", str(folder), *self.command]

    def seen(self, path):
        return Path(f"/proc/{self.process.pid}/root{path}")

    def fill(self):
        """Take all room there is."""
        with self.seen(self._folder / "ballast").open("ab", buffering=0) as ballast:
            for size in (BLOCK, 1024, 1):
                try:
                    while ballast.write(b"x" * size) == size:
                        pass
                except OSError:
                    continue

    def empty(self):
        """Give it back."""
        self.seen(self._folder / "ballast").unlink()
