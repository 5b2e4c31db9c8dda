"""A private PostgreSQL for the tests: its own data and socket in a temporary folder, no TCP, gone at the end.

Started at the first call, once per test run. As root its server runs as the user `postgres`, which initdb wants.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import Engine

from artbot_server.storage.database import Database
from artbot_server.storage.migrate import migrate
from artbot_server.storage.schema import metadata


@cache
def postgres_url() -> str:
    """The address of the running server's database `artbot`, with our tables in it."""
    folder = Path(tempfile.mkdtemp(prefix="artbot-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    _run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8")
    settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=200"
    _run("pg_ctl", "-D", data, "-o", settings, "-l", folder / "log", "-w", "start")
    atexit.register(_stop, folder)
    _run("createdb", "-h", folder, "-U", "postgres", "artbot")
    url = f"postgresql+psycopg://postgres@/artbot?host={folder}"
    database = Database(url)
    migrate(database)
    database.close()
    return url


def empty_postgres() -> str:
    """The address, with every table empty."""
    with _cleaner().begin() as connection:
        # Faster than TRUNCATE on tables of some rows.
        for table in metadata.sorted_tables:
            connection.execute(table.delete())
    return postgres_url()


@cache
def _cleaner() -> Engine:
    return create_engine(postgres_url())


def _run(program: str, *arguments: object) -> None:
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    path = shutil.which(program) or (str(installed[-1]) if installed else program)
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*as_user, path, *map(str, arguments)]
    # Not captured through pipes: the server would inherit them and keep them open.
    done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, command


def _stop(folder: Path) -> None:
    _run("pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder, ignore_errors=True)
