"""Continuing on the page, in both languages and by keyboard: after a stop, and after the server was killed."""

import pytest
from playwright.sync_api import expect

from tests.e2e.stored import rows
from tests.server import RunningServer, wait_until

WORDS = "a castle on a mountain by the sea at night with stars"


def written(data_dir):
    """Every reply, as it is stored."""
    return rows(data_dir, "SELECT state, content FROM messages WHERE role = 'assistant' ORDER BY position")


@pytest.mark.parametrize(("locale", "name"), [("en-US", "Continue"), ("zh-CN", "接着写")])
def test_a_stopped_reply_is_continued_by_keyboard(browser, tmp_path, locale, name):
    with RunningServer(tmp_path, ARTBOT_DEMO_PACE="3", ARTBOT_WORKER="none") as slow:
        page = browser.new_context(locale=locale).new_page()
        page.goto(slow.address)
        page.fill("[data-composer] textarea", WORDS)
        page.keyboard.press("Enter")
        wait_until(lambda: len(page.locator("[data-reply]").first.inner_text()) > 20)
        page.locator("[data-stop]").first.focus()
        page.keyboard.press("Enter")
        button = page.get_by_role("button", name=name)
        expect(button).to_be_visible()
        [(state, half)] = written(tmp_path)
        assert state == "stopped"
        other = page.context.new_page()
        other.goto(slow.address)
        expect(other.get_by_role("button", name=name)).to_be_visible()
        button.focus()
        page.keyboard.press("Enter")
        for device in (page, other):
            expect(device.locator("[data-reply][aria-busy]").first).to_be_visible()
        wait_until(lambda: written(tmp_path)[0][0] == "complete", 30)
        [(_, whole)] = written(tmp_path)
        assert whole.startswith(half)
        assert len(whole) > len(half)
        for device in (page, other):
            expect(device.locator("[data-prompt]")).to_have_text(whole)
            expect(device.get_by_role("button", name=name)).to_be_hidden()
            expect(device.locator("[data-turn]")).to_have_count(1)
        page.context.close()


def test_after_a_kill_the_page_says_so_and_continues(browser, tmp_path):
    with RunningServer(tmp_path, ARTBOT_DEMO_PACE="3", ARTBOT_WORKER="none") as slow:
        page = browser.new_context(locale="en-US").new_page()
        page.goto(slow.address)
        page.fill("[data-composer] textarea", WORDS)
        page.keyboard.press("Enter")
        wait_until(lambda: written(tmp_path) and len(written(tmp_path)[0][1]) > 10)
        slow.kill()
        slow.start()
        trouble = page.locator("[data-turn] [data-error]")
        expect(trouble).to_be_visible(timeout=30_000)
        [(state, half)] = written(tmp_path)
        assert (state, trouble.locator("[data-reply]").inner_text().strip()) == ("interrupted", half.strip())
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("[data-prompt]")).to_be_visible(timeout=30_000)
        [(state, whole)] = written(tmp_path)
        assert (state, whole.startswith(half)) == ("complete", True)
        expect(page.locator("[data-prompt]")).to_have_text(whole)
        page.context.close()
