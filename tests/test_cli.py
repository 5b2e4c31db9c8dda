import os
import subprocess
import sys

import pytest

from artbot_server import __version__
from artbot_server.cli import main

ROOT = os.path.dirname(os.path.dirname(__file__))


def artbot(*arguments, folder, **settings):
    """Run the command line as a process of its own, away from any `.env`; code, stdout and stderr."""
    environ = {"PATH": os.environ["PATH"], "ARTBOT_DATA_DIR": str(folder), "ARTBOT_PORT": "0", **settings}
    command = [sys.executable, "-m", "artbot_server.cli", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_wrong_setting_is_one_sentence_and_code_1(command, tmp_path):
    code, out, err = artbot(command, folder=tmp_path / "data", ARTBOT_LEASE_S="soon")
    assert (code, out) == (1, "")
    assert err == "artbot: ARTBOT_LEASE_S must be a number from 1 to 600.\n"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_database_of_no_known_kind_is_one_sentence(command, tmp_path):
    code, _, err = artbot(command, folder=tmp_path, ARTBOT_DATABASE_URL="mysql://me:hidden@host/x")
    assert code == 1
    assert err.startswith("artbot: ARTBOT_DATABASE_URL")
    assert "Traceback" not in err
    assert "hidden" not in err


@pytest.mark.parametrize(
    ("backend", "named"),
    [
        ("http://me:hidden@gpu#weight=heavy", "not 'heavy'"),
        ("gpu:7860", "http://host:7860"),
        ("demo:#size=2", "not 'size'"),
    ],
)
def test_a_wrong_backend_of_a_worker_is_one_sentence(backend, named, tmp_path):
    code, out, err = artbot("worker", "--backend", backend, folder=tmp_path / "data")
    assert (code, out) == (1, "")
    assert err.startswith("artbot: --backend must be an address")
    assert named in err
    assert "hidden" not in err
    assert not (tmp_path / "data").exists()


def test_run_py_is_serve(tmp_path):
    environ = {"PATH": os.environ["PATH"], "ARTBOT_DATA_DIR": str(tmp_path), "ARTBOT_PORT": "x"}
    done = subprocess.run(
        [sys.executable, "run.py"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "ARTBOT_PORT" in done.stderr


def said(capsys, *arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return caught.value.code, capsys.readouterr()


def test_its_version(capsys):
    code, spoken = said(capsys, "--version")
    assert (code, spoken.out) == (0, f"artbot {__version__}\n")


def test_help_names_every_command_and_where_settings_are(capsys):
    code, spoken = said(capsys, "--help")
    assert code == 0
    for word in (
        "serve",
        "worker",
        "paint",
        "batch",
        "models",
        "template",
        "backends",
        "docs/configuration.md",
        ".env",
    ):
        assert word in spoken.out


@pytest.mark.parametrize(
    "command", [(), ("serve",), ("worker",), ("paint",), ("batch",), ("models",), ("template",), ("backends",)]
)
def test_help_fits_a_terminal(command, tmp_path):
    code, out, err = artbot(*command, "--help", folder=tmp_path, COLUMNS="80")
    assert (code, err) == (0, "")
    assert out.startswith(" ".join(["usage: artbot", *command]))
    assert [line for line in out.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("arguments", [(), ("draw",), ("paint",), ("batch",)])
def test_what_is_no_command_is_told_with_the_usage(capsys, arguments):
    code, spoken = said(capsys, *arguments)
    assert code == 2
    assert spoken.err.startswith("usage: artbot")


@pytest.mark.parametrize(
    "command", [("serve",), ("paint", "a cat"), ("batch", "a cat"), ("models",), ("template", "list")]
)
def test_an_unknown_option_is_told_with_the_usage_of_its_command(capsys, command):
    code, spoken = said(capsys, *command, "--port=1")
    assert (code, spoken.out) == (2, "")
    assert spoken.err.startswith(f"usage: artbot {command[0]} ")
    assert spoken.err.endswith(f"artbot {command[0]}: error: unrecognized arguments: --port=1\n")


@pytest.mark.parametrize("number", ["0", "-1", "65", "2.5", "two", "²", ""])
def test_how_many_processes_there_may_be_is_told(capsys, number):
    code, spoken = said(capsys, "serve", f"--processes={number}")
    assert (code, spoken.out) == (2, "")
    assert spoken.err.endswith(f"argument --processes: has to be a whole number from 1 to 64, not {number!r}\n")


def test_whoever_reads_the_results_may_go(tmp_path):
    command = f"{sys.executable} -m artbot_server.cli models | true; echo ${{PIPESTATUS[0]}}"
    environ = {"PATH": os.environ["PATH"], "ARTBOT_DATA_DIR": str(tmp_path)}
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("141\n", "")


def test_it_imports_next_to_nothing_before_it_patches(tmp_path):
    script = (
        "import sys, artbot_server.cli; print([m for m in ('flask', 'sqlalchemy', 'socketio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
