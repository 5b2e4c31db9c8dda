"""The page of templates in a real browser, against the real server: all that the template tool is for (row R38)."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from playwright.sync_api import expect

from tests.e2e.complaints import complaints_of
from tests.server import ROOT, RunningServer, wait_until

AXE = Path(__file__).parent.parent / "node/node_modules/axe-core/axe.min.js"
INFOTEXT = """a red fox, storybook
Negative prompt: photo
Steps: 23, Sampler: Euler a, CFG scale: 7.5, Seed: 42, Size: 640x512, Clip skip: 2, Moon phase: full"""
HTTP_REFUSALS = re.compile(r"the server responded with a status of (4\d\d)")


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """Two of the folders that come with the server, to be changed."""
    root = tmp_path_factory.mktemp("templates")
    for name in ("anime", "landscape"):
        shutil.copytree(ROOT / "sd_templates" / name, root / name)
    return root


@pytest.fixture(scope="module")
def server(tmp_path_factory, templates):
    settings = {"ARTBOT_TEMPLATES_DIR": str(templates), "ARTBOT_DEMO_PACE": "0.1"}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        running.wait_for_worker()
        yield running


def visit(browser, address, **options):
    options = {"locale": "en-US", "viewport": {"width": 1440, "height": 900}} | options
    page = browser.new_context(**options).new_page()
    page.complaints = complaints_of(page)
    page.goto(address)
    return page


@pytest.fixture
def page(browser, server):
    """The operator's page; any error in the console fails the test, but for a refusal that the page shows."""
    page = visit(browser, server.address + "/templates")
    expect(page.locator("[data-template]").first).to_be_visible()
    yield page
    page.context.close()
    assert [one for one in page.complaints if not HTTP_REFUSALS.search(one)] == []


def open_template(page, name, folder="anime"):
    page.click(f'[data-folder="{folder}"]')
    page.click(f'[data-template="{name}"]')
    expect(page.locator("[data-editor] [data-part=path]")).to_have_text(f"{folder} / {name}")


def field(page, path):
    return page.locator(f'[data-field="{path}"] :is(input, textarea, select)').first


def save(page):
    page.click("[data-editor] [data-part=save]")


def saved(page):
    expect(page.locator("[data-editor] [data-part=state]")).to_have_text("All saved")


def save_new(page, folder, name):
    """Save what has no place yet."""
    save(page)
    page.select_option("#placeFolder", folder)
    page.fill("#placeName", name)
    page.keyboard.press("Enter")
    saved(page)


def on_disk(templates, name, folder="anime"):
    return json.loads((templates / folder / f"{name}.json").read_text())


def picture(path, size=(96, 64), text=None):
    info = PngImagePlugin.PngInfo()
    if text:
        info.add_text("parameters", text)
    Image.new("RGB", size, "teal").save(path, pnginfo=info)
    return str(path)


def test_the_main_page_leads_here(browser, server):
    page = visit(browser, server.address)
    page.locator("[data-hello-picker] [data-templates]").click()
    expect(page.locator("h1")).to_have_text("Templates")
    expect(page.locator("[data-folder]")).to_have_count(2)
    expect(page.locator("[data-template] img").first).to_be_visible()
    page.context.close()


def test_a_template_is_changed_and_nothing_else_of_it(page, templates):
    before = on_disk(templates, "night-city")
    open_template(page, "night-city")
    field(page, "api_model.steps").fill("31")
    field(page, "api_model.cfg_scale").fill("7.5")
    expect(page.locator("[data-editor] [data-part=state]")).to_have_text("Not saved yet")
    page.click("[data-editor] [data-part=compare]")
    rows = page.locator('[data-dialog="compare"] tbody tr')
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Steps")).to_contain_text("31")
    page.keyboard.press("Escape")
    save(page)
    saved(page)
    before["api_model"] |= {"steps": 31, "cfg_scale": 7.5}
    assert on_disk(templates, "night-city") == before


