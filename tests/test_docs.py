"""The documents say all that the code can: names, fields, codes, settings. What they say about them is for a reader."""

import ast
import re
import typing
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import BaseModel

from artbot_server import errors, events
from artbot_server.config import PROJECT_ROOT, Settings
from artbot_server.painting import template_format
from artbot_server.painting.jobs import Job, job_json
from artbot_server.web.fields import Request
from artbot_server.web.http import ROUTES
from artbot_server.web.socket_events import EVENTS

ROOT = Path(__file__).parent.parent
PROTOCOL = (ROOT / "docs/protocol.md").read_text()
HTTP_API = (ROOT / "docs/http_api.md").read_text()
CONFIGURATION = (ROOT / "docs/configuration.md").read_text()
TEMPLATES = (ROOT / "docs/templates.md").read_text()


def marked(text: str) -> set[str]:
    """All words written as code."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return {word for piece in re.findall(r"`([^`]+)`", text) for word in re.findall(r"[A-Za-z_][\w]*", piece)}


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next of its rank."""
    mark = heading.split(" ")[0]
    found = re.search(rf"^{re.escape(heading)}$(.*?)(?=^{mark} |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"no section {heading!r}"
    return found[1]


def models(root: type[BaseModel]) -> list[type[BaseModel]]:
    every = [one for child in root.__subclasses__() for one in (child, *models(child))]
    return [one for one in every if one.__module__.startswith("artbot_server.") and one.model_fields]


def test_every_event_of_the_server_is_described():
    sent = section(PROTOCOL, "## What the server sends")
    for kind in typing.get_args(events.Event):
        assert f"| `{kind.name}` |" in sent


@pytest.mark.parametrize("kind", typing.get_args(events.Event), ids=lambda kind: kind.name)
def test_every_field_of_an_event_is_described(kind):
    names = {field.name for field in fields(kind)} - {"snapshot", "job", "server"}  # these are records as a whole
    names = {"from" if name == "first" else name for name in names}
    assert names <= marked(section(PROTOCOL, "## What the server sends"))


def test_every_event_of_a_client_is_described():
    sent = section(PROTOCOL, "## What a client sends")
    assert len(EVENTS) > 10
    for handler in EVENTS:
        assert f"`{handler.name}`" in sent


def test_every_route_is_described():
    assert len(ROUTES) > 1
    for route in ROUTES:
        assert f"`{route.method} {route.path}`" in HTTP_API


@pytest.mark.parametrize("model", models(Request), ids=lambda model: model.__name__)
def test_every_field_of_a_request_is_described(model):
    written = marked(PROTOCOL) | marked(HTTP_API)
    names = {field.alias or name for name, field in model.model_fields.items()}
    assert names <= written | {"role", "content"}


def test_every_field_of_a_job_is_described():
    job = Job(
        id="j",
        session_id="s",
        folder="f",
        template="t",
        mode="txt2img",
        prompt="p",
        fields={},
        width=1,
        height=1,
        count=1,
    )
    assert set(job_json(job)) <= marked(section(PROTOCOL, "### Records"))


def codes() -> set[str]:
    """Every `code="…"` of a call, every `code` of an error class, and the table of the model's faults."""
    found = {kind.code for kind in (errors.ArtbotError, *errors.ArtbotError.__subclasses__())}
    for path in (ROOT / "artbot_server").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
                found.add(node.value.value)
    return {code for code in found if isinstance(code, str)} - {"config"}  # stops the start; no client sees it


def test_every_code_is_described():
    told = set(
        re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (`.*?) \|", section(PROTOCOL, "## Codes"), re.MULTILINE)))
    )
    assert len(codes()) > 20
    assert codes() <= told


def test_no_described_code_is_out_of_date():
    told = re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (`.*?) \|", section(PROTOCOL, "## Codes"), re.MULTILINE)))
    source = "\n".join(path.read_text() for path in (ROOT / "artbot_server").rglob("*.py"))
    assert [code for code in told if f'"{code}"' not in source] == []


def shown(default: object) -> str:
    if default in ("", ()):
        return "empty"
    if isinstance(default, Path):
        return f"`{default.relative_to(PROJECT_ROOT)}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_every_setting_stands_in_the_table_with_its_default(setting):
    rows = re.findall(rf"^\| `{setting.metadata['env']}` \| (.*?) \| (.+?) \| (.+?) \|$", CONFIGURATION, re.MULTILINE)
    assert len(rows) == 1
    default, meaning, example = rows[0]
    assert default == shown(setting.default)
    assert len(meaning) > 10
    setting.metadata["parse"](example.strip("`"))  # an example that is refused would be worse than none


def test_no_described_setting_is_out_of_date():
    told = set(re.findall(r"\b(?:ARTBOT|OPENAI)_[A-Z_]+\b", CONFIGURATION))
    assert told == {setting.metadata["env"] for setting in fields(Settings)}


def test_settings_that_other_documents_name_exist():
    known = {setting.metadata["env"] for setting in fields(Settings)}
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        assert set(re.findall(r"\b(?:ARTBOT|OPENAI)_[A-Z_]+\b", path.read_text())) <= known, path.name


def test_every_key_of_a_folder_is_described():
    told = marked(section(TEMPLATES, "## folder.toml"))
    assert set(template_format.FolderFile.model_fields) <= told
    assert set(template_format.TitlePair.model_fields) <= told


@pytest.mark.parametrize("model", ["TemplateFile", "ApiModel", "ControlNetUnit", "Script"])
def test_every_checked_field_of_a_template_is_described(model):
    assert set(getattr(template_format, model).model_fields) <= marked(section(TEMPLATES, "## A template"))


def test_links_between_documents_lead_somewhere():
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_files_that_documents_name_exist():
    for path in (ROOT / "docs").glob("*.md"):
        named = re.findall(r"`((?:chat|painting|storage|web|llm|sd|live)/[\w/]+\.py)`", path.read_text())
        assert [name for name in named if not (ROOT / "artbot_server" / name).is_file()] == [], path.name
