"""The other files of deploy/: what a real tool of this machine or their own rules say of them."""

import configparser
import re
import shutil
import subprocess
from dataclasses import fields

import pytest
import yaml

from artbot_server.config import Settings
from tests.server import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OTHERS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"}


def known():
    return {setting.metadata["env"] for setting in fields(Settings)}


def test_there_are_units_of_both_processes():
    assert {unit.stem for unit in UNITS} == {"artbot", "artbot-worker"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_reads_every_unit_without_a_word(unit, tmp_path):
    """With a program and a user of this machine in the place of ours, which are not installed here."""
    mine = re.sub(r"ExecStart=\S+", f"ExecStart={shutil.which('true')}", unit.read_text()).replace(
        "User=artbot", "User=root"
    )
    (tmp_path / unit.name).write_text(mine.replace("/opt/artbot", "/"))
    said = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / unit.name], capture_output=True, text=True, timeout=60
    )
    assert [line for line in said.stderr.splitlines() if unit.name in line] == []
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_leaves_time_for_a_good_end(unit):
    parsed = configparser.RawConfigParser(strict=False)
    parsed.optionxform = str
    parsed.read_string(unit.read_text())
    assert int(parsed["Service"]["TimeoutStopSec"]) > 30
    assert parsed["Service"]["NoNewPrivileges"] == "yes"


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_compose_sets_what_exists_and_names_what_it_uses():
    services = compose()["services"]
    for name in ("web1", "web2", "worker"):
        assert set(services[name]["environment"]) - {"OPENAI_API_KEY", "OPENAI_BASE_URL"} - OTHERS <= known()
        assert set(services[name]["depends_on"]) <= set(services)
    volumes = {
        volume.split(":")[0] for one in services.values() for volume in one.get("volumes", ()) if volume[0] != "."
    }
    assert volumes == set(compose()["volumes"])


def test_what_the_dockerfile_copies_is_there():
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    assert len(copied) >= 8
    assert [name for name in copied if not (ROOT / name).exists()] == []
    extras = re.search(r"\.\[([\w,]+)\]", "\n".join(lines))[1].split(",")
    declared = configparser.ConfigParser()
    declared.read(ROOT / "setup.cfg")
    assert set(extras) <= set(declared["options.extras_require"])


def test_the_front_in_compose_is_the_shipped_configuration():
    command = compose()["services"]["nginx"]["command"][-1]
    pattern = re.search(r"s/(.*?)/(.*?)/", command)
    written, times = re.subn(pattern[1], pattern[2], (DEPLOY / "nginx.conf").read_text())
    assert times == 1
    assert "server web1:5001; server web2:5001;" in written
