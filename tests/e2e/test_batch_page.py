"""Comparing styles on the page: one prompt, many templates, a turn of its own that a reload and a second device show too."""

import json

import pytest
from playwright.sync_api import expect

from tests.e2e.test_page import paint, prompt_of, say
from tests.sd.fake_automatic1111.server import FakeAutomatic1111
from tests.server import RunningServer

TXT2IMG = "/sdapi/v1/txt2img"


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """Two folders of small templates with names in both languages; one starts from a picture."""
    root = tmp_path_factory.mktemp("templates")
    names = {"looks": {"ink": "水墨", "gouache": "水粉", "pixel": "像素"}, "others": {"plain": "素描", "photo": "照片"}}
    for folder, titles in names.items():
        (root / folder).mkdir()
        lines = [f'{name} = {{ en = "The {name}", zh = "{zh}" }}' for name, zh in titles.items()]
        head = [f'title_en = "Folder {folder}"', 'title_zh = "文件夹"', "[titles]"]
        (root / folder / "folder.toml").write_text("\n".join(head + lines))
        for name in titles:
            model = {"prompt": "", "steps": 2, "width": 128, "height": 64}
            kind = "img2img" if name == "photo" else "txt2img"
            text = json.dumps({"template_name": name, "api_model": model, "template_type": kind})
            (root / folder / f"{name}.json").write_text(text)
    return root


@pytest.fixture(scope="module")
def server(tmp_path_factory, templates):
    settings = {"ARTBOT_TEMPLATES_DIR": str(templates), "ARTBOT_SAVE_DIR": str(tmp_path_factory.mktemp("saved"))}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        running.wait_for_worker()
        yield running