def test_what_is_typed_wrong_is_said_beside_the_field(page, templates):
    before = on_disk(templates, "cel-shading")
    open_template(page, "cel-shading")
    field(page, "api_model.steps").fill("0")
    save(page)
    expect(field(page, "api_model.steps")).to_be_focused()
    expect(page.locator('[data-field="api_model.steps"] .err')).to_have_text("From 1 to 150.")
    field(page, "api_model.steps").fill("20")
    field(page, "api_model.sampler_name").fill("Nobody knows")
    expect(page.locator('[data-field="api_model.sampler_name"] .err')).to_contain_text("does not list")
    assert on_disk(templates, "cel-shading") == before


def test_what_the_server_refuses_is_said_beside_the_field(page, templates):
    before = on_disk(templates, "cel-shading")
    open_template(page, "cel-shading")
    page.locator('[data-group="other"] summary').click()
    other = page.locator('[data-group="other"] [data-field="api_model"] textarea')
    other.fill('{"subseed_strength": "much"}')
    save(page)
    expect(page.locator("[data-editor] .err:visible").first).to_contain_text("subseed_strength")
    assert on_disk(templates, "cel-shading") == before


def test_a_new_template_gets_a_free_name_and_can_be_painted_with(page, templates):
    page.click("[data-library] [data-part=add]")
    field(page, "api_model.prompt").fill("{prompt}, best quality")
    field(page, "api_model.width").fill("128")
    field(page, "api_model.height").fill("64")
    page.click(".try [data-part=go]")
    expect(page.locator(".try [data-part=note]")).to_contain_text("seed", timeout=30_000)
    assert not (templates / "landscape/template1.json").exists()
    save(page)
    page.select_option("#placeFolder", "landscape")
    page.locator('[data-dialog="place"] [data-part=go]').click()
    saved(page)
    assert on_disk(templates, "template1", "landscape")["api_model"]["width"] == 128
    expect(page.locator('[data-template="template1"]')).to_have_attribute("aria-current", "true")


def test_a_test_is_painted_and_nothing_is_saved(page, templates):
    before = on_disk(templates, "soft-pastel")
    open_template(page, "soft-pastel")
    field(page, "api_model.width").fill("128")
    field(page, "api_model.height").fill("64")
    field(page, "api_model.batch_size").fill("1")
    page.fill("#test-prompt", "a blue whale")
    page.click(".try [data-part=go]")
    expect(page.locator(".try [data-part=note]")).to_contain_text("seed", timeout=30_000)
    painted = page.locator(".try img")
    wait_until(lambda: painted.evaluate("i => i.naturalWidth === 128 && i.naturalHeight === 64"))
    assert on_disk(templates, "soft-pastel") == before


def test_save_as_rename_and_delete(page, templates):
    open_template(page, "cel-shading")
    page.click("[data-editor] [data-part=saveAs]")
    page.fill("#placeName", "cel-shading")
    page.keyboard.press("Enter")
    expect(page.locator("#place-err")).to_be_visible()
    page.fill("#placeName", "copied")
    page.keyboard.press("Enter")
    expect(page.locator("[data-editor] [data-part=path]")).to_have_text("anime / copied")
    assert on_disk(templates, "copied")["api_model"] == on_disk(templates, "cel-shading")["api_model"]
    page.click("[data-editor] [data-part=rename]")
    page.select_option("#placeFolder", "landscape")
    page.fill("#placeName", "night/moved")
    page.keyboard.press("Enter")
    expect(page.locator("[data-editor] [data-part=path]")).to_have_text("landscape / night/moved")
    assert not (templates / "anime/copied.json").exists()
    page.click("[data-editor] [data-part=remove]")
    page.click('[data-answer="stay"]')
    assert (templates / "landscape/night/moved.json").exists()
    page.click("[data-editor] [data-part=remove]")
    page.click('[data-answer="yes"]')
    expect(page.locator("[data-editor]")).to_be_hidden()
    assert not (templates / "landscape/night/moved.json").exists()


