from artbot_server.painting.batches import due_grids
from artbot_server.painting.saved_tree import grid_places, picture_places
from tests.painting.test_batches import item, one_each


def written(places):
    return [str(place) for some in places.values() for place in some]


def test_pictures_stand_where_the_articles_tool_puts_them():
    items = [item("crayon", 1, 1), item("crayon", 2, 1), item("photo", 2, 3, mode="img2img")]
    places = picture_places("2026_11_22_02_30_00", items, {0: ["png", "png"], 1: ["jpg"], 2: ["webp"]})
    assert written(places) == [
        "f/output/2026_11_22_02_30_00/images/crayon_txt_1_1_1.png",
        "f/output/2026_11_22_02_30_00/images/crayon_txt_1_1_2.png",
        "f/output/2026_11_22_02_30_00/images/crayon_txt_2_1_1.jpg",
        "f/output/2026_11_22_02_30_00/images/photo_img_2_3_1.webp",
    ]


def test_an_item_without_pictures_has_no_place():
    assert picture_places("x", [item("a"), item("b")], {1: ["png"]})[0] == []


def test_grids_stand_beside_them():
    items = [item("crayon", repeat=1), item("crayon", repeat=2), item("ink")]
    grids = due_grids(items, one_each(items))
    assert [str(place) for place in grid_places("x", grids, "jpg")] == [
        "f/output/x/grids/crayon_sub_grid_1.jpg",
        "f/output/x/grids/f_grid_1.jpg",
    ]


def test_two_templates_never_share_a_file():
    items = [item("night/city"), item("night_city"), item("Night_city")]
    places = written(picture_places("x", items, {0: ["png"], 1: ["png"], 2: ["png"]}))
    assert len({place.lower() for place in places}) == 3
    assert all(place.startswith("f/output/x/images/") and place.count("/") == 4 for place in places)
    grids = due_grids(items, {place: ["p", "q"] for place in range(3)})
    assert len({str(place).lower() for place in grid_places("x", grids, "jpg")}) == 4
