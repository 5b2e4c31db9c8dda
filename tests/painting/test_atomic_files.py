"""Whole files, one writer at a time; over threads and over processes."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from artbot_server.errors import Unavailable
from artbot_server.painting.atomic_files import write_file, writing

COUNT_UP = """
import sys, pathlib
from artbot_server.painting.atomic_files import write_file, writing
root = pathlib.Path(sys.argv[1])
for _ in range(20):
    with writing(root):
        number = int((root / "number").read_text())
        write_file(root / "number", str(number + 1).encode())
"""


def test_a_file_is_written_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    write_file(tmp_path / "a/b/c.json", b"first")
    write_file(tmp_path / "a/b/c.json", b"second")
    assert (tmp_path / "a/b/c.json").read_bytes() == b"second"
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["c.json"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/file").touch()
    with pytest.raises(OSError, match="taken"):
        write_file(tmp_path / "taken", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_processes_write_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "number").write_text("0")
    command = [sys.executable, "-c", COUNT_UP, str(tmp_path)]
    running = [subprocess.Popen(command, cwd=Path(__file__).parents[2]) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert (tmp_path / "number").read_text() == "60"


def test_threads_write_one_after_the_other(tmp_path: Path) -> None:
    inside: list[int] = []

    def write() -> None:
        with writing(tmp_path):
            inside.append(1)
            assert len(inside) == 1
            inside.pop()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert inside == []


def test_the_lock_ends_with_an_error_and_a_bad_disk_is_unavailable(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(Unavailable, match="cannot be written"), writing(tmp_path):
            raise PermissionError(13, "Permission denied")
    with pytest.raises(Unavailable), writing(tmp_path / "missing"):
        pass
