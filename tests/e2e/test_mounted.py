"""Art Bot below a path: in a host's Flask app, behind a proxy that keeps the path, and behind one that strips it."""

import re
import signal
import subprocess
import sys

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.client import Client
from tests.e2e.complaints import complaints_of
from tests.e2e.test_page import paint, pictures
from tests.server import RunningServer, wait_until

SOCKET = "/art/socket.io"


class HostedServer(RunningServer):
    """The host of `host_app` as a process; `notes` is what its hooks wrote."""

    def __init__(self, data_dir, **settings):
        super().__init__(data_dir, **settings)
        self._notes = data_dir / "notes.txt"
        self._notes.touch()
        self.command = [sys.executable, "-m", "tests.e2e.host_app", str(self._notes)]

    @property
    def notes(self):
        return self._notes.read_text().splitlines()

    @property
    def site(self):
        return self.address.removesuffix("/art")


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with HostedServer(tmp_path_factory.mktemp("data")) as running:
        running.wait_for_worker()
        yield running


def connected(server, **more):
    return Client(server.address.removesuffix("/art"), path=SOCKET, **more)


# In a host's app


def test_the_host_keeps_its_own_pages(host):
    assert requests.get(host.site + "/", timeout=10).text == "the host at /"
    assert requests.get(host.site + "/artful", timeout=10).status_code == 404
    assert "Content-Security-Policy" not in requests.get(host.site + "/", timeout=10).headers


def test_the_path_without_its_slash_leads_to_the_page(host):
    answer = requests.get(host.address, allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (308, "/art/")


def test_the_page_names_everything_below_the_path(host):
    page = requests.get(host.address + "/", timeout=10)
    assert re.findall(r'(?:href|src|action)="/(?!art/)', page.text) == []
    assert '"/art/static/js/main.js"' in page.text
    assert "Path=/art/" in page.headers["Set-Cookie"]
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert requests.get(host.address + "/static/js/main.js", timeout=10).status_code == 200


def test_a_foreign_origin_is_refused_and_the_hosts_own_is_not(host):
    data = {"image": ("a.png", b"no picture")}
    url = host.address + "/api/v1/images"
    assert requests.post(url, files=data, headers={"Origin": "https://evil.example"}, timeout=20).status_code == 403
    assert requests.post(url, files=data, headers={"Origin": host.site}, timeout=20).status_code == 400


def test_a_client_of_socketio_paints_and_opens_what_it_was_told(host):
    with connected(host) as client:
        job_id = client.paint()
        job = client.job_end(job_id)
        told = client.wait("images", job_id=job_id)["images"][0]
        assert told["url"].startswith("/art/images/")
        assert job["images"][0]["url"] == told["url"]
        assert requests.get(host.site + told["url"], timeout=10).headers["Content-Type"] == "image/png"
        templates = client.call("templates", {})
        assert templates["folders"][0]["picture_url"].startswith("/art/template_picture?")
        assert requests.get(host.site + templates["folders"][0]["picture_url"], timeout=10).status_code == 200


def test_the_hosts_hooks_are_called_in_order_and_once(host):
    with connected(host) as client:
        job_id = client.paint("a lighthouse")
        job = client.job_end(job_id)
        assert job["prompt"] == "a lighthouse, from the host"
        assert job["images"][0]["seed"] == 7
        wait_until(lambda: [line for line in host.notes if job_id in line], what="the notice")
        again = client.call(
            "generate", {"prompt": "a lighthouse", "folder": "landscape", "template": "golden-hour", "job_id": job_id}
        )
        assert again["job_id"] == job_id
        assert [line for line in host.notes if job_id in line] == [f"after {job_id} {len(job['images'])}"]
        client.say("a kitten in a garden")
        client.wait("gpt_chat")
        wait_until(lambda: "replied" in host.notes, what="the hook after a reply")


def test_a_refusal_and_a_fault_of_a_hook_cost_one_job(host):
    with connected(host) as client:
        order = {"folder": "landscape", "template": "golden-hour"}
        refused = client.call("generate", {"prompt": "a forbidden castle", **order})["error"]
        assert (refused["code"], refused["detail"]["field"]) == ("bad_request", "prompt")
        broken = client.call("generate", {"prompt": "a bug on a leaf", **order})["error"]
        assert (broken["code"], broken["detail"]["fault"]) == ("internal", "server")
        assert "screen" in broken["detail"]["hook"]
        assert client.all("job") == []
        assert client.job_end(client.paint())["state"] == "done"
        wait_until(lambda: "ZeroDivisionError" in host.output, what="the log of the hook that broke at the end")


def visit(browser, address):
    """A page, what it complains of, and every address it asked for."""
    page = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 860}).new_page()
    complaints, asked = complaints_of(page), []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url.replace("ws:", "http:")))
    page.goto(address)
    return page, complaints, asked


