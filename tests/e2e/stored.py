"""Looks into a server's data folder from outside: rows by a connection of its own, files as they lie there."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path


def rows(data_dir: Path, query: str, *values: object) -> list[tuple]:
    with closing(sqlite3.connect(data_dir / "artbot.db", timeout=10)) as connection:
        return connection.execute(query, values).fetchall()


def pictures_of(data_dir: Path, job_id: str) -> int:
    """Rows of pictures of a job; each must have its two files."""
    ids = [row[0] for row in rows(data_dir, "SELECT id FROM pictures WHERE job_id = ?", job_id)]
    files = Counter(path.name.split(".")[0] for path in (data_dir / "pictures").glob("??/*"))
    assert [files[one] for one in ids] == [2] * len(ids)
    return len(ids)


def files_without_rows(data_dir: Path) -> set[str]:
    """Names of picture files that no row knows."""
    known = {row[0] for row in rows(data_dir, "SELECT id FROM pictures")}
    names = {path.name for path in (data_dir / "pictures").glob("??/*")}
    return {name for name in names if name.split(".")[0] not in known}
