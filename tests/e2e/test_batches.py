"""Batches as clients see them: over the socket and over HTTP, kept over kills, with grids that can be looked at."""

import io
import json
import shutil
import uuid

import pytest
import requests
from PIL import Image

from artbot_server.web.http.batch_records import BatchRecord, NewBatch
from tests.e2e.client import Client
from tests.e2e.stored import files_without_rows, rows
from tests.sd.fake_automatic1111.server import FakeAutomatic1111
from tests.server import RunningServer, wait_until

FIELDS = {"prompt": "best quality", "steps": 2}
TEMPLATES = {"赛璐璐": (96, 64), "gouache": (64, 96), "ink": (64, 64), "pixel": (128, 64), "Акварель": (64, 64)}


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """A folder of five templates of different sizes, and one of a single template."""
    root = tmp_path_factory.mktemp("templates")
    for folder, names in (("looks", TEMPLATES), ("alone", {"ink": (64, 64)})):
        (root / folder).mkdir()
        for name, (width, height) in names.items():
            model = FIELDS | {"width": width, "height": height}
            text = json.dumps({"template_name": name, "api_model": model, "template_type": "txt2img"})
            (root / folder / f"{name}.json").write_text(text)
    return root


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return tmp_path_factory.mktemp("saved")


@pytest.fixture(scope="module")
def server(tmp_path_factory, templates, saved):
    settings = {"ARTBOT_TEMPLATES_DIR": str(templates), "ARTBOT_SAVE_DIR": str(saved), "ARTBOT_DEMO_PACE": "0"}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        running.wait_for_worker()
        yield running


def order(client, **fields):
    ack = client.call("generate_batch", {"prompt": "a cat", "batch_id": str(uuid.uuid4())} | fields)
    assert ack["ok"], ack
    return ack


def end(client, batch_id):
    def told():
        return [batch for batch in client.all("batch", batch_id=batch_id) if batch["ended_at"] is not None]

    return wait_until(told, 60, "the end of the batch")[0]


def opened(server, grid):
    return Image.open(io.BytesIO(requests.get(server.address + grid["url"], timeout=10).content))


def back(server, client):
    return Client(server.address, auth={"session": client.session["token"]})


def test_a_batch_over_the_socket(server):
    with Client(server.address) as client, Client(server.address) as stranger:
        ack = order(client, folders=["looks"], repeats=2)
        assert [(job["template"], job["repeat"]) for job in ack["jobs"]][:3] == [
            *(("gouache", 1), ("gouache", 2), ("ink", 1))
        ]
        assert ack["left_out"] == []
        first = client.wait("batch", batch_id=ack["batch_id"])
        assert (first["total"], first["state"], first["items"]) == (10, "running", ack["jobs"])
        done = end(client, ack["batch_id"])
        assert (done["state"], done["done"], done["progress"]) == ("done", 10, 1.0)
        assert {grid["label"] for grid in done["grids"]} == {*TEMPLATES, "looks"}
        comparison = opened(server, done["grids"][-1])
        # Sub-grids of two, so the largest cell is 256 x 96.
        assert (
            comparison.size == (20 + 4 * 276, 20 + 2 * 216) == (done["grids"][-1]["width"], done["grids"][-1]["height"])
        )
        progress = [batch["progress"] for batch in client.all("batch", batch_id=ack["batch_id"])]
        assert progress == sorted(progress)
        assert client.call("batches")["batches"] == [done]
        assert stranger.call("batches")["batches"] == []
        assert stranger.all("batch") == []
        assert stranger.call("cancel_batch", {"batch_id": ack["batch_id"]})["error"]["code"] == "not_found"
        assert client.call("cancel_batch", {"batch_id": ack["batch_id"]}) == {"ok": True, "state": "done"}


def test_a_batch_is_saved_on_request(server, saved):
    with Client(server.address) as client:
        done = end(client, order(client, folders=["alone"], rounds=2, repeats=2, save=True)["batch_id"])
        root = saved / "alone" / "output" / done["saved_to"]
        assert sorted(str(path.relative_to(root)) for path in root.rglob("*.*")) == [
            *(f"grids/ink_sub_grid_{round}.jpg" for round in (1, 2)),
            *(f"images/ink_txt_{round}_{repeat}_1.png" for round in (1, 2) for repeat in (1, 2)),
        ]
        assert end(client, order(client, folders=["alone"])["batch_id"])["saved_to"] is None
        assert len(list((saved / "alone" / "output").iterdir())) == 1