@pytest.fixture
def visit(browser):
    """Opens pages of newcomers, or of the same person elsewhere; an error in any console fails the test."""
    contexts, complaints = [], []

    def visit(address, same_as=None, **looks):
        kept = same_as.context.storage_state() if same_as else None
        context = browser.new_context(
            **{"locale": "en-US", "viewport": {"width": 1280, "height": 860}} | looks, storage_state=kept
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def compare(page, words="a red fox in the snow"):
    """From words to the dialog."""
    say(page, words)
    prompt_of(page)
    page.locator("[data-turn] [data-compare]").first.click()
    dialog = page.locator("[data-compare-dialog]")
    expect(dialog).to_be_visible()
    return dialog


def order(page, **words):
    compare(page, **words).locator("[data-paint-batch]").click()
    batch = page.locator("[data-batch]")
    expect(batch).to_be_visible()
    return batch


def items(page, state):
    return page.locator(f'[data-item][data-state="{state}"]')


def folder(dialog, name):
    return dialog.get_by_role("group", name=name)


def test_a_whole_folder_is_compared_and_its_grid_kept(server, visit):
    page = visit(server.address)
    batch = order(page)
    expect(items(page, "done")).to_have_count(3, timeout=30_000)
    expect(page.locator("[data-turn]")).to_have_count(2)
    expect(page.locator("[data-turn]").nth(1)).to_contain_text("a red fox in the snow")
    expect(batch).to_contain_text("The gouache")
    grid = page.locator("[data-grid]")
    expect(grid).to_have_count(1, timeout=30_000)
    expect(grid).to_contain_text("Folder looks")
    with page.expect_download() as download:
        grid.locator("a").click()
    assert download.value.suggested_filename.startswith("art-bot-")
    grid.locator("[data-picture]").click()
    viewer = page.locator("[data-viewer]")
    expect(viewer).to_be_visible()
    expect(viewer.locator("[data-use]")).to_be_hidden()
    page.keyboard.press("u")
    expect(viewer).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(viewer.locator("[data-use]")).to_be_visible()
    viewer.locator("[data-part=again]").click()
    expect(page.locator("[data-turn]")).to_have_count(3)
    expect(page.locator("[data-turn]").nth(2).locator("[data-picture]")).to_have_count(1, timeout=30_000)


def test_a_reload_and_another_device_show_the_same(server, visit):
    page = visit(server.address)
    order(page)
    second = visit(server.address, same_as=page, locale="zh-CN", viewport={"width": 360, "height": 740}, is_mobile=True)
    expect(page.locator("[data-grid]")).to_have_count(1, timeout=30_000)
    expect(second.locator("[data-grid]")).to_have_count(1)
    expect(second.locator("[data-batch]")).to_contain_text("水粉")
    expect(second.locator("[data-grid]")).to_contain_text("文件夹")
    assert second.evaluate("document.documentElement.scrollWidth") <= 360
    sources = [image.get_attribute("src") for image in page.locator("[data-item] img").all()]
    page.reload()
    expect(items(page, "done")).to_have_count(3)
    expect(page.locator("[data-item] img[src*=images]")).to_have_count(3)
    assert [image.get_attribute("src") for image in page.locator("[data-item] img").all()] == sources
    expect(page.locator("[data-turn]")).to_have_count(2)
    page.locator("[data-new-conversation]").click()
    expect(page.locator("[data-turn]")).to_have_count(0)
    page.locator("[data-do=conversations]").first.click()
    page.locator("[data-conversations] [data-part=open]").first.click()
    expect(items(page, "done")).to_have_count(3)
    expect(page.locator("[data-grid]")).to_have_count(1)


def test_what_is_ticked_is_counted_and_bounded(server, visit):
    page = visit(server.address)
    dialog = compare(page)
    button = dialog.locator("[data-paint-batch]")
    expect(button).to_have_text("Paint 3 pictures")
    folder(dialog, "Folder looks").get_by_role("checkbox", name="The ink").uncheck()
    expect(button).to_have_text("Paint 2 pictures")
    dialog.get_by_label("Each template").fill("2")
    dialog.get_by_label("Rounds", exact=True).last.fill("3")
    dialog.get_by_label("How often The pixel").fill("5")
    dialog.get_by_label("How often The pixel").press("Tab")
    expect(button).to_have_text("Paint 21 pictures")
    expect(folder(dialog, "Folder others").get_by_role("checkbox", name="The photo")).to_be_disabled()
    dialog.get_by_role("button", name="All").click()
    dialog.get_by_label("Each template").fill("30")
    dialog.get_by_label("Each template").press("Tab")
    expect(button).to_be_disabled()
    expect(dialog).to_contain_text("100 are the most here")
    dialog.get_by_role("button", name="None").click()
    expect(button).to_be_disabled()
    expect(dialog.get_by_label("Save on the server")).to_be_visible()


def test_from_a_painted_picture_also_templates_that_need_one(server, visit):
    page = visit(server.address)
    paint(page, "a red fox")
    page.locator("[data-turn] [data-picture]").first.click()
    page.locator("[data-viewer] [data-compare]").click()
    dialog = page.locator("[data-compare-dialog]")
    expect(dialog.get_by_text("start from this one")).to_be_visible()
    dialog.get_by_role("button", name="None").click()
    dialog.locator("[data-part=all]").last.focus()
    page.keyboard.press("Space")
    dialog.get_by_label("Save on the server").check()
    dialog.locator("[data-paint-batch]").click()
    expect(items(page, "done")).to_have_count(2, timeout=30_000)
    expect(page.locator("[data-batch]")).to_contain_text("Saved on the server as", timeout=30_000)
    expect(items(page, "done").last).to_contain_text("The photo")


def test_one_failed_item_does_not_spoil_the_rest(tmp_path, templates, visit):
    with FakeAutomatic1111(step_s=0.002) as fake:
        settings = {"ARTBOT_TEMPLATES_DIR": str(templates), "ARTBOT_SD_URL": fake.url}
        with RunningServer(tmp_path, **settings) as server:
            server.wait_for_worker()
            fake.fault(TXT2IMG, "pass", (422, b'{"detail": "no"}'), "pass")
            page = visit(server.address)
            dialog = compare(page)
            expect(dialog.get_by_label("Save on the server")).to_be_hidden()
            dialog.locator("[data-paint-batch]").click()
            expect(items(page, "failed")).to_have_count(1, timeout=30_000)
            expect(items(page, "failed")).to_contain_text("The painter")
            expect(items(page, "done")).to_have_count(2, timeout=30_000)
            expect(page.locator("[data-batch]")).to_contain_text("1 was not painted")
            expect(page.locator("[data-grid]")).to_have_count(1, timeout=30_000)
            page.reload()
            expect(items(page, "failed")).to_contain_text("The painter")


def test_all_of_it_is_cancelled_by_keyboard(tmp_path, templates, visit):
    with RunningServer(tmp_path, ARTBOT_TEMPLATES_DIR=str(templates), ARTBOT_WORKER="none") as server:
        page = visit(server.address)
        order(page)
        expect(items(page, "queued")).to_have_count(3)
        page.locator("[data-cancel-batch]").focus()
        page.keyboard.press("Enter")
        expect(items(page, "cancelled")).to_have_count(3)
        expect(page.locator("[data-cancel-batch]")).to_be_hidden()
        expect(page.locator("[data-batch]")).to_contain_text("3 were cancelled")


def test_one_item_is_cancelled_and_painted_after_all(tmp_path, templates, visit):
    """Painted after all it is a turn of its own; the batch stays as it ended."""
    with RunningServer(tmp_path, ARTBOT_TEMPLATES_DIR=str(templates), ARTBOT_WORKER="none") as server:
        page = visit(server.address)
        order(page)
        page.get_by_role("button", name="Cancel The ink").click()
        expect(items(page, "cancelled")).to_have_count(1)
        expect(items(page, "cancelled")).to_contain_text("The ink")
        expect(items(page, "queued")).to_have_count(2)
        page.reload()
        again = page.get_by_role("button", name="Paint The ink once more")
        again.focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-turn]")).to_have_count(3)
        expect(page.locator("[data-turn]").nth(2)).to_contain_text("The ink")
        expect(page.locator("[data-turn]").nth(2)).to_contain_text("a red fox in the snow")
        expect(items(page, "cancelled")).to_have_count(1)