def test_what_is_not_saved_is_not_lost_by_a_slip(page):
    open_template(page, "cel-shading")
    field(page, "api_model.steps").fill("77")
    page.click('[data-template="soft-pastel"]')
    page.click('[data-answer="stay"]')
    expect(field(page, "api_model.steps")).to_have_value("77")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(field(page, "api_model.steps")).to_have_value("77")
    expect(page.locator("[data-editor] [data-part=path]")).to_have_text("anime / cel-shading")
    page.click("[data-editor] [data-part=discard]")
    page.click('[data-answer="drop"]')
    expect(field(page, "api_model.steps")).not_to_have_value("77")
    page.click("[data-editor] [data-part=close]")
    expect(page.locator("[data-editor]")).to_be_hidden()
    expect(page.locator('[data-template="cel-shading"]')).to_be_focused()


def test_somebody_else_may_have_saved_meanwhile(page, templates):
    open_template(page, "night-city")
    path = templates / "anime/night-city.json"
    theirs = on_disk(templates, "night-city")
    theirs["api_model"]["steps"] = 44
    path.write_text(json.dumps(theirs))
    field(page, "api_model.steps").fill("55")
    save(page)
    page.click('[data-answer="mine"]')
    saved(page)
    assert on_disk(templates, "night-city")["api_model"]["steps"] == 55


def test_units_and_pictures(page, templates, tmp_path):
    page.click("[data-library] [data-part=add]")
    page.check("[data-editor] input[value=img2img]")
    page.set_input_files('[data-field="api_model.init_images"] input', picture(tmp_path / "start.png"))
    page.click('[data-group="inpaint"] summary')
    page.set_input_files('[data-field="api_model.mask"] input', picture(tmp_path / "mask.png"))
    page.click('[data-group="controlnet"] summary')
    for n in range(3):
        page.click("[data-add-unit]")
        inside = f"api_model.alwayson_scripts.ControlNet.args.{n}"
        field(page, f"{inside}.weight").fill(f"0.{n + 1}")
    page.locator(".unit").nth(0).locator("[data-part=remove]").click()
    inside = "api_model.alwayson_scripts.ControlNet.args"
    page.set_input_files(f'[data-field="{inside}.0.image"] input', picture(tmp_path / "control.png"))
    page.set_input_files(f'[data-field="{inside}.1.image"] input', picture(tmp_path / "second.png"))
    page.click(".try [data-part=go]")
    expect(page.locator("[data-editor] .err:visible")).to_contain_text("not saved yet")
    save_new(page, "anime", "posed")
    payload = on_disk(templates, "posed")["api_model"]
    units = payload["alwayson_scripts"]["ControlNet"]["args"]
    assert [unit["weight"] for unit in units] == [0.2, 0.3]
    told = [*payload["init_images"], payload["mask"], *(unit["image"] for unit in units)]
    assert len(set(told)) == 4
    for path in told:
        with Image.open(templates / "anime" / path) as kept:
            assert kept.size == (96, 64)
    shown = page.locator(".picture-field img")
    expect(shown).to_have_count(4)
    wait_until(lambda: shown.evaluate_all("all => all.every(i => i.naturalWidth === 96)"))


def test_titles_of_templates_are_written_in_both_languages(page, templates):
    page.click("[data-library] [data-part=editFolder]")
    rows = page.locator("[data-title-of]")
    expect(rows.first).to_be_visible()
    names = [row.get_attribute("data-title-of").removesuffix(" en") for row in rows.all()[::2]]
    rows.nth(0).fill("A fox 🦊")
    rows.nth(1).fill("狐狸 “红”")
    page.locator('[data-dialog="folder"] button[type=submit]').click()
    expect(page.locator('[data-dialog="folder"]')).to_be_hidden()
    settings = [tomllib.loads(file.read_text()) for file in templates.glob("*/folder.toml")]
    titles = [each["titles"] for each in settings if names[0] in each.get("titles", {})]
    assert list(titles[0]) == [name for name in names if name in titles[0]]  # shown in this order
    assert titles[0][names[0]] == {"en": "A fox 🦊", "zh": "狐狸 “红”"}
    expect(page.locator("[data-library]")).to_contain_text("A fox 🦊")
    page.click("[data-library] [data-part=editFolder]")
    rows.nth(0).fill("")
    rows.nth(1).fill("")
    page.locator('[data-dialog="folder"] button[type=submit]').click()
    expect(page.locator("[data-library]")).not_to_contain_text("A fox 🦊")


