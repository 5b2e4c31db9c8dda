"""Writing into the folder of templates: one writer at a time, and a file is there whole or not at all."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from artbot_server.errors import Unavailable

WAIT_S = 10.0
"""A writer holds the folder for milliseconds; one that needs longer has died with it or its disk."""
LOOK_AGAIN_S = 0.02

log = structlog.get_logger()


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Be the only writer of this folder, over threads and processes; the lock ends with the process.

    Waits by looking again, since a lock that blocks would stop a patched process as a whole.

    Raises:
        Unavailable: somebody else goes on writing, or the disk does not take it.
    """
    try:
        handle = os.open(root, os.O_RDONLY)
    except OSError as error:
        raise _unwritable(error) from error
    try:
        _lock(handle)
        yield
    except OSError as error:
        raise _unwritable(error) from error
    finally:
        os.close(handle)


def write_file(path: Path, data: bytes) -> None:
    """Write a file and the folders above it, so that a reader sees the old or the new one. Raises OSError."""
    temporary = hidden_beside(path)
    try:
        write_through(temporary, data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def hidden_beside(path: Path) -> Path:
    """A name no reader looks at, in the same folder; the folder is made where it is missing. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{secrets.token_hex(8)}.tmp")


def write_through(path: Path, data: bytes) -> None:
    """Write and have it on the disk when this returns. Raises OSError."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    give_up_at = time.monotonic() + WAIT_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > give_up_at:
                raise Unavailable("Somebody else is writing templates; try again in a moment.") from None
            time.sleep(LOOK_AGAIN_S)


def _unwritable(error: OSError) -> Unavailable:
    log.error("templates.unwritable", reason=str(error))
    return Unavailable(f"The folder of templates cannot be written: {error.strerror}.")
