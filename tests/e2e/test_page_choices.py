"""The page in a real browser: prompts to choose from, settings, what is made of a picture, what is done with a conversation."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.complaints import complaints_of
from tests.e2e.stored import rows
from tests.e2e.test_page import paint, pictures, prompt_of, say
from tests.sd.fake_automatic1111.server import FakeAutomatic1111
from tests.server import RunningServer


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with RunningServer(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture
def page(browser, server):
    """A newcomer's page; any error in the console fails the test."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 860})
    page = context.new_page()
    complaints = complaints_of(page)
    page.goto(server.address)
    yield page
    context.close()
    assert complaints == []


def last_job(server):
    names = ("mode", "prompt", "overrides", "fields", "width", "height", "mask_id")
    query = f"SELECT {', '.join(names)} FROM jobs ORDER BY created_at DESC LIMIT 1"
    return dict(zip(names, rows(server.data_dir, query)[0], strict=True))


def in_picture(page, button, turn=0):
    """Open the first picture of a turn full size and press a button there."""
    pictures(page, turn).first.click()
    page.click(f"[data-viewer] [{button}]")


def test_several_ideas_one_or_more_of_which_are_painted(page, server):
    say(page, "a fox in the snow")
    prompt_of(page)
    page.click("[data-ideas]")
    ideas = page.locator("[data-candidate]")
    expect(ideas).to_have_count(3, timeout=15_000)
    prompts = ideas.locator("[data-part=prompt]").all_inner_texts()
    assert len(set(prompts)) == 3
    assert all("fox" in prompt for prompt in prompts)
    for nth in (1, 2):
        ideas.nth(nth).locator("[data-paint-candidate]").click()
        expect(pictures(page, nth + 1).first).to_be_visible(timeout=20_000)
        assert last_job(server)["prompt"] == prompts[nth]
    page.reload()
    expect(page.locator("[data-candidate]")).to_have_count(3)
    expect(page.locator("[data-turn]")).to_have_count(4)


def test_settings_change_the_next_pictures_and_nothing_else(page, server):
    page.click("[data-settings]")
    drawer = page.locator("[data-settings-drawer]")
    drawer.locator("[data-field=sampler_name] select").select_option("Euler")
    drawer.locator("[data-field=steps] input").fill("7")
    drawer.locator("[data-field=batch_size] input").fill("1")
    drawer.locator("[data-field=shape] select").select_option("square")
    expect(drawer.locator("[data-field=tiling]")).to_have_count(0)  # the demo painter has none
    page.keyboard.press("Escape")
    expect(page.locator("[data-settings]")).to_have_attribute("data-set", "4")
    paint(page)
    expect(pictures(page)).to_have_count(1)
    job = last_job(server)
    overrides = json.loads(job["overrides"])
    assert (overrides["steps"], overrides["sampler_name"], overrides["batch_size"]) == (7, "Euler", 1)
    assert job["width"] == job["height"]
    page.reload()
    page.click("[data-autopaint]")
    say(page, "at night")
    expect(pictures(page, 1)).to_have_count(1, timeout=20_000)
    assert json.loads(last_job(server)["overrides"])["steps"] == 7
    page.click("[data-settings]")
    page.click("[data-settings-drawer] [data-reset]")
    expect(page.locator("[data-settings]")).to_have_attribute("data-set", "")


def test_what_is_opened_before_the_page_has_connected_comes_when_it_has(browser, server):
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 860})
    page = context.new_page()
    held = []
    page.route_web_socket(re.compile("/socket.io/"), lambda socket: held.append(socket))
    page.goto(server.address)
    page.click("[data-settings]")
    page.wait_for_timeout(300)
    assert page.locator("[data-toast]:visible").count() == 0
    assert page.locator("[data-settings-drawer] [data-field]").count() == 0
    held[0].connect_to_server()
    expect(page.locator("[data-field=sampler_name] select")).to_be_visible()
    context.close()


def test_a_picture_is_varied_made_larger_and_changed_in_part(page, server):
    paint(page, "a cat in a garden")
    in_picture(page, "data-vary")
    expect(pictures(page, 1)).to_have_count(4, timeout=30_000)
    assert json.loads(last_job(server)["fields"])["subseed_strength"] == 0.15
    in_picture(page, "data-upscale")
    expect(pictures(page, 2)).to_have_count(1, timeout=30_000)
    larger = last_job(server)
    first = rows(server.data_dir, "SELECT width, height FROM jobs WHERE mode = 'txt2img' ORDER BY created_at DESC")[0]
    assert (larger["mode"], larger["width"], larger["height"]) == ("upscale", first[0] * 2, first[1] * 2)
    pictures(page, 2).first.click()
    expect(page.locator("[data-viewer] [data-vary]")).to_be_hidden()
    page.keyboard.press("Escape")
    in_picture(page, "data-repaint")
    canvas = page.locator("[data-repaint-dialog] canvas")
    expect(page.locator("[data-repaint-dialog] button[type=submit]")).to_be_disabled()
    canvas.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    page.fill("[data-repaint-dialog] textarea", "a red balloon")
    page.click("[data-repaint-dialog] button[type=submit]")
    expect(pictures(page, 3).first).to_be_visible(timeout=30_000)
    job = last_job(server)
    assert (job["mode"], job["prompt"], job["mask_id"] is not None) == ("img2img", "a red balloon", True)


