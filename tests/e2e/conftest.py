"""The browser that the tests of the pages share, and a name of its own for each test."""

from collections import Counter

import pytest
from _pytest.nodeid import coerce_node_id
from playwright.sync_api import sync_playwright

CHROMIUM = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


def pytest_collection_modifyitems(items):
    """Schemathesis gives all routes of a test one id; of tests with one id, those that run side by side run only one."""
    for item in items:
        if hasattr(item, "operation_label"):
            item._id = coerce_node_id(f"{item.nodeid}[{item.operation_label}]")
    twice = [id for id, times in Counter(item.nodeid for item in items).items() if times > 1]
    if twice:
        raise pytest.UsageError(f"Several tests have one id, and only one of each would run: {twice}.")


@pytest.fixture(scope="module")
def browser():
    """One Chromium a module."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield chromium
        chromium.close()
