"""The web UI against the contract of all backends, with task names and without."""

import pytest

from artbot_server.sd.automatic1111 import Automatic1111
from tests.contracts.answering_contract import AnsweringContract
from tests.contracts.backend_contract import BackendContract
from tests.sd.fake_automatic1111 import FakeAutomatic1111


@pytest.fixture(scope="module")
def webui():
    with FakeAutomatic1111(step_s=0.015) as fake:
        yield Automatic1111(url=fake.url, poll_s=0.05)


@pytest.fixture(scope="module")
def nowebui():
    with FakeAutomatic1111(webui=False, step_s=0.015, auth="me:secret") as fake:
        yield Automatic1111(url=fake.url, auth="me:secret", poll_s=0.05)


class TestWithTheWebUi(BackendContract):
    @pytest.fixture
    def backend(self, webui):
        return webui

    def slow_payload(self):
        return self.payload(steps=2000)


class TestWithoutTheWebUi(BackendContract):
    @pytest.fixture
    def backend(self, nowebui):
        return nowebui

    def slow_payload(self):
        return self.payload(steps=2000)


class TestItsAnswers(AnsweringContract):
    @pytest.fixture(params=[True, False], ids=["webui", "nowebui"])
    def backend(self, request):
        with FakeAutomatic1111(step_s=0.002, webui=request.param) as fake:
            fake.desk.captions["clip"] = "a white square on a dark blue ground"
            yield Automatic1111(url=fake.url, poll_s=0.02)
