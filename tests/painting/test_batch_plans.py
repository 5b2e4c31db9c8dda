import pytest

from artbot_server.errors import BadRequest, NotFound, TooLarge
from artbot_server.painting.batch_plans import BatchOrder, FolderChoice, TemplateChoice, plan
from artbot_server.painting.templates import Bilingual, Folder, InputPictures, Library, Template

NO_TITLE, NO_INPUTS = Bilingual(), InputPictures()


def template(folder, name, mode="txt2img", title=NO_TITLE, inputs=NO_INPUTS):
    return Template(name=name, folder=folder, mode=mode, fields={}, title=title, inputs=inputs)


def folder(name, *templates, title=NO_TITLE):
    return Folder(name=name, title=title, templates={one.name: one for one in templates})


LIBRARY = Library(
    {
        "anime": folder(
            "anime",
            template("anime", "cel", title=Bilingual("Cel shading", "赛璐璐")),
            template("anime", "ink"),
            template("anime", "photo", "img2img"),
            title=Bilingual("Anime", "动漫"),
        ),
        "land": folder("land", template("land", "gouache"), template("land", "ink")),
        "own": folder("own", template("own", "own", "img2img", inputs=InputPictures(init_images=("own/a.png",)))),
        "empty": folder("empty"),
    },
    version="1",
)


def planned(**order):
    order["folders"] = [
        FolderChoice(*one) if isinstance(one, tuple) else FolderChoice(one) for one in order.get("folders", ())
    ]
    order["templates"] = [TemplateChoice(*one) for one in order.get("templates", ())]
    return plan(LIBRARY, BatchOrder(prompt="a cat", **order))


def short(found):
    return [f"{item.folder}/{item.template} {item.round}.{item.repeat}" for item in found.items]


def test_the_order_is_the_articles_tools():
    """For each folder its rounds, in a round each template, each template its repeats (R15)."""
    assert short(planned(folders=["land", "own"], rounds=2, repeats=2)) == [
        *("land/gouache 1.1", "land/gouache 1.2", "land/ink 1.1", "land/ink 1.2"),
        *("land/gouache 2.1", "land/gouache 2.2", "land/ink 2.1", "land/ink 2.2"),
        *("own/own 1.1", "own/own 1.2", "own/own 2.1", "own/own 2.2"),
    ]


def test_folders_and_templates_have_their_own_numbers():
    found = planned(folders=[("land", 2)], templates=[("anime", "ink", 3), ("anime", "cel")], rounds=1, repeats=1)
    assert short(found) == [
        *("land/gouache 1.1", "land/ink 1.1", "land/gouache 2.1", "land/ink 2.1"),
        *("anime/ink 1.1", "anime/ink 1.2", "anime/ink 1.3", "anime/cel 1.1"),
    ]


def test_templates_choose_within_their_folder():
    assert short(planned(folders=["land", "anime"], templates=[("land", "ink")])) == [
        "land/ink 1.1",
        "anime/cel 1.1",
        "anime/ink 1.1",
    ]


def test_a_template_without_its_picture_is_left_out_of_a_whole_folder():
    found = planned(folders=["anime"])
    assert short(found) == ["anime/cel 1.1", "anime/ink 1.1"]
    assert [one.name for one in found.left_out] == ["photo"]
    assert short(planned(folders=["anime"], image_id="p1"))[-1] == "anime/photo 1.1"
    assert short(planned(templates=[("anime", "photo")])) == ["anime/photo 1.1"]
    assert planned(folders=["own"]).left_out == ()


def test_labels():
    assert [(item.label, item.folder_label) for item in planned(folders=["anime"]).items] == [
        ("cel", "anime"),
        ("ink", "anime"),
    ]
    found = planned(folders=["anime"], language="zh").items
    assert [(item.label, item.folder_label) for item in found] == [("赛璐璐", "动漫"), ("ink", "动漫")]
    assert planned(folders=["anime"], language="en").items[0].label == "Cel shading"


def test_each_item_knows_its_mode():
    assert [item.mode for item in planned(folders=["own", "land"]).items] == ["img2img", "txt2img", "txt2img"]


@pytest.mark.parametrize(
    ("order", "error", "field"),
    [
        ({}, BadRequest, "folders"),
        ({"folders": ["empty"]}, BadRequest, "folders"),
        ({"folders": ["land", "land"]}, BadRequest, "folders"),
        ({"templates": [("land", "ink"), ("land", "ink", 2)]}, BadRequest, "templates"),
        ({"folders": ["nowhere"]}, NotFound, "folder"),
        ({"templates": [("land", "nothing")]}, NotFound, "template"),
        ({"templates": [("land", "../ink")]}, NotFound, "template"),
    ],
)
def test_what_cannot_be_planned_is_refused_by_name(order, error, field):
    with pytest.raises(error) as caught:
        planned(**order)
    assert caught.value.detail["field"] == field


def test_a_batch_has_an_end():
    assert len(planned(folders=["land"], rounds=10, repeats=10).items) == 200
    with pytest.raises(TooLarge) as caught:
        planned(folders=["land"], rounds=20, repeats=10)
    assert caught.value.detail["limit"] == 200
    assert "400" in caught.value.message


def test_an_order_shows_nothing_of_its_words():
    assert "secret" not in repr(BatchOrder(prompt="secret", folders=[FolderChoice("land")]))
