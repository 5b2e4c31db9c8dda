"""Brings the database to the newest shape at start; safe when several processes start at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from artbot_server.storage.database import Database

ADVISORY_LOCK = 0x417274426F74
"""PostgreSQL's lock number for our migrations ("ArtBot"); SQLite's write transaction is lock enough."""


def migrate(database: Database) -> None:
    """Run what is missing of `migrations/versions`, in one transaction.

    Raises:
        Unavailable: the database cannot be reached or stays locked.
    """
    if database.is_sqlite:
        database.use_write_ahead_log()

    def work(connection: Connection) -> None:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": ADVISORY_LOCK})
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    database.write(work)
