"""The page in a real browser, against the real server: what a newcomer does, and what must survive a reload."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.complaints import complaints_of
from tests.e2e.stored import rows
from tests.server import RunningServer, wait_until


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with RunningServer(tmp_path_factory.mktemp("data"), ARTBOT_DEMO_PACE="0.5") as running:
        yield running


@pytest.fixture
def page(browser, server):
    """A newcomer's page; any error in the console, and any rule of the CSP that was broken, fails the test."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 860})
    page = context.new_page()
    complaints = complaints_of(page)
    page.goto(server.address)
    yield page
    context.close()
    # A network that a test took away is no fault of the page.
    assert [c for c in complaints if "ERR_INTERNET_DISCONNECTED" not in c and "ERR_CONNECTION" not in c] == []


def say(page, words):
    page.fill("[data-composer] textarea", words)
    page.keyboard.press("Enter")


def prompt_of(page, turn=0):
    card = page.locator("[data-turn]").nth(turn).locator("[data-prompt]")
    expect(card).to_be_visible(timeout=15_000)
    return card


def pictures(page, turn=0):
    return page.locator("[data-turn]").nth(turn).locator("[data-picture]")


def paint(page, words="一只在花园里的橙色小猫"):
    say(page, words)
    prompt_of(page)
    page.click("[data-paint]")
    expect(pictures(page).first).to_be_visible(timeout=30_000)


def test_from_words_to_a_picture(page):
    expect(page.locator("[data-demo-badge]")).to_be_visible()
    say(page, "一只在花园里的橙色小猫")
    card = prompt_of(page)
    expect(card).to_have_text(re.compile("orange")) if card.evaluate("e => e.tagName") != "TEXTAREA" else None
    page.click("[data-paint]")
    job = page.locator("[data-job]").first
    expect(job).to_have_attribute("data-state", re.compile("queued|running|done"), timeout=10_000)
    expect(pictures(page).first).to_be_visible(timeout=30_000)
    loaded = page.locator("[data-turn] [data-picture] img, img[data-picture]").first
    wait_until(lambda: loaded.evaluate("i => i.complete && i.naturalWidth > 0"))


def test_paint_right_away(page):
    page.click("[data-autopaint]")
    say(page, "two pandas eating bamboo")
    expect(pictures(page).first).to_be_visible(timeout=30_000)


def test_a_reload_brings_everything_back(page):
    paint(page)
    count = pictures(page).count()
    page.reload()
    expect(page.locator("[data-turn]")).to_have_count(1)
    expect(pictures(page)).to_have_count(count)
    expect(page.locator("[data-turn]").first).to_contain_text("一只在花园里的橙色小猫")


def test_a_reload_in_the_middle_of_a_reply_loses_nothing(browser, tmp_path):
    with RunningServer(tmp_path, ARTBOT_DEMO_PACE="4") as slow:
        context = browser.new_context(locale="en-US")
        page = context.new_page()
        page.goto(slow.address)
        say(page, "a castle on a mountain by the sea at night with stars")
        expect(page.locator("[data-reply]").first).not_to_be_empty(timeout=10_000)
        page.reload()
        prompt_of(page)
        shown = page.locator("[data-prompt]").first
        text = shown.input_value() if shown.evaluate("e => 'value' in e") else shown.inner_text()
        for word in ("castle", "mountain", "sea", "night"):
            assert word in text
        context.close()


def test_a_lost_network_is_said_and_mended(page):
    page.context.set_offline(True)
    say(page, "a lighthouse")
    wait_until(lambda: page.locator("[data-connection]").get_attribute("data-connection") != "online", 60)
    page.context.set_offline(False)
    prompt_of(page)


def test_stop_keeps_the_words_so_far(browser, tmp_path):
    with RunningServer(tmp_path, ARTBOT_DEMO_PACE="8") as slow:
        context = browser.new_context(locale="en-US")
        page = context.new_page()
        page.goto(slow.address)
        say(page, "a castle on a mountain")
        expect(page.locator("[data-reply]").first).not_to_be_empty(timeout=10_000)
        page.locator("[data-stop]").first.click()
        expect(page.locator("[data-stop]").first).not_to_be_visible(timeout=5_000)
        expect(page.locator("[data-turn]").first).to_contain_text("a ")
        context.close()


