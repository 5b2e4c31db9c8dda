import io
import time

import pytest
from PIL import Image

from artbot_server.commands.batch_tree import BatchTree
from artbot_server.commands.saved import checked_pictures
from artbot_server.errors import BadRequest
from artbot_server.painting.batches import Item
from artbot_server.sd.base import Picture, Result


def item(folder, template, repeat=1):
    return Item(folder=folder, template=template, round=1, repeat=repeat, label=template, folder_label=folder)


def pictures(count=1, size=(16, 16)):
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, "PNG")
    return checked_pictures(Result(tuple(Picture(buffer.getvalue(), seed=n) for n in range(count))))


def files(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_each_item_is_on_disk_as_soon_as_it_is_saved(tmp_path):
    items = [item("a", "x", 1), item("a", "x", 2), item("b", "night/y")]
    tree = BatchTree(tmp_path, items)
    assert files(tmp_path) == []
    tree.save(0, pictures(2))
    first = f"a/output/{tree.name}/images/x_txt_1_1"
    assert files(tmp_path) == [f"{first}_1.png", f"{first}_2.png"]
    tree.save(2, pictures())
    assert files(tmp_path)[2:] == [f"b/output/{tree.name}/images/night_y_txt_1_1_1.png"]
    assert [len(tree.pictures[place]) for place in range(3)] == [2, 0, 1]


def test_the_grids_are_of_what_was_saved(tmp_path):
    tree = BatchTree(tmp_path, [item("a", "x", 1), item("a", "x", 2), item("a", "y"), item("a", "z")])
    for place in (0, 1, 2):
        tree.save(place, pictures())
    tree.save_grids()
    assert [(grid.label, grid.path.name) for grid in tree.grids] == [("x", "x_sub_grid_1.jpg"), ("a", "a_grid_1.jpg")]
    for grid in tree.grids:
        assert grid.path.parent == tmp_path / "a" / "output" / tree.name / "grids"
        with Image.open(grid.path) as image:
            assert image.format == "JPEG"


def test_nothing_saved_is_no_grid_and_no_folder(tmp_path):
    tree = BatchTree(tmp_path / "new", [item("a", "x")])
    tree.save_grids()
    assert (tree.name, tree.grids, (tmp_path / "new").exists()) == (None, [], False)


def test_two_batches_of_one_second_never_share_a_folder(tmp_path):
    trees = [BatchTree(tmp_path, [item("b", "x")]), BatchTree(tmp_path, [item("a", "x"), item("b", "x")])]
    names = []
    for tree in trees * 3:
        again = BatchTree(tmp_path, tree._items)
        again.save(len(again.pictures) - 1, pictures())
        names.append(again.name)
    assert len(set(names)) == 6
    assert all(time.strptime(name[:19], "%Y_%m_%d_%H_%M_%S") for name in names)


def test_a_root_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadRequest) as caught:
        BatchTree(tmp_path / "file", [item("a", "x")]).save(0, pictures())
    assert caught.value.detail["field"] == "out"
