"""Servers whose pictures are in a bucket: sent, painted, shown, used again, put into a grid; no folder holds any of them."""

import io

import pytest
import requests
from PIL import Image

from artbot_server.storage.s3_files import S3Files
from tests.e2e.client import Client
from tests.e2e.several import Several
from tests.e2e.test_several import uploaded
from tests.server import RunningServer, wait_until
from tests.storage.buckets import KEYS, s3_server


@pytest.fixture
def settings(monkeypatch, tmp_path):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with s3_server("art") as address:
        # A place of its own: all servers of a test run have the same memory.
        yield {"ARTBOT_PICTURES": f"s3://art/{tmp_path.name}", "ARTBOT_PICTURES_ENDPOINT": address, **KEYS}


@pytest.fixture
def server(tmp_path, settings):
    with RunningServer(tmp_path / "data", ARTBOT_DEMO_PACE="0", **settings) as running:
        yield running


def opened(server, address):
    response = requests.get(server.address + address, timeout=10)
    assert response.headers["Cache-Control"].startswith("private")
    return Image.open(io.BytesIO(response.content))


@pytest.mark.long
def test_pictures_are_painted_shown_used_again_and_compared(server):
    with Client(server.address, auth={"images": "original"}) as anna:
        images = anna.wait("images", job_id=anna.paint(), within_s=60)["images"]
        assert opened(server, images[0]["url"]).size == (images[0]["width"], images[0]["height"])
        assert opened(server, images[0]["thumbnail_url"]).format == "WEBP"
        assert Image.open(io.BytesIO(images[0]["data"])).size == (images[0]["width"], images[0]["height"])
        varied = anna.paint(image_id=images[0]["id"])
        assert anna.wait("job", job_id=varied, state="done", within_s=60)["substituted"] == []
        ack = anna.call("generate_batch", {"prompt": "a cat", "folders": [{"folder": "landscape"}]})
        batch = wait_until(
            lambda: [each for each in anna.all("batch", batch_id=ack["batch_id"]) if each["ended_at"]], 60
        )
        assert opened(server, batch[0]["grids"][0]["url"]).format == "JPEG"
    assert not list((server.data_dir / "pictures").glob("*/*"))
    first = images[0]["url"]
    assert (
        requests.get(
            server.address + first, timeout=10, headers={"If-None-Match": f'"{images[0]["id"]}-original"'}
        ).status_code
        == 304
    )


@pytest.mark.long
def test_processes_that_share_no_folder(tmp_path, settings):
    bucket = S3Files(settings["ARTBOT_PICTURES"], settings["ARTBOT_PICTURES_ENDPOINT"])
    with Several(tmp_path, ARTBOT_DEMO_PACE="0", **settings) as several, Client(several.webs[1].address) as anna:
        several.webs[1].wait_for_worker()
        kept = uploaded(several.webs[1], anna)
        job_id = anna.paint(template="photo-to-painting", image_id=kept["id"])
        assert anna.job_end(job_id)["state"] == "done"
        assert opened(several.webs[0], kept["url"]).size == (kept["width"], kept["height"])
        in_bucket = bucket.older_than(-60)
    assert in_bucket == {kept["id"], *(image["id"] for image in anna.wait("images", job_id=job_id)["images"])}
    assert not list(several.pictures.iterdir())
