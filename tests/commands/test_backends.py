import json

import pytest

from artbot_server.commands.backends import state, table
from artbot_server.sd.base import Abilities
from artbot_server.storage.backends import BackendStore, KnownBackend
from artbot_server.storage.database import Database
from artbot_server.storage.migrate import migrate
from tests.commands.run_artbot import artbot
from tests.painting.scripted_backend import ScriptedBackend

BIG = KnownBackend("big", "automatic1111", demo=False, up=True, abilities=None, weight=2.0, loaded_model="red-v1")
SPARE = KnownBackend("spare", "demo", demo=True, up=False, abilities=None, weight=0.5, drained=True, job_id="j1")


@pytest.fixture
def store(tmp_path):
    (tmp_path / "data").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'data' / 'artbot.db'}")
    migrate(database)
    yield BackendStore(database)
    database.close()


def test_a_table_for_people():
    assert table([BIG, SPARE]) == [
        "name   state          weight  model   paints",
        "big    up             2       red-v1  -",
        "spare  away, drained  0.5     -       j1",
    ]


def test_states():
    assert [state(BIG), state(SPARE)] == ["up", "away, drained"]


def test_before_any_worker(tmp_path):
    code, out, err = artbot("backends", folder=tmp_path)
    assert (code, out) == (0, "")
    assert "No worker has named a painter yet." in err


def test_drained_and_resumed(tmp_path, store):
    store.seen(ScriptedBackend("studio"), Abilities())
    for word, said, drained in (
        ("drain", "no more jobs", True),
        ("resume", "jobs again", False),
        ("check", "now", False),
    ):
        code, out, err = artbot("backends", word, "studio", folder=tmp_path)
        assert (code, err) == (0, "")
        assert said in out
        assert store.all()[0].drained is drained
    assert store.standing("studio").wanted.by_operator


def test_for_scripts(tmp_path, store):
    store.seen(ScriptedBackend("studio"), Abilities(models=("red-v1",)))
    code, out, _ = artbot("backends", "list", "--json", folder=tmp_path)
    [one] = json.loads(out)["backends"]
    assert (code, one["name"], one["models"]) == (0, "studio", ["red-v1"])
    code, out, _ = artbot("backends", "drain", "studio", "--json", folder=tmp_path)
    assert (code, json.loads(out)["backend"]["drained"]) == (0, True)


def test_a_name_nobody_has(tmp_path, store):
    store.seen(ScriptedBackend("studio"), Abilities())
    code, out, err = artbot("backends", "drain", "attic", folder=tmp_path)
    assert (code, out) == (1, "")
    assert "'attic'" in err
    code, out, _ = artbot("backends", "drain", "attic", "--json", folder=tmp_path)
    assert json.loads(out)["error"]["detail"]["allowed"] == ["studio"]


@pytest.mark.parametrize("words", [("drain",), ("list", "studio"), ("resume",)])
def test_half_a_command_is_told(tmp_path, words):
    code, _, err = artbot("backends", *words, folder=tmp_path)
    assert code == 1
    assert "artbot backends" in err


def test_another_word_is_refused(tmp_path):
    code, _, err = artbot("backends", "kill", "studio", folder=tmp_path)
    assert code == 2
    assert "drain" in err
