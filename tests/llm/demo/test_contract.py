"""The demo writer keeps the contract of every engine."""

import pytest

from artbot_server.llm.demo.engine import DemoEngine
from tests.contracts.engine_contract import EngineContract


class TestDemoEngine(EngineContract):
    @pytest.fixture
    def engine(self):
        return DemoEngine(pace_s=0.005)