def test_the_same_batch_twice_is_one(server):
    with Client(server.address) as client:
        batch_id = str(uuid.uuid4())
        acks = [order(client, folders=["alone"], batch_id=batch_id) for _ in range(2)]
        assert [job["job_id"] for job in acks[0]["jobs"]] == [job["job_id"] for job in acks[1]["jobs"]]
        end(client, batch_id)
        assert len(client.call("batches")["batches"]) == 1


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({}, "bad_request", "folders"),
        ({"folders": "looks"}, "bad_request", "folders"),
        ({"folders": [7]}, "bad_request", "folders.0"),
        ({"folders": [{"folder": "looks", "rounds": 0}]}, "bad_request", "folders.0.rounds"),
        ({"templates": [{"folder": "looks"}]}, "bad_request", "templates.0.template"),
        ({"folders": ["looks"], "repeats": 31}, "bad_request", "repeats"),
        ({"folders": ["looks"], "repeats": 30, "rounds": 2}, "too_large", "repeats"),
        ({"folders": ["nowhere"]}, "not_found", "folder"),
        ({"folders": ["looks"], "batch_id": "b1"}, "bad_request", "batch_id"),
        ({"folders": ["looks"], "conversation_id": "another's"}, "not_found", "conversation_id"),
        ({"folders": ["looks"], "language": "fr"}, "bad_request", "language"),
        ({"folders": ["looks"], "repeats": 21}, "too_many", None),
    ],
)
def test_what_is_wrong_is_said(server, asked, code, field):
    with Client(server.address) as client:
        error = client.call("generate_batch", {"prompt": "a cat"} | asked)["error"]
        assert error["code"] == code
        assert error["detail"].get("field") == field
        assert client.call("batches")["batches"] == []


def test_the_whole_over_http(server):
    base, session = server.address + "/api/v1/batches", requests.Session()
    asked = {
        "prompt": "a cat",
        "templates": [{"folder": "looks", "template": "ink", "repeats": 4}],
        "folders": ["alone"],
    }
    answer = session.post(base, json=asked, timeout=30)
    session.headers["Authorization"] = "Bearer " + answer.headers["X-Artbot-Session"]
    assert answer.status_code == 202
    made = NewBatch.model_validate(answer.json(), extra="ignore")
    assert [item.folder for item in made.items] == ["alone", *["looks"] * 4]
    one = f"{base}/{made.batch_id}"
    done = wait_until(lambda: (got := session.get(one, timeout=10).json())["ended_at"] and got, 60)
    assert [(grid.label, grid.width, grid.height) for grid in BatchRecord.model_validate(done).grids] == [
        ("ink", 192, 128)
    ]
    assert session.get(base, timeout=10).json()["batches"] == [{k: v for k, v in done.items() if k != "ok"}]
    assert session.delete(one, timeout=10).json()["state"] == "done"
    assert requests.get(one, timeout=10).json()["error"]["code"] == "not_found"
    refused = session.post(base, json={"prompt": "a cat", "folders": ["nowhere"]}, timeout=10)
    assert (refused.status_code, refused.json()["error"]["detail"]["field"]) == (404, "folder")


def test_over_http_with_chinese_labels_and_one_item_that_fails(tmp_path, templates):
    """The labels stand in the comparison in the order asked, of what was painted; the failed one tells why."""
    root = tmp_path / "templates"
    shutil.copytree(templates, root)
    titles = {"gouache": "水粉画 🎨", "ink": "水墨画", "pixel": "像素风格" * 12}
    lines = [f'{name} = {{ en = "{name} en", zh = "{title}" }}' for name, title in titles.items()]
    (root / "looks" / "folder.toml").write_text("\n".join(["[titles]", *lines]), encoding="utf-8")
    with FakeAutomatic1111(step_s=0.002) as fake:
        settings = {"ARTBOT_TEMPLATES_DIR": str(root), "ARTBOT_SD_URL": fake.url}
        with RunningServer(tmp_path / "data", **settings) as server:
            server.wait_for_worker()
            fake.fault("/sdapi/v1/txt2img", "pass", (422, b'{"detail": "no"}'), "pass")
            base = server.address + "/api/v1/batches"
            chosen = [{"folder": "looks", "template": name} for name in titles]
            answer = requests.post(base, json={"prompt": "一只猫", "templates": chosen, "language": "zh"}, timeout=30)
            own = {"Authorization": "Bearer " + answer.headers["X-Artbot-Session"]}
            one = f"{base}/{answer.json()['batch_id']}"
            done = wait_until(
                lambda: (got := requests.get(one, headers=own, timeout=10).json())["ended_at"] and got, 60
            )
            assert [item["label"] for item in done["items"]] == list(titles.values())
            assert (done["state"], done["done"], done["failed"], done["progress"]) == ("done", 2, 1, 1.0)
            failed = next(item for item in done["items"] if item["state"] == "failed")
            told = requests.get(f"{server.address}/api/v1/jobs/{failed['job_id']}", headers=own, timeout=10).json()
            assert told["error"]["code"] == "backend_refused"
            comparison = opened(server, done["grids"][0])
            # Two cells of at most 128 x 96, 20 px apart, each below a label of 100 px.
            assert comparison.size == (20 + 2 * 148, 20 + 216)
            strips = [comparison.convert("L").crop((20 + n * 148, 20, 148 + n * 148, 120)) for n in range(2)]
            assert all(strip.getextrema()[0] < 128 for strip in strips)  # something is written in both


