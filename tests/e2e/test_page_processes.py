"""The page on `artbot serve --processes 2`: the process that writes is killed, and the page goes on with the other."""

import json
import os
import signal

import pytest
from playwright.sync_api import expect

from tests.e2e.many import ManyServer
from tests.e2e.paced import paced
from tests.e2e.stored import rows
from tests.llm.fake_openai import FakeOpenAI
from tests.redis_server import RedisServer
from tests.server import wait_until

pytestmark = [pytest.mark.alone, pytest.mark.long]

PIECES = [f"red lantern {number}, " for number in range(80)]
TEXT = "".join(PIECES).strip()


@pytest.fixture
def model():
    with FakeOpenAI() as fake:
        fake.answer(paced(PIECES, 0.1))
        yield fake


@pytest.fixture
def server(tmp_path, model):
    with RedisServer(tmp_path / "redis") as redis:
        settings = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test", "ARTBOT_REDIS_URL": redis.url}
        with ManyServer(tmp_path / "data", 2, **settings) as running:
            running.wait_for_all()
            running.wait_for_worker()
            yield running


def numbers_of(page):
    """The numbers of the processes that the page's sockets came to; the list grows."""
    numbers = []

    def look(frame):
        if isinstance(frame, str) and frame.startswith("0{"):
            numbers.append(json.loads(frame[1:])["sid"].rpartition(".")[2])

    page.on("websocket", lambda opened: opened.on("framereceived", look))
    return numbers


def stored(server):
    """State and text of the one reply."""
    [(state, text)] = rows(server.data_dir, "SELECT state, content FROM messages WHERE role = 'assistant'")
    return state, text


def test_the_process_that_writes_is_killed_and_the_page_continues_and_paints(browser, server, model):
    page = browser.new_context(locale="en-US").new_page()
    numbers = numbers_of(page)
    page.goto(server.address)
    page.fill("[data-composer] textarea", "eighty lanterns")
    page.keyboard.press("Enter")
    reply = page.locator("[data-reply]").first
    wait_until(lambda: len(reply.inner_text()) > 300)
    os.kill(server.pid_of(numbers[-1]), signal.SIGKILL)
    trouble = page.locator("[data-turn] [data-error]")
    expect(trouble).to_be_visible(timeout=30_000)
    assert len(numbers) >= 2
    state, half = stored(server)
    assert (state, trouble.locator("[data-reply]").inner_text().strip()) == ("interrupted", half.strip())
    assert half
    assert "".join(PIECES).startswith(half)
    model.answer(paced(PIECES[half.count(", ") :], 0.005))
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-prompt]")).to_be_visible(timeout=30_000)
    state, whole = stored(server)
    assert (state, whole.strip()) == ("complete", TEXT)
    expect(page.locator("[data-turn]")).to_have_count(1)
    page.click("[data-paint]")
    expect(page.locator("[data-turn] [data-picture]").first).to_be_visible(timeout=30_000)
    page.context.close()
