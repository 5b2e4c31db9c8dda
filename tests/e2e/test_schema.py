"""The whole HTTP API against its own description: whatever it allows is asked of a real server with the demo engines.

No answer may be a server's fault, and each has to be of the shape and kind that the description tells.
"""

import json

import hypothesis
import pytest
import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from artbot_server.web.http import ROUTES
from artbot_server.web.http.openapi import document
from tests.server import RunningServer

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FEW, MANY = 8, 150
"""Calls of each route: in every run, and in the long one."""
CALM = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "suppress_health_check": list(hypothesis.HealthCheck),
}
DOCUMENT = json.loads(json.dumps(document(ROUTES)))


def api(*, coverage):
    """`coverage`: also every boundary of every field."""
    phases = {"coverage": {"enabled": coverage}, "examples": {"enabled": False}, "stateful": {"enabled": False}}
    config = SchemathesisConfig.from_dict({"phases": phases})
    return schemathesis.openapi.from_dict(DOCUMENT, config=config)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    settings = {"ARTBOT_DEMO_PACE": "0", "ARTBOT_QUEUE_LIMIT": "3"}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        running.wait_for_worker()
        yield running


@pytest.fixture(scope="module")
def caller(server):
    """One session for all calls, so that what one makes the next may find."""
    with requests.Session() as session:
        token = session.post(server.address + "/api/v1/sessions", timeout=10).json()["token"]
        session.headers["Authorization"] = f"Bearer {token}"
        yield session


def hold(case, server, caller):
    case.call_and_validate(base_url=server.address, session=caller, checks=CHECKS, timeout=60)


@api(coverage=False).parametrize()
@hypothesis.settings(max_examples=FEW, **CALM)
def test_every_answer_is_as_described(case, server, caller):
    hold(case, server, caller)


@pytest.mark.long
@api(coverage=True).parametrize()
@hypothesis.settings(max_examples=MANY, **CALM)
def test_a_great_many_answers_are_as_described(case, server, caller):
    hold(case, server, caller)


def test_none_of_it_was_a_fault_of_the_server(server):
    assert "Traceback" not in server.output
