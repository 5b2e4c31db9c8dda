"""The demo painter keeps the contract of every backend."""

import pytest

from artbot_server.sd.base import Payload
from artbot_server.sd.demo.backend import DemoBackend
from tests.contracts.answering_contract import AnsweringContract
from tests.contracts.backend_contract import BackendContract


class TestDemoBackend(BackendContract):
    @pytest.fixture
    def backend(self):
        return DemoBackend(seconds=0.3)

    def slow_payload(self) -> Payload:
        return self.payload(steps=60, batch_size=8, width=512, height=512)


class TestDemoAnswers(AnsweringContract):
    @pytest.fixture
    def backend(self):
        return DemoBackend(seconds=0.05)
