"""What the package offers to those who embed it, and what importing it costs."""

import subprocess
import sys

import pytest

import artbot_server

LIGHT = """
import sys
import artbot_server
assert artbot_server.__version__
ours = sorted(name for name in sys.modules if name.startswith("artbot_server"))
assert ours == ["artbot_server"], ours
heavy = {"flask", "sqlalchemy", "pydantic", "openai", "PIL", "requests"} & set(sys.modules)
assert not heavy, heavy
"""

A_LIBRARY = """
import sys, threading
from artbot_server import Hooks, create_app, load_settings
settings = load_settings({"ARTBOT_DATA_DIR": sys.argv[1], "ARTBOT_ASYNC_MODE": "threading"})
bot = create_app(settings, Hooks())
answer = bot.flask.test_client().get("/healthz")
assert answer.json["ok"] and answer.json["worker"] is False
assert threading.active_count() == 1, threading.enumerate()
"""


def run(code, *arguments):
    command = [sys.executable, "-W", "ignore", "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_it_loads_nothing():
    run(LIGHT)


def test_it_is_a_library_without_starting_a_server(tmp_path):
    run(A_LIBRARY, str(tmp_path))


@pytest.mark.parametrize("name", sorted(artbot_server.OFFERED))
def test_what_is_offered_is_there(name):
    assert getattr(artbot_server, name).__name__ == name


def test_what_is_not_offered_is_named():
    with pytest.raises(AttributeError, match="'nothing'"):
        _ = artbot_server.nothing
