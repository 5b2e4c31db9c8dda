"""When the short way is taken: only with versions that are known, and only under eventlet."""

from importlib.metadata import version

import pytest
from flask_socketio import SocketIO

from artbot_server.web.lane import KNOWN, Lane, known_versions, take_lane


def install(folder, package, number):
    """A distribution of this name and version, found before the real one."""
    info = folder / f"{package.replace('-', '_')}-{number}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {number}\n")


def server():
    made = SocketIO()
    made.init_app(None, async_mode="threading")
    return made.server


def test_what_is_installed_here_is_known():
    assert known_versions()


@pytest.mark.parametrize("package", KNOWN)
def test_another_series_of_any_package_is_not(package, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    own = version(package)
    install(tmp_path, package, own.split(".")[0] + ".990.1")
    assert not known_versions()


@pytest.mark.parametrize("package", KNOWN)
def test_a_newer_patch_of_a_known_series_is(package, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    install(tmp_path, package, KNOWN[package][0] + ".99")
    assert known_versions()


@pytest.mark.parametrize("async_mode", ["threading", "gevent"])
def test_other_async_modes_keep_the_packages_own_way(async_mode):
    stock = server()
    assert not take_lane(stock, async_mode)
    assert stock.eio.start_service_task and "connect" in stock.eio.handlers
    assert not isinstance(stock.eio.handlers["connect"].__self__, Lane)
