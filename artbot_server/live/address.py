"""Where on this machine the web process listens for workers: a Unix socket in the data folder, for this user alone."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

from artbot_server.errors import ConfigError

SOCKET_NAME, PATH_NAME = "live.sock", "live.path"
LONGEST_PATH_BYTES = 100
"""The kernel takes 108 bytes (104 on macOS), the closing zero included."""
BACKLOG = 16


def listen(data_dir: Path) -> socket.socket:
    """Open the socket workers connect to; a dead one in its place is removed.

    Raises:
        ConfigError: another server uses this data folder now.
    """
    try:
        connect(data_dir).close()
    except OSError:
        pass
    else:
        raise ConfigError(f"Another Art Bot server is running on the data folder {data_dir}.")
    path = data_dir / SOCKET_NAME
    path_note = data_dir / PATH_NAME
    path.unlink(missing_ok=True)
    path_note.unlink(missing_ok=True)
    if len(str(path).encode()) > LONGEST_PATH_BYTES:
        path = Path(tempfile.mkdtemp(prefix="artbot-")) / SOCKET_NAME
        part = path_note.with_suffix(".part")
        part.write_text(str(path))
        part.replace(path_note)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    # Before it listens nobody can connect, so there is no moment in which others could.
    path.chmod(0o600)
    listening.listen(BACKLOG)
    return listening


def connect(data_dir: Path) -> socket.socket:
    """A connection to the web process of this data folder. Raises `OSError` when there is none."""
    try:
        path = (data_dir / PATH_NAME).read_text()
    except FileNotFoundError:
        path = str(data_dir / SOCKET_NAME)
    if len(path.encode()) > LONGEST_PATH_BYTES:
        raise FileNotFoundError(path)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


def remove(data_dir: Path, listening: socket.socket) -> None:
    """Close the socket and remove its traces."""
    path = Path(listening.getsockname())
    listening.close()
    path.unlink(missing_ok=True)
    if path.parent != data_dir:
        path.parent.rmdir()
        (data_dir / PATH_NAME).unlink(missing_ok=True)