def test_again_paints_the_same_prompt_without_asking_the_model(page):
    paint(page, "a red fox in the snow")
    sources = {i.get_attribute("src") for i in page.locator("[data-turn] img").all()}
    page.locator("[data-again]").first.click()

    def new_pictures():
        now = {i.get_attribute("src") for i in page.locator("[data-turn] img").all()}
        return {s for s in now - sources if s and "/images/" in s}

    wait_until(new_pictures, 30)


def test_the_full_size_view_opens_closes_and_uses_a_picture(page):
    paint(page, "a whale under the sea")
    pictures(page).first.click()
    viewer = page.locator("[data-viewer]")
    expect(viewer).to_be_visible()
    with page.expect_download() as download:
        viewer.locator("[data-download]").click()
    assert download.value.suggested_filename
    viewer.locator("[data-use]").click()
    expect(viewer).not_to_be_visible()
    say(page, "make it red")
    prompt_of(page, 1)


def test_an_uploaded_picture_is_worked_on(page, tmp_path):
    from PIL import Image

    file = tmp_path / "mine.png"
    Image.new("RGB", (300, 200), "navy").save(file)
    page.set_input_files("[data-upload] input[type=file]", str(file))
    page.wait_for_timeout(500)
    page.locator("[data-autopaint]").click()
    say(page, "a boat on the sea")
    expect(pictures(page).first).to_be_visible(timeout=30_000)


def test_both_languages_and_the_switch(browser, server):
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(server.address)
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^zh"))
    chinese = page.locator("body").inner_text()
    page.click("[data-lang-switch]")
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^en"))
    assert page.locator("body").inner_text() != chinese
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^en"))
    context.close()


def test_a_phone_scrolls_down_and_never_sideways(browser, server):
    context = browser.new_context(
        locale="en-US", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(server.address)
    paint(page, "three ducklings in a pond")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_words_never_become_markup(page):
    say(page, "a cat <img src=x onerror=alert(1)> <b>bold</b>")
    expect(page.locator("[data-turn]").first).to_contain_text("<b>bold</b>")
    assert page.locator("[data-turn] b").count() == 0


def test_templates_and_folders_are_chosen_by_keyboard(page):
    folder = page.locator('[data-folder="landscape"]').first
    folder.focus()
    page.keyboard.press("Enter")
    template = page.locator('[data-template="golden-hour"]').first
    template.focus()
    page.keyboard.press("Enter")
    say(page, "mountains by a lake")
    prompt_of(page)
    page.click("[data-paint]")
    expect(pictures(page).first).to_be_visible(timeout=30_000)


def test_a_refused_order_is_said_where_it_was_asked(page):
    page.locator('[data-template="photo-to-storybook"]').first.click()
    say(page, "a brown puppy")
    card = prompt_of(page)
    page.click("[data-paint]")
    expect(page.locator("[data-error]:visible").first).to_contain_text("picture")
    expect(card).to_be_visible()
    card.fill("")
    page.click("[data-paint]")
    expect(page.locator("[data-error]:visible").first).to_contain_text("words")


def test_a_prompt_painted_late_stays_in_its_conversation(browser, tmp_path):
    with RunningServer(tmp_path, ARTBOT_DEMO_PACE="3") as slow:
        context = browser.new_context(locale="en-US")
        page = context.new_page()
        page.goto(slow.address)
        say(page, "a castle on a mountain")
        expect(page.locator("[data-reply]").first).not_to_be_empty(timeout=10_000)
        page.click("[data-autopaint]")
        page.locator("[data-new-conversation]").first.click()
        expect(page.locator("[data-turn]")).to_have_count(0)
        painted = "SELECT id FROM jobs WHERE conversation_id IS NOT NULL"
        wait_until(lambda: rows(tmp_path, painted), 20, "a job of the conversation")
        context.close()
