"""The API's description as it is served, and its page in a browser without a network."""

import json

import pytest
import requests
from playwright.sync_api import expect

from artbot_server.web.http import ROUTES
from artbot_server.web.http.openapi import document
from tests.e2e.complaints import complaints_of
from tests.server import RunningServer


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with RunningServer(tmp_path_factory.mktemp("data")) as running:
        yield running


def test_the_description_is_served(server):
    answer = requests.get(server.address + "/api/v1/openapi.json", timeout=10)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == json.loads(json.dumps(document(ROUTES)))


@pytest.mark.parametrize("name", ["swagger-ui.js", "index.html", "..%2f..%2f__init__.py", "nothing"])
def test_only_what_the_page_needs_is_served(server, name):
    assert requests.get(f"{server.address}/api/v1/docs/{name}", timeout=10).status_code == 404


def test_the_page_shows_and_asks_every_route(browser, server):
    """Anything the content security policy forbids, and any address elsewhere, would be in `complaints` or `asked`."""
    page = browser.new_page()
    complaints, asked = complaints_of(page), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.address + "/api/v1/docs")
    expect(page.locator(".opblock")).to_have_count(len(ROUTES), timeout=30_000)
    jobs = page.locator("#operations-jobs-get_api_v1_jobs")
    jobs.locator("button.opblock-summary-control").click()
    jobs.get_by_role("button", name="Try it out").click()
    jobs.get_by_role("button", name="Execute").click()
    expect(jobs.locator(".live-responses-table .response .response-col_status")).to_contain_text("200")
    page.close()
    assert complaints == []
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {server.address.split("/")[2]}
