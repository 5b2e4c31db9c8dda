import pytest

from artbot_server.commands.batch_items import merged_items, paint_items
from artbot_server.commands.batch_tree import BatchTree
from artbot_server.config import Settings
from artbot_server.errors import BackendFailed, BadRequest
from artbot_server.painting.batch_plans import BatchOrder, FolderChoice, TemplateChoice, plan
from artbot_server.studio import Studio
from tests.commands.run_artbot import ROOT
from tests.sd.fake_automatic1111 import FakeAutomatic1111

SMALL = {"width": 64, "height": 64, "steps": 2, "batch_size": 2}
TXT2IMG = "/sdapi/v1/txt2img"


def studio(**settings):
    return Studio(Settings(templates_dir=ROOT / "sd_templates", demo_pace=0.0, **settings))


def ordered(at, *templates, prompt="a lake", repeats=1, **more):
    choices = [TemplateChoice(*name.split("/")) for name in templates]
    order = BatchOrder(prompt=prompt, templates=choices, repeats=repeats, overrides=SMALL | more)
    return plan(at.templates.current(), order).items, order


def test_each_item_is_what_one_order_would_be():
    at = studio()
    items, order = ordered(at, "landscape/golden-hour", "anime/night-city")
    payloads = merged_items(at, items, order)
    assert ["landscape photography" in payload.fields["prompt"] for payload in payloads] == [True, False]
    assert all(payload.fields["prompt"].startswith("a lake, ") for payload in payloads)
    assert [payload.fields["seed"] for payload in payloads] == [-1, -1]


def test_a_seed_is_counted_on_where_a_template_comes_again():
    at = studio()
    items, order = ordered(at, "landscape/gouache", "anime/night-city", repeats=3, seed=2**32 - 3)
    seeds = [payload.fields["seed"] for payload in merged_items(at, items, order)]
    assert seeds == [2**32 - 3, 2**32 - 1, 1] * 2  # two pictures each


def test_what_cannot_be_is_told_with_its_template():
    at = studio()
    items, order = ordered(at, "landscape/gouache", "landscape/photo-to-painting")
    with pytest.raises(BadRequest, match="landscape/photo-to-painting: This template works on a picture") as caught:
        merged_items(at, items, order)
    assert caught.value.detail["template"] == "photo-to-painting"
    items, order = ordered(at, "children-animals/crayon", prompt="a bloody knife")
    with pytest.raises(BadRequest, match="children"):
        merged_items(at, items, order)


def test_a_picture_is_for_templates_that_work_on_one():
    at = studio()
    order = BatchOrder(prompt="a lake", folders=[FolderChoice("landscape")], overrides=SMALL, image_id="image")
    items = plan(at.templates.current(), order).items
    modes = {item.template: payload.mode for item, payload in zip(items, merged_items(at, items, order), strict=True)}
    assert modes["photo-to-painting"] == "img2img"
    assert modes["gouache"] == "txt2img"


def test_one_that_fails_does_not_lose_the_others(tmp_path, capsys):
    with FakeAutomatic1111() as fake:
        fake.fault(TXT2IMG, "pass", (500, b'{"error": "OutOfMemoryError", "errors": "CUDA out of memory"}'), "pass")
        at = studio(sd_urls=(fake.url,))
        items, order = ordered(at, "landscape/gouache", repeats=3)
        tree = BatchTree(tmp_path, items)
        ends = paint_items(at, items, merged_items(at, items, order), {}, tree)
    assert [end.state for end in ends] == ["done", "failed", "done"]
    assert [len(tree.pictures[place]) for place in range(3)] == [2, 0, 2]
    assert "memory" in ends[1].error["message"]
    assert (ends[0].model, ends[0].error) == ("tiny-a", None)
    assert capsys.readouterr().err.startswith("artbot: landscape/gouache, round 1, repeat 2: ")


def test_what_is_no_picture_fails_its_item_alone(tmp_path, capsys):
    with FakeAutomatic1111() as fake:
        answers = iter([lambda answer: answer | {"images": ["AAAA", "AAAA"]}, dict])
        fake.change = lambda answer: next(answers)(answer)
        at = studio(sd_urls=(fake.url,))
        items, order = ordered(at, "landscape/gouache", repeats=2)
        ends = paint_items(at, items, merged_items(at, items, order), {}, BatchTree(tmp_path, items))
    assert [end.state for end in ends] == ["failed", "done"]
    assert ends[0].error["code"] == BackendFailed.code
    assert capsys.readouterr().out == ""


def test_a_disk_that_takes_nothing_ends_it(tmp_path):
    at = studio()
    (tmp_path / "file").write_text("")
    items, order = ordered(at, "landscape/gouache", repeats=2)
    with pytest.raises(BadRequest, match="cannot be written"):
        paint_items(at, items, merged_items(at, items, order), {}, BatchTree(tmp_path / "file", items))