def paints_and_comes_back(page):
    expect(page.locator("[data-demo-badge]")).to_be_visible(timeout=15_000)
    paint(page)
    loaded = pictures(page).first.locator("img")
    wait_until(lambda: loaded.evaluate("i => i.complete && i.naturalWidth > 0"))
    page.reload()
    expect(pictures(page).first).to_be_visible(timeout=15_000)
    wait_until(lambda: pictures(page).first.locator("img").evaluate("i => i.complete && i.naturalWidth > 0"))


def only_below(asked, address):
    return [url for url in asked if not url.startswith((address + "/", "blob:", "data:"))] == []


def test_the_page_works_in_a_browser(host, browser):
    page, complaints, asked = visit(browser, host.address + "/")
    paints_and_comes_back(page)
    assert complaints == []
    assert only_below(asked, host.address)
    assert any("/art/socket.io/" in url for url in asked)
    page.context.close()


def test_the_host_ends_in_good_order_with_the_worker(tmp_path):
    with HostedServer(tmp_path) as host:
        host.wait_for_worker()
        worker = host.worker_pid()
        assert host.stop(signal.SIGINT) == 0
        host._reader.join(10)
        assert "the host ends" in host.output
        assert subprocess.run(["ps", "-p", str(worker)], capture_output=True).returncode != 0
        host.start()  # the data folder is free again
        host.wait_for_worker()


def test_a_second_server_on_the_same_folder_is_refused(host, tmp_path):
    second = HostedServer(tmp_path, ARTBOT_DATA_DIR=str(host.data_dir))
    try:
        second.start(wait=False)
        assert second.process.wait(30) == 1
        second._reader.join(10)
        assert "Another server uses the data folder" in second.output
    finally:
        second.kill()


# Behind a proxy


def test_a_proxy_that_keeps_the_path_or_strips_it_without_a_word(browser, tmp_path):
    with RunningServer(tmp_path, ARTBOT_PREFIX="/art") as server:
        assert server.address.endswith("/art")
        kept = requests.get(server.address + "/", timeout=10)
        stripped = requests.get(server.address.removesuffix("/art") + "/", timeout=10)
        assert kept.text == stripped.text
        assert '"/art/static/js/main.js"' in kept.text
        page, complaints, asked = visit(browser, server.address + "/")
        paints_and_comes_back(page)
        assert complaints == []
        assert only_below(asked, server.address)
        page.context.close()


def test_a_proxy_that_strips_the_path_and_says_so(tmp_path):
    settings = {"ARTBOT_TRUSTED_PROXIES": "127.0.0.1", "ARTBOT_ACCESS_KEY": "blue whale"}
    proxied = {"X-Forwarded-Prefix": "/studio", "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    with RunningServer(tmp_path, **settings) as server:
        server.wait_for_worker()
        opened = requests.get(
            server.address + "/?access=blue whale", headers=proxied, allow_redirects=False, timeout=10
        )
        assert opened.headers["Location"] == "/studio/"
        assert "Path=/studio/" in opened.headers["Set-Cookie"]
        closed = requests.get(server.address + "/", headers=proxied, timeout=10)
        assert closed.status_code == 403
        assert '"/studio/static/css/base.css"' in closed.text
        with Client(server.address, headers=proxied, auth={"access": "blue whale"}) as client:
            job = client.job_end(client.paint())
            assert job["images"][0]["url"].startswith("/studio/images/")
            below_root = job["images"][0]["url"].removeprefix("/studio")
            assert requests.get(server.address + below_root, headers=proxied, timeout=10).status_code == 200
        with Client(server.address, auth={"access": "blue whale"}) as direct:
            job = direct.job_end(direct.paint())
            assert job["images"][0]["url"].startswith("/images/")
