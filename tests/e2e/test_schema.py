"""The whole HTTP API against its own description: whatever it allows is asked of a real server with the demo engines.

No answer may be a server's fault, and each has to be of the shape and kind that the description tells.
"""

import base64
import json
import shutil

import hypothesis
import pytest
import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from artbot_server.web.http import ROUTES
from artbot_server.web.http.openapi import document
from tests.e2e.test_http import picture
from tests.server import ROOT, RunningServer

CHECKS = [
    *(not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance),
    *(negative_data_rejection, unsupported_method),
]
FEW, MANY = 6, 60
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
    templates = tmp_path_factory.mktemp("templates") / "own"
    shutil.copytree(ROOT / "sd_templates", templates)
    settings = {"ARTBOT_DEMO_PACE": "0", "ARTBOT_QUEUE_LIMIT": "3", "ARTBOT_TEMPLATES_DIR": str(templates)}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        running.wait_for_worker()
        yield running


SMALL = {"width": 64, "height": 64, "batch_size": 1, "n_iter": 1, "steps": 2}


class Caller:
    """One session for all calls, with something real for half of the names that a call makes up."""

    def __init__(self, address):
        self.address = address
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {self._post('/api/v1/sessions')['token']}"
        self.picture = base64.b64encode(picture(size=(64, 64))).decode()
        self.real = {"folder": lambda: "anime", "template": lambda: "cel-shading", "name": lambda: "cel-shading"}
        self.real |= {"image_id": self.image, "job_id": self.job}
        if "/api/v1/conversations" in DOCUMENT["paths"]:
            self.real["conversation_id"] = self.conversation
        self.job_id = self.job()
        self.session.get(f"{address}/api/v1/jobs/{self.job_id}?wait=60", timeout=70)

    def _post(self, path, **more):
        return self.session.post(self.address + path, timeout=60, **more).json()

    def image(self):
        return self._post("/api/v1/images", files={"image": ("a.png", picture())})["id"]

    def job(self):
        """A new one while there is room for one, so that deleting and cancelling find one."""
        order = {"prompt": "a boat", "folder": "landscape", "template": "gouache", "overrides": SMALL}
        return self._post("/api/v1/jobs", json=order).get("job_id") or self.job_id

    def conversation(self):
        return self._post("/api/v1/conversations", json={})["conversation"]["conversation_id"]

    def made_real(self, values):
        """Names that were made up become real ones where they are of even length; pictures always."""
        for name, value in values.items():
            if name in self.real and isinstance(value, str) and len(value) % 2 == 0:
                values[name] = self.real[name]()
            elif name in ("init_images", "controlnet_input_images") and isinstance(value, list) and value:
                values[name] = [self.picture]

    def hold(self, case):
        """Make one call and hold its answer against the description."""
        if isinstance(case.body, dict):
            case.body.pop("key", None)  # a caller's own key asks the real model
        if case.meta.generation.mode.is_positive:
            for values in (case.path_parameters, case.query, case.body):
                if isinstance(values, dict):
                    self.made_real(values)
        operators = bool(case.operation.definition.raw.get("security"))  # open here: this machine, no key
        in_a_form = str(case.media_type).startswith("multipart/")  # where a number is a text like any other
        below_a_name = (
            "{name}/" in case.operation.path
        )  # names hold slashes: with PUT it is the name of another template
        left_out = {negative_data_rejection} if operators or in_a_form else set()
        left_out |= {unsupported_method} if below_a_name else set()
        checks = [check for check in CHECKS if check not in left_out]
        case.call_and_validate(base_url=self.address, session=self.session, checks=checks, timeout=60)


@pytest.fixture(scope="module")
def caller(server):
    made = Caller(server.address)
    yield made
    made.session.close()


@api(coverage=False).parametrize()
@hypothesis.settings(max_examples=FEW, **CALM)
def test_every_answer_is_as_described(case, caller):
    caller.hold(case)


@pytest.mark.long
@api(coverage=True).parametrize()
@hypothesis.settings(max_examples=MANY, **CALM)
def test_a_great_many_answers_are_as_described(case, caller):
    caller.hold(case)


def test_none_of_it_was_a_fault_of_the_server(server):
    assert "Traceback" not in server.output
