import socket
import stat
from pathlib import Path

import pytest

from artbot_server.errors import ConfigError
from artbot_server.live import address


@pytest.fixture
def deep(tmp_path):
    """A folder whose name alone is longer than a Unix socket's may be."""
    folder = tmp_path / ("d" * 60) / ("e" * 60)
    folder.mkdir(parents=True)
    return folder


def mode(path):
    return stat.S_IMODE(Path(path).stat().st_mode)


def exchange(folder, listening):
    with address.connect(folder) as here:
        there, _ = listening.accept()
        with there:
            here.sendall(b"hello")
            return there.recv(10)


def test_a_socket_for_this_user_alone(tmp_path):
    listening = address.listen(tmp_path)
    assert mode(tmp_path / "live.sock") == 0o600
    assert exchange(tmp_path, listening) == b"hello"
    address.remove(tmp_path, listening)
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_is_too_long(deep):
    listening = address.listen(deep)
    elsewhere = Path((deep / "live.path").read_text())
    assert mode(elsewhere) == 0o600
    assert mode(elsewhere.parent) == 0o700
    assert exchange(deep, listening) == b"hello"
    address.remove(deep, listening)
    assert list(deep.iterdir()) == []
    assert not elsewhere.parent.exists()


def test_nobody_listens(tmp_path, deep):
    for folder in (tmp_path, deep):
        with pytest.raises(OSError, match=r"\w"):
            address.connect(folder)


def test_a_second_server_on_the_same_folder_is_refused(tmp_path):
    listening = address.listen(tmp_path)
    with pytest.raises(ConfigError, match="Another Art Bot server"):
        address.listen(tmp_path)
    assert exchange_after_knock(tmp_path, listening) == b"hello"
    address.remove(tmp_path, listening)


def exchange_after_knock(folder, listening):
    knock, _ = listening.accept()
    knock.close()
    return exchange(folder, listening)


def test_what_a_crash_left_is_in_nobodys_way(tmp_path, deep):
    for folder in (tmp_path, deep):
        address.listen(folder).close()
        listening = address.listen(folder)
        assert exchange(folder, listening) == b"hello"
        address.remove(folder, listening)


def test_a_plain_file_in_its_place_is_replaced(tmp_path):
    (tmp_path / "live.sock").write_text("")
    listening = address.listen(tmp_path)
    assert listening.family == socket.AF_UNIX
    assert exchange(tmp_path, listening) == b"hello"
    address.remove(tmp_path, listening)