def test_without_a_folder_nothing_can_be_saved(tmp_path, templates):
    with (
        RunningServer(tmp_path, ARTBOT_TEMPLATES_DIR=str(templates), ARTBOT_WORKER="none") as running,
        Client(running.address) as client,
    ):
        error = client.call("generate_batch", {"prompt": "a cat", "folders": ["alone"], "save": True})["error"]
        assert (error["code"], error["detail"]["field"]) == ("bad_request", "save")
        assert "ARTBOT_SAVE_DIR" in error["message"]


def test_a_conversations_history_names_its_batches_and_their_jobs_are_asked_for(server):
    with Client(server.address) as client, Client(server.address) as stranger:
        conversation_id = client.call("new_conversation", {})["conversation"]["conversation_id"]
        ack = order(client, folders=["alone"], repeats=2, conversation_id=conversation_id)
        order(client, folders=["alone"])
        done = end(client, ack["batch_id"])
        page = client.call("history", {"conversation_id": conversation_id})
        assert (page["batches"], page["jobs"]) == ([done], [])
        assert client.call("batches", {"conversation_id": conversation_id})["batches"] == [done]
        ids = [item["job_id"] for item in done["items"]]
        jobs = client.call("jobs", {"job_ids": ids})["jobs"]
        assert [(job["job_id"], job["state"], len(job["images"])) for job in jobs] == [(one, "done", 1) for one in ids]
        assert stranger.call("jobs", {"job_ids": ids})["jobs"] == []
        assert stranger.call("jobs", {"job_ids": []})["error"]["detail"]["field"] == "job_ids"
    with back(server, client) as again:
        assert again.session["batches"] == []


@pytest.mark.long
def test_a_running_batch_is_in_the_snapshot_and_survives_kills(tmp_path, templates):
    with RunningServer(tmp_path, ARTBOT_TEMPLATES_DIR=str(templates), ARTBOT_LEASE_S="2") as server:
        with Client(server.address) as client:
            ack = order(client, folders=["looks"], repeats=2)
            client.wait("job", batch_id=ack["batch_id"], state="done")
        server.kill()
        server.start()
        with back(server, client) as again:
            [batch] = again.session["batches"]
            assert (batch["batch_id"], batch["total"]) == (ack["batch_id"], 10)
            done = end(again, ack["batch_id"])
        assert (done["done"], len(done["grids"])) == (10, 6)
        assert len(rows(tmp_path, "SELECT id FROM pictures WHERE batch_id = ?", ack["batch_id"])) == 6
        assert files_without_rows(tmp_path) == set()
        with back(server, client) as after:
            assert after.session["batches"] == []


def test_a_large_batch_fits_the_snapshot(tmp_path, templates):
    settings = {"ARTBOT_TEMPLATES_DIR": str(templates), "ARTBOT_WORKER": "none"}
    with RunningServer(tmp_path, **settings) as server, Client(server.address) as client:
        ack = order(client, folders=["looks"], repeats=20, prompt="a cat on a wall, " * 40)
        with back(server, client) as again:
            [batch] = again.session["batches"]
            assert len(batch["items"]) == 100
            assert len(json.dumps(again.session, ensure_ascii=False).encode()) < 64 * 1024
        assert client.call("cancel_batch", {"batch_id": ack["batch_id"]}) == {"ok": True, "state": "cancelled"}
        told = client.wait("batch", batch_id=ack["batch_id"], state="cancelled")
        assert (told["cancelled"], told["progress"], told["ended_at"]) == (100, 1.0, None)
