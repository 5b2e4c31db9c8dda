"""Fresh databases for tests, quickly: migrated once, then copied or emptied."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from artbot_server.storage.database import Database
from artbot_server.storage.migrate import migrate
from tests.postgres import empty_postgres

KINDS = ("sqlite", "postgresql")


def fresh_url(kind: str, folder: Path) -> str:
    """The address of an empty, migrated database."""
    if kind == "postgresql":
        return empty_postgres()
    path = folder / "artbot.db"
    path.write_bytes(_migrated_file())
    return f"sqlite:///{path}"


@cache
def _migrated_file() -> bytes:
    folder = Path(tempfile.mkdtemp(prefix="artbot-db-"))
    database = Database(f"sqlite:///{folder / 'artbot.db'}")
    migrate(database)
    database.close()
    content = (folder / "artbot.db").read_bytes()
    shutil.rmtree(folder)
    return content