def test_folders(page, templates):
    page.click("[data-library] [data-part=addFolder]")
    dialog = page.locator('[data-dialog="folder"]')
    dialog.locator("[data-part=title_en]").fill("Birds")
    dialog.locator("[data-part=system_prompt]").fill("Write of birds.")
    dialog.locator("[data-part=for_children]").check()
    dialog.locator("button[type=submit]").click()
    expect(page.locator("#shelf-title")).to_have_text("Birds")
    assert (templates / "template_folder1/system_prompt.md").read_text().strip() == "Write of birds."
    assert "for_children = true" in (templates / "template_folder1/folder.toml").read_text()
    page.click("[data-library] [data-part=editFolder]")
    expect(dialog.locator("[data-part=system_prompt]")).to_have_value("Write of birds.")
    dialog.locator("[data-part=title_zh]").fill("鸟")
    page.keyboard.press("Escape")
    page.click('[data-answer="stay"]')
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    assert "鸟" in (templates / "template_folder1/folder.toml").read_text()
    page.click("[data-library] [data-part=editFolder]")
    dialog.locator("[data-part=remove]").click()
    page.click('[data-answer="yes"]')
    expect(page.locator("[data-folder]")).to_have_count(2)
    assert not (templates / "template_folder1").exists()


def test_a_template_from_pasted_parameters(page, templates):
    page.click("[data-library] [data-part=from]")
    page.fill("#infotext", INFOTEXT)
    page.click('[data-dialog="from"] [data-part=go]')
    expect(field(page, "api_model.steps")).to_have_value("23")
    expect(field(page, "api_model.cfg_scale")).to_have_value("7.5")
    expect(page.locator("[data-editor] [data-part=unread]")).to_contain_text("Moon phase")
    save_new(page, "anime", "pasted")
    assert on_disk(templates, "pasted")["api_model"]["override_settings"]["CLIP_stop_at_last_layers"] == 2


def test_a_template_from_a_dropped_picture(page, tmp_path):
    file = picture(tmp_path / "made.png", text=INFOTEXT)
    page.click("[data-library] [data-part=from]")
    page.set_input_files('[data-dialog="from"] input[type=file]', file)
    expect(field(page, "api_model.seed")).to_have_value("42")
    page.evaluate("sessionStorage.clear()")


def test_a_template_from_a_picture_that_was_painted(browser, server):
    page = visit(browser, server.address)
    page.click("[data-autopaint]")
    page.fill("[data-composer] textarea", "a red fox in the snow")
    page.keyboard.press("Enter")
    page.locator("[data-picture]").first.click(timeout=30_000)
    page.locator("[data-viewer] [data-template-of]").click()
    expect(field(page, "api_model.prompt")).to_have_value(re.compile("{prompt}"))
    expect(page.locator("[data-editor] [data-part=state]")).to_have_text("Not saved yet")
    page.context.close()


def test_export_and_import(page, templates):
    open_template(page, "soft-pastel")
    with page.expect_download() as download:
        page.click("[data-editor] [data-part=export]")
    page.click("[data-editor] [data-part=close]")
    file = download.value.path().parent / download.value.suggested_filename
    download.value.save_as(file)
    page.click('[data-folder="landscape"]')
    page.click("[data-library] [data-part=from]")
    page.set_input_files('[data-dialog="from"] input[type=file]', str(file))
    expect(page.locator("[data-editor] [data-part=path]")).to_have_text(re.compile("landscape / "))
    name = page.locator("[data-editor] [data-part=path]").inner_text().removeprefix("landscape / ")
    assert on_disk(templates, name, "landscape")["api_model"] == on_disk(templates, "soft-pastel")["api_model"]


