import pytest

from artbot_server.painting.batches import (
    Batch,
    BatchState,
    Item,
    ItemNow,
    batch_json,
    due_grids,
    grid_names,
    progress_of,
)
from artbot_server.painting.jobs import JobState


def item(template, round=1, repeat=1, folder="f", **more):
    job_id = f"{folder}/{template} {round}.{repeat}"
    label = f"<{template}>"
    return Item(
        folder=folder,
        template=template,
        round=round,
        repeat=repeat,
        label=label,
        folder_label="动漫",
        job_id=job_id,
        **more,
    )


def one_each(items):
    return {place: [one.job_id] for place, one in enumerate(items)}


def shape(grids):
    """Each grid in short: what it is, and the pictures of its cells."""
    return [(grid.template or grid.folder, grid.round, [list(cell.pictures) for cell in grid.cells]) for grid in grids]


def test_one_template_once_gives_no_grid():
    items = [item("a")]
    assert due_grids(items, one_each(items)) == []


def test_repeats_give_a_sub_grid_each_round():
    items = [item("a", round, repeat) for round in (1, 2) for repeat in (1, 2)]
    assert shape(due_grids(items, one_each(items))) == [
        ("a", 1, [["f/a 1.1", "f/a 1.2"]]),
        ("a", 2, [["f/a 2.1", "f/a 2.2"]]),
    ]


def test_several_pictures_of_one_job_give_a_sub_grid_too():
    assert shape(due_grids([item("a")], {0: ["p1", "p2"]})) == [("a", 1, [["p1", "p2"]])]


def test_templates_give_a_comparison_each_folder_and_round():
    items = [item(name, round) for round in (1, 2) for name in "ab"] + [item("c", folder="g")]
    assert shape(due_grids(items, one_each(items))) == [
        ("f", 1, [["f/a 1.1"], ["f/b 1.1"]]),
        ("f", 2, [["f/a 2.1"], ["f/b 2.1"]]),
    ]


def test_a_cell_is_a_picture_or_the_sub_grid():
    items = [item("a", repeat=1), item("a", repeat=2), item("b")]
    sub, comparison = due_grids(items, one_each(items))
    assert (sub.template, comparison.template) == ("a", None)
    assert [(cell.label, len(cell.pictures)) for cell in comparison.cells] == [("<a>", 2), ("<b>", 1)]


def test_what_did_not_come_is_left_out():
    items = [item(name) for name in "abc"]
    assert shape(due_grids(items, {0: ["p0"], 2: ["p2"]})) == [("f", 1, [["p0"], ["p2"]])]
    assert due_grids(items, {0: ["p0"], 1: [], 2: []}) == []
    assert due_grids(items, {}) == []


def test_a_grid_keeps_its_place_whatever_becomes_of_the_others():
    items = [item("a", repeat=1), item("a", repeat=2), item("b", repeat=1), item("b", repeat=2)]
    everything = {grid.place for grid in due_grids(items, one_each(items))}
    assert everything == {0, 1, 2}
    [only] = due_grids(items, {2: ["p"], 3: ["q"]})
    assert (only.template, only.place) == ("b", 1)


def labels_of(items):
    return {place: names["label"] for place, names in grid_names(items).items()}


def test_a_grid_says_what_it_shows():
    names = grid_names([item("a", 1), item("a", 2)])
    assert names[0] == {"label": "<a> 1", "folder": "f", "template": "a", "round": 1}
    assert names[3] == {"label": "动漫 2", "folder": "f", "template": None, "round": 2}


def test_labels_say_the_round_where_there_are_several():
    assert labels_of([item("a"), item("b")]) == {0: "<a>", 1: "<b>", 2: "动漫"}
    labels = labels_of([item("a", 1), item("a", 2), item("c", folder="g")])
    assert labels == {0: "<a> 1", 1: "动漫 1", 2: "<a> 2", 3: "动漫 2", 4: "<c>", 5: "动漫"}


@pytest.mark.parametrize(
    ("items", "progress"),
    [
        ([], 1.0),
        ([ItemNow(JobState.QUEUED)], 0.0),
        ([ItemNow(JobState.DONE, 1.0), ItemNow(JobState.RUNNING, 0.5)], 0.75),
        ([ItemNow(JobState.FAILED, 0.1), ItemNow(JobState.CANCELLED)], 1.0),
        ([ItemNow(JobState.DONE, 1.0), *[ItemNow(JobState.QUEUED)] * 3], 0.25),
    ],
)
def test_progress_of_the_whole(items, progress):
    assert progress_of(items) == progress


def test_the_record():
    items = (item("a"), item("b"), item("c"), item("d"))
    batch = Batch(id="b1", session_id="anna", prompt="a cat", items=items, saved_to="2026", created_at=5.0)
    now = {"f/a 1.1": ItemNow(JobState.DONE, 1.0), "f/b 1.1": ItemNow(JobState.FAILED, 0.2)}
    now["f/c 1.1"] = ItemNow(JobState.RUNNING, 0.5)
    record = batch_json(batch, now, [{"id": "g1", "label": "动漫"}])
    assert record["batch_id"] == "b1"
    assert [record[name] for name in ("state", "total", "done", "failed", "cancelled")] == ["running", 4, 1, 1, 1]
    assert record["progress"] == 0.875
    assert record["items"][0] == {
        "job_id": "f/a 1.1",
        "folder": "f",
        "template": "a",
        "round": 1,
        "repeat": 1,
        "label": "<a>",
        "state": "done",
    }
    assert [one["state"] for one in record["items"]] == ["done", "failed", "running", "cancelled"]  # the last is gone
    assert record["grids"] == [{"id": "g1", "label": "动漫"}]
    assert record["saved_to"] is None
    assert "session_id" not in record


def test_the_record_says_where_it_was_saved_once_it_was():
    batch = Batch(id="b", session_id="s", prompt="p", items=(), saved_to="2026", ended_at=9.0, state=BatchState.DONE)
    assert batch_json(batch, {})["saved_to"] == "2026"
