"""Starting with wrong settings, twice, from `.env`: one sentence that names what is wrong, and exit code 1."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from artbot_server.config import load_settings
from artbot_server.errors import ConfigError
from tests.server import ROOT, RunningServer, wait_until

KEPT = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def start(tmp_path, *arguments, cwd=ROOT, **settings):
    """Start something that ends by itself; gives exit code and output."""
    environ = KEPT | {"ARTBOT_PORT": "0", "ARTBOT_DATA_DIR": str(tmp_path / "data"), "ARTBOT_WORKER": "none"} | settings
    command = [sys.executable, "-W", "ignore", *(arguments or ("run.py",))]
    ended = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=30, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def sentence(ended, *names):
    """Hold an end against: code 1, one line, no traceback, every name in it."""
    code, output = ended
    assert code == 1, output
    assert output.startswith("artbot: "), output
    assert len(output.splitlines()) == 1
    assert output.endswith(".\n")
    assert all(name in output for name in names), output
    return output


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARTBOT_PORT", "five"),
        ("ARTBOT_PORT", "65536"),
        ("ARTBOT_PORT", "-1"),
        ("ARTBOT_ASYNC_MODE", "asyncio"),
        ("OPENAI_BASE_URL", "api.openai.com/v1"),
        ("OPENAI_BASE_URL", "ftp://models.example"),
        ("ARTBOT_SD_URL", "127.0.0.1:7860"),
        ("ARTBOT_SD_URL", "http://one:7860, http://"),
        ("ARTBOT_SD_AUTH", "nocolon"),
        ("ARTBOT_ALLOWED_ORIGINS", "example.com"),
        ("ARTBOT_ALLOWED_ORIGINS", "https://example.com/page"),
        ("ARTBOT_TRUSTED_PROXIES", "proxy.example"),
        ("ARTBOT_QUEUE_LIMIT", "0"),
        ("ARTBOT_QUEUE_LIMIT", "1.5"),
        ("ARTBOT_CHAT_LIMIT", "-1"),
        ("ARTBOT_WORKER", "yes"),
        ("ARTBOT_LEASE_S", "0"),
        ("ARTBOT_DEMO_PACE", "nan"),
        ("ARTBOT_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_named(name, value):
    with pytest.raises(ConfigError) as caught:
        load_settings({name: value}, Path("/nothing/.env"))
    assert re.fullmatch(rf"{name} must be .+\.", caught.value.message)


def test_a_wrong_value_stops_the_start_before_anything_is_made(tmp_path):
    sentence(start(tmp_path, ARTBOT_PORT="five"), "ARTBOT_PORT")
    assert not (tmp_path / "data").exists()


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARTBOT_HOST", "203.0.113.200"),
        ("ARTBOT_HOST", "no-such-host.invalid"),
        ("ARTBOT_HOST", "x" * 70 + ".example"),
        ("ARTBOT_TEMPLATES_DIR", "/nothing/here"),
        ("ARTBOT_STATIC_DIR", "/nothing/here"),
        ("ARTBOT_DATA_DIR", "/proc/artbot"),
        ("ARTBOT_DATA_DIR", "/dev/null"),
        ("ARTBOT_DATABASE_URL", "mysql://host/name"),
        ("ARTBOT_DATABASE_URL", "artbot.db"),
        ("ARTBOT_DATABASE_URL", "sqlite:////nothing/here/artbot.db"),
        ("ARTBOT_DATABASE_URL", "postgresql://artbot:SECRET@127.0.0.1:1/artbot"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(tmp_path, name, value):
    assert "SECRET" not in sentence(start(tmp_path, **{name: value}), name)


def test_a_database_that_is_none_is_named(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "artbot.db").write_bytes(b"no database at all " * 100)
    sentence(start(tmp_path), "ARTBOT_DATABASE_URL")


def test_a_worker_names_a_wrong_setting_too(tmp_path):
    worker = ("-m", "artbot_server.cli", "worker")
    sentence(start(tmp_path, *worker, ARTBOT_SD_URL="7860"), "ARTBOT_SD_URL")
    sentence(start(tmp_path, *worker), "ARTBOT_DATABASE_URL")


@pytest.mark.parametrize("mode", ["eventlet", "gevent"])
def test_a_mode_whose_package_is_missing_is_named(tmp_path, mode):
    (tmp_path / f"{mode}.py").write_text(f"raise ImportError('no {mode}', name='{mode}')")
    sentence(start(tmp_path, ARTBOT_ASYNC_MODE=mode, PYTHONPATH=str(tmp_path)), "ARTBOT_ASYNC_MODE", mode)


def test_port_zero_takes_a_free_one_and_a_second_start_names_it_or_the_folder(tmp_path):
    with RunningServer(tmp_path / "data", ARTBOT_WORKER="none", ARTBOT_PORT="0") as server:
        sentence(start(tmp_path), "ARTBOT_DATA_DIR", str(tmp_path / "data"))
        port = server.address.rsplit(":", 1)[1]
        assert int(port) > 0
        sentence(start(tmp_path, ARTBOT_DATA_DIR=str(tmp_path / "other"), ARTBOT_PORT=port), "ARTBOT_PORT", port)
        assert requests.get(server.address + "/healthz", timeout=10).json()["ok"]


def test_env_files_are_read_and_the_environment_goes_before(tmp_path):
    shutil.copytree(ROOT / "artbot_server", tmp_path / "artbot_server", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / ".env").write_text(
        f"# comment\nexport ARTBOT_STATIC_DIR='{ROOT / 'static'}'\nARTBOT_TEMPLATES_DIR=\"{ROOT / 'sd_templates'}\"\n"
        f"ARTBOT_DATA_DIR={tmp_path / 'from-env-file'}\nARTBOT_ACCESS_KEY=pa$$HOME#word\nARTBOT_CHAT_LIMIT=\n"
        "ARTBOT_QUEUE_LIMIT=7\nARTBOT_PORT=1\nARTBOT_WORKER=none\n"
    )
    command = [sys.executable, "-W", "ignore", "-m", "artbot_server.cli", "serve"]
    with (tmp_path / "output").open("w+") as output:
        process = subprocess.Popen(command, cwd=tmp_path, env=KEPT | {"ARTBOT_PORT": "0"}, stdout=output, stderr=output)
        try:
            found = wait_until(lambda: re.search(r"Art Bot is at (\S+)", (tmp_path / "output").read_text()))
            page = requests.get(found[1], headers={"X-Artbot-Access": "pa$$HOME#word"}, timeout=10)
            assert page.status_code == 200
            assert (tmp_path / "from-env-file" / "artbot.db").is_file()
        finally:
            process.terminate()
            assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--help"], 0, ["serve", "worker", "docs/configuration.md"]),
        (["serve", "--help"], 0, ["artbot serve"]),
        (["worker", "--help"], 0, ["artbot worker"]),
        (["--version"], 0, ["artbot "]),
        ([], 2, ["COMMAND"]),
        (["paint-me"], 2, ["paint-me"]),
    ],
)
def test_the_command_line(tmp_path, arguments, code, words):
    ended, output = start(tmp_path, "-m", "artbot_server.cli", *arguments)
    assert ended == code, output
    assert all(word in output for word in words)
    assert not (tmp_path / "data").exists()
