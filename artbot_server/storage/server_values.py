"""A few values that every process of a server has to know, by name."""

from __future__ import annotations

from sqlalchemy import select, text

from artbot_server.storage.database import Database
from artbot_server.storage.schema import server_values

ADDRESS = "address"
"""Where the web process was reached when it last began, `http://127.0.0.1:5001`."""


def note(database: Database, name: str, value: str) -> None:
    """Keep a value, over the one before."""
    kept = text("INSERT INTO server_values (name, value) VALUES (:n, :v) ON CONFLICT (name) DO UPDATE SET value = :v")
    database.write(lambda connection: connection.execute(kept, {"n": name, "v": value}))


def noted(database: Database, name: str) -> str | None:
    """The value kept last."""
    query = select(server_values.c.value).where(server_values.c.name == name)
    return database.read(lambda connection: connection.execute(query).scalar())
