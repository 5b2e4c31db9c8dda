"""A PostgreSQL of its own that a test may stop, kill and start again; on a socket below a folder, no TCP."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.postgres import _run


class PostgresServer:
    """Use as a context; `url` is its database `artbot`, without any table."""

    def __enter__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="artbot-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
        self._data = self._folder / "data"
        _run("initdb", "-D", self._data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8")
        self.start()
        _run("createdb", "-h", self._folder, "-U", "postgres", "artbot")
        self.url = f"postgresql+psycopg://postgres@/artbot?host={self._folder}"
        return self

    def __exit__(self, *_):
        self.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self):
        settings = f"-c listen_addresses= -c unix_socket_directories={self._folder} -c fsync=off"
        _run("pg_ctl", "-D", self._data, "-o", settings, "-l", self._folder / "log", "-w", "start")

    def stop(self, how):
        """`fast` ends every connection in order; `immediate` is a crash, mended at the next start."""
        _run("pg_ctl", "-D", self._data, "-m", how, "-w", "stop")

    def rows(self, query):
        """What a SELECT finds, as lines of text."""
        return self._psql("-c", query).splitlines()

    def execute(self, statements):
        """Anything else."""
        self._psql("-q", "-v", "ON_ERROR_STOP=1", stdin=statements)

    def _psql(self, *arguments, stdin=None):
        path = shutil.which("psql") or str(sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"))[-1])
        command = [path, "-h", self._folder, "-U", "postgres", "-d", "artbot", "-At", *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, check=True).stdout
