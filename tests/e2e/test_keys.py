"""Keys serve and are forgotten: after use they are searched for in logs, rows, files, events and figures."""

import re
import sqlite3

import pytest
import requests
import socketio

from tests.e2e.client import Client
from tests.llm.fake_openai import FakeOpenAI, cut_after, delta, error, event, reply, stream
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.server import RunningServer, wait_until

CALLERS = "sk-CALLERKEYCALLERKEYCALLERKEY"
ARTICLES = "articlekey~without~any~known~shape"
SERVERS = "sk-proj-SERVERKEYSERVERKEYSERVERKEY"
ACCESS = "ACCESSKEYACCESSKEY"
OPERATOR = "OPERATORKEYOPERATORKEY"
PASSWORD = "SDPASSWORDSDPASSWORD"
SECRETS = (CALLERS, ARTICLES, SERVERS, ACCESS, OPERATOR, PASSWORD)
PROMPT = "an unmistakable axolotl"


@pytest.fixture(scope="module")
def fake():
    with FakeOpenAI() as running:
        yield running


@pytest.fixture(scope="module")
def used(tmp_path_factory, fake):
    """A server whose keys have all been used, rightly and wrongly; gives it and everything its sockets were told."""
    with FakeAutomatic1111(auth=f"painter:{PASSWORD}") as webui:
        settings = {
            "OPENAI_BASE_URL": fake.url,
            "OPENAI_API_KEY": SERVERS,
            "ARTBOT_ACCESS_KEY": ACCESS,
            "ARTBOT_OPERATOR_KEY": OPERATOR,
            "ARTBOT_SD_URL": webui.url,
            "ARTBOT_SD_AUTH": f"painter:{PASSWORD}",
            "ARTBOT_LOG_LEVEL": "debug",
        }
        with RunningServer(tmp_path_factory.mktemp("data"), **settings) as server:
            yield server, _use(server, fake)


def _use(server, fake):
    told = []
    with Client(server.address, auth={"access": ACCESS, "operator": OPERATOR}) as client:
        for answer in (
            reply(),
            lambda exchange: error(401, f"Incorrect API key provided: {exchange.key}")(exchange),
            lambda exchange: error(400, f"{exchange.key} is no good")(exchange),
            lambda exchange: stream(delta("x"), event({"error": {"message": f"crashed {exchange.key}"}}))(exchange),
            cut_after(delta("half")),
        ):
            for key in (CALLERS, None):
                fake.answer(answer)
                ack = client.say(PROMPT, **({"key": key} if key else {}))
                wait_until(lambda ack=ack: client.all("gpt_chat", **_of(ack)) or client.all("chat_error", **_of(ack)))
                told.append(ack)
            fake.answer(answer)
            article = {"messages": [{"role": "user", "content": PROMPT}], "key": ARTICLES, "client_sid": "p"}
            told.append(client.call("gpt_chat", article))
        told.append(client.call("gpt_chat", {"text": PROMPT, "key": CALLERS, "model": 5}))
        told.append(client.call("gpt_chat", {"messages": [{"role": CALLERS}], "key": ARTICLES}))
        fake.answer(reply())
        job_id = client.paint(PROMPT, overrides={"width": 64, "height": 64, "batch_size": 1, "steps": 1})
        told.append(client.job_end(job_id))
        told += [client.call("history", {}), client.call("conversations", {}), client.call("templates", {})]
        told += client.heard
    for wrong in (ACCESS[:-1] + "\x00", ACCESS.lower()):
        with pytest.raises(socketio.exceptions.ConnectionError):
            socketio.SimpleClient().connect(server.address, auth={"access": wrong})
    requests.get(server.address + "/", params={"access": ACCESS}, timeout=10)
    requests.post(server.address + "/operator", data={"key": OPERATOR}, timeout=10)
    return told


def _of(ack):
    return {"reply_id": ack["reply_id"]}


def test_the_keys_did_serve(fake, used):
    assert {CALLERS, ARTICLES, SERVERS} <= {asked.key for asked in fake.asked}
    _, told = used
    assert any(isinstance(t, dict) and t.get("state") == "done" for t in told), told


def test_no_event_holds_a_key(used):
    _, told = used
    assert len(told) > 30
    assert [secret for secret in SECRETS if secret in str(told)] == []


def test_no_row_and_no_file_holds_a_key(used):
    server, _ = used
    with sqlite3.connect(f"file:{server.data_dir / 'artbot.db'}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = str([list(database.execute(f'SELECT * FROM "{table}"')) for table in tables])
    database.close()
    assert PROMPT in rows
    assert [secret for secret in SECRETS if secret in rows] == []
    files = [path for path in server.data_dir.rglob("*") if path.is_file()]
    assert any(path.name == "artbot.db-wal" for path in files)
    for path in files:
        data = path.read_bytes()
        assert [secret for secret in SECRETS if secret.encode() in data] == [], path


def test_no_figure_holds_a_key(used):
    server, _ = used
    figures = requests.get(
        server.address + "/metrics",
        headers={"X-Artbot-Operator": OPERATOR},
        timeout=10,
    )
    assert "artbot_sockets" in figures.text
    assert [secret for secret in SECRETS if secret in figures.text] == []


def test_the_log_holds_neither_keys_nor_words(used):
    server, _ = used
    assert "reply ended" in server.output
    assert [secret for secret in SECRETS if secret in server.output] == []
    assert PROMPT not in server.output
    assert "axolotl" not in server.output
    assert not re.search(r"[A-Za-z0-9+/]{200}", server.output)  # base64
    assert "Traceback" not in server.output


def test_no_process_shows_a_key_in_its_command(used):
    server, _ = used
    with open(f"/proc/{server.process.pid}/cmdline") as web, open(f"/proc/{server.worker_pid()}/cmdline") as worker:
        commands = web.read() + worker.read()
    assert [secret for secret in SECRETS if secret in commands] == []
