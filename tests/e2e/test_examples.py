"""The examples of docs/http_api.md, run as they stand there against a real server."""

import io
import re
import subprocess

import pytest
from PIL import Image

from tests.server import ROOT, RunningServer

EXAMPLES = re.findall(
    r"^```(sh|php|java)\n(.*?)^```$", (ROOT / "docs/http_api.md").read_text(), re.DOTALL | re.MULTILINE
)
RUN = {"sh": ["sh", "-eu"], "php": ["php"], "java": ["java"]}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with RunningServer(tmp_path_factory.mktemp("data"), ARTBOT_DEMO_PACE="0") as running:
        running.wait_for_worker()
        yield running


@pytest.mark.parametrize(("language", "text"), EXAMPLES, ids=[language for language, _ in EXAMPLES])
def test_an_example_leaves_a_picture_behind(server, tmp_path, language, text):
    assert "http://localhost:5001" in text
    program = tmp_path / f"Paint.{language}"
    program.write_text(text.replace("http://localhost:5001", server.address))
    run = subprocess.run([*RUN[language], program.name], cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert (run.returncode, run.stderr) == (0, "")
    pictures = [Image.open(io.BytesIO(path.read_bytes())) for path in tmp_path.glob("*.png")]
    assert pictures
    assert all(picture.format == "PNG" and min(picture.size) >= 256 for picture in pictures)


def test_every_language_has_an_example():
    assert {language for language, _ in EXAMPLES} == set(RUN)
