"""The shipped nginx configuration before two web processes that share Redis and PostgreSQL: one session on both of them."""

import io

import pytest
import requests
from PIL import Image

from tests.deploy.nginx import nginx
from tests.e2e.client import Client
from tests.e2e.paced import numbered, paced
from tests.e2e.several import Several
from tests.llm.fake_openai import FakeOpenAI

pytestmark = [pytest.mark.alone, pytest.mark.long]

KEY = "blue-whale"
PIECES = numbered(100)
TEXT = "".join(PIECES)
SMALL = {"width": 128, "height": 64, "batch_size": 1}


@pytest.fixture
def front(tmp_path):
    """nginx's address, and how to learn to which process it sends a browser of a session (or one without a cookie)."""
    with FakeOpenAI() as model:
        model.answer(paced(PIECES, 0.02))
        settings = {"ARTBOT_TRUSTED_PROXIES": "127.0.0.1", "ARTBOT_ACCESS_KEY": KEY}
        settings |= {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test"}
        with Several(tmp_path, **settings) as several:
            addresses = [web.address for web in several.webs]
            with nginx(tmp_path, *addresses) as address:
                for web in several.webs:
                    web.wait_for_worker()

                def process_of(token=None):
                    requests.get(f"{address}/healthz", cookies=cookie(token), timeout=10)
                    return (tmp_path / "access.log").read_text().split()[-1]

                yield address, process_of


def cookie(token):
    return {"artbot_session": token} if token else {}


def newcomer_of_two(address, process_of):
    """A session whose browser comes to another process than its clients without a cookie do."""
    for _ in range(40):
        with Client(address, auth={"access": KEY}) as client:
            token = client.session["token"]
        if process_of(token) != process_of():
            return token
    raise AssertionError("nginx sends everybody to one process")


def test_two_devices_on_two_processes_behind_nginx_see_the_same(front):
    address, process_of = front
    token = newcomer_of_two(address, process_of)
    phone = Client(address, auth={"access": KEY, "session": token})
    browser = {"headers": {"Cookie": f"artbot_session={token}"}, "transports": ["websocket"]}
    with phone, Client(address, auth={"access": KEY}, **browser) as desk:
        assert phone.session["session_id"] == desk.session["session_id"]
        assert phone.io.transport() == desk.io.transport() == "websocket"
        for asks, other in ((phone, desk), (desk, phone)):
            reply_id = asks.say("a story")["reply_id"]
            for device in (asks, other):
                assert device.wait("gpt_chat", reply_id=reply_id)["full_message"] == TEXT
                assert device.text_of(reply_id) == TEXT
            assert len(other.all("message", reply_id=reply_id)) > len(PIECES) / 4  # as it is written
        job_id = desk.paint(overrides=SMALL)
        for device, seen_by in ((phone, None), (desk, token)):
            assert device.job_end(job_id)["state"] == "done"
            shown = device.wait("images", job_id=job_id)["images"][0]
            kept = requests.get(address + shown["url"], cookies=cookie(seen_by), timeout=10)
            assert Image.open(io.BytesIO(kept.content)).size == (128, 64)