def test_the_keyboard_is_enough(page, templates):
    page.locator('[data-folder="anime"]').press("Enter")
    page.locator('[data-template="night-city"]').press("Enter")
    expect(page.locator("#editor-title")).to_be_focused()
    steps = field(page, "api_model.steps")
    steps.focus()
    steps.fill("12")
    page.locator("[data-editor] [data-part=save]").press("Enter")
    saved(page)
    page.locator("[data-editor] [data-part=close]").press("Enter")
    expect(page.locator('[data-template="night-city"]')).to_be_focused()
    assert on_disk(templates, "night-city")["api_model"]["steps"] == 12


def test_visitors_may_look_and_operators_log_in(browser, tmp_path, templates):
    with RunningServer(tmp_path, ARTBOT_OPERATOR_KEY="sesame", ARTBOT_TEMPLATES_DIR=str(templates)) as guarded:
        page = visit(browser, guarded.address)
        expect(page.locator("[data-hello-picker] [data-folder]").first).to_be_attached()
        expect(page.locator("[data-hello-picker] [data-templates]")).to_be_hidden()
        page.goto(guarded.address + "/templates")
        page.click('[data-folder="anime"]')
        expect(page.locator("[data-library] [data-part=visitor]")).to_be_visible()
        expect(page.locator("[data-library] [data-part=add]")).to_be_hidden()
        page.click("[data-library] [data-part=visitor] a")
        page.fill("#key", "sesame")
        page.keyboard.press("Enter")
        expect(page.locator("[data-library] [data-part=add]")).to_be_visible()
        page.context.close()


def test_an_access_key_is_asked_for(browser, tmp_path):
    with RunningServer(tmp_path, ARTBOT_ACCESS_KEY="knock") as guarded:
        page = visit(browser, guarded.address + "/templates")
        page.fill("#key", "knock")
        page.keyboard.press("Enter")
        expect(page.locator("[data-template]").first).to_be_visible()
        assert page.url == guarded.address + "/templates"
        page.context.close()


PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"color_scheme": "dark", "locale": "zh-CN"},
        {**PHONE},
        {**PHONE, "color_scheme": "dark", "locale": "zh-CN"},
    ],
    ids=["desktop", "desktop dark Chinese", "phone", "phone dark Chinese"],
)
def test_nothing_is_out_of_reach(browser, server, options):
    """axe-core finds nothing, and nothing scrolls sideways: the list, the whole form, each dialog."""
    page = visit(browser, server.address + "/templates", **options)
    expect(page.locator("[data-template]").first).to_be_visible()
    page.evaluate(AXE.read_text())
    look_over(page)
    page.locator('[data-template="night-city"], [data-template="golden-hour"]').first.click()
    expect(page.locator(".group").first).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
    page.locator("[data-add-unit]").click()
    look_over(page)
    page.locator("[data-editor] [data-part=saveAs]").click()
    look_over(page)
    page.keyboard.press("Escape")
    page.locator("[data-editor] [data-part=compare]").click()
    look_over(page)
    page.keyboard.press("Escape")
    page.locator("[data-editor] [data-part=close]").click()
    look_over(page)
    page.locator('[data-answer="drop"]').click()
    page.locator("[data-library] [data-part=editFolder]").click()
    expect(page.locator('[data-dialog="folder"]')).to_be_visible()
    look_over(page)
    page.keyboard.press("Escape")
    page.locator("[data-library] [data-part=from]").click()
    look_over(page)
    page.context.close()


def look_over(page):
    page.wait_for_timeout(400)  # until what opens has its colours
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]] == []