def test_a_conversation_is_renamed_kept_as_a_file_and_closed(page, server):
    paint(page, "a lighthouse by the sea")
    page.click("nav [data-do=conversations]")
    page.click("[data-menu]")
    page.click("[data-rename]")
    page.keyboard.type("My lighthouse")
    page.keyboard.press("Enter")
    expect(page.locator(".conv b").first).to_have_text("My lighthouse")
    page.click("[data-menu]")
    with page.expect_download() as download:
        page.click("[data-export]")
    assert re.fullmatch(r"conversation-[0-9a-f-]+\.json", download.value.suggested_filename)
    kept = json.loads(download.value.path().read_text())
    assert kept["messages"][0]["content"] == "a lighthouse by the sea"
    page.click("[data-close-conversation]")
    page.click("[data-confirm]")
    expect(page.locator(".conv small").first).to_contain_text("closed")
    page.keyboard.press("Escape")
    expect(page.locator("[data-composer] textarea")).to_be_disabled()
    expect(page.locator("[data-composer] textarea")).to_have_attribute("placeholder", re.compile("closed"))
    page.click("[data-begin]")
    expect(page.locator("[data-hello]")).to_be_visible()
    expect(page.locator("[data-composer] textarea")).to_be_enabled()


def test_a_conversation_that_is_deleted_on_one_device_is_left_on_the_others(page, server):
    paint(page, "a lighthouse by the sea")
    other = page.context.new_page()
    other.goto(server.address)
    expect(pictures(other, 0).first).to_be_visible()
    other.click("nav [data-do=conversations]")
    page.click("nav [data-do=conversations]")
    page.click("[data-menu]")
    page.click("[data-delete]")
    page.click("[data-confirm]")
    expect(other.locator("[data-toast]")).to_have_text("The conversation was deleted.")
    expect(other.locator(".conv")).to_have_count(0)
    for tab in (page, other):
        expect(tab.locator("[data-hello]")).to_be_visible()


def test_every_choice_is_reached_by_keyboard_and_named(page):
    for name in ("data-settings", "data-upload"):
        assert page.locator(f"[data-composer] [{name}]").count() == 1
    page.locator("[data-settings]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-settings-drawer]")).to_be_visible()
    expect(page.locator("[data-settings-drawer] [data-field=sampler_name]")).to_be_visible()
    fields = page.locator("[data-settings-drawer] .setting")
    for nth in range(fields.count()):
        assert fields.nth(nth).locator("span").first.inner_text().strip()
    page.keyboard.press("Escape")
    expect(page.locator("[data-settings-drawer]")).to_be_hidden()
    expect(page.locator("[data-settings]")).to_be_focused()


def test_a_picture_is_described_for_the_next_prompt(page):
    paint(page, "a lighthouse by the sea")
    in_picture(page, "data-use")
    words = page.locator("[data-composer] textarea")
    words.fill("at night")
    page.click("[data-describe]")
    expect(words).to_have_value(re.compile("^at night, .*lighthouse"))
    expect(page.locator("[data-describe]")).to_have_text("Describe it")


def test_a_guide_that_would_do_nothing_is_not_offered(page):
    paint(page, "a lighthouse by the sea")
    in_picture(page, "data-use")
    page.click("[data-settings]")
    expect(page.locator("[data-field=steps]")).to_be_visible()
    expect(page.locator("[data-field=module]")).to_have_count(0)


def test_what_a_module_reads_from_a_picture_is_shown(browser, tmp_path):
    with FakeAutomatic1111(step_s=0.002) as fake, RunningServer(tmp_path, ARTBOT_SD_URL=fake.url) as server:
        server.wait_for_worker()
        context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740}, is_mobile=True)
        page = context.new_page()
        page.goto(server.address)
        paint(page, "a fox in the snow")
        in_picture(page, "data-use")
        page.click("[data-settings]")
        look = page.locator("[data-look]")
        expect(look).to_be_hidden()
        page.locator("[data-field=module] select").select_option("canny")
        look.click()
        seen = page.get_by_alt_text("从图片中读到的内容")
        expect(seen).to_be_visible()
        assert seen.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        page.locator("[data-field=module] select").select_option("invert")
        expect(seen).to_be_hidden()
        fake.fault("/controlnet/detect", (422, b'{"detail": "no"}'))
        look.click()
        expect(page.locator("[data-settings-drawer] [role=alert]:visible")).not_to_be_empty()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        context.close()


def test_the_last_sheet_ends_above_a_long_message(browser, server):
    context = browser.new_context(locale="en-US", viewport={"width": 360, "height": 740}, is_mobile=True)
    page = context.new_page()
    page.goto(server.address)
    paint(page, "a lighthouse by the sea")
    page.locator("[data-composer] textarea").fill("so many words " * 40)
    button = page.locator("[data-turn] [data-compare]:visible").last
    button.click()
    expect(page.locator("[data-compare-dialog]")).to_be_visible()
    context.close()
