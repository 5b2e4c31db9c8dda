import pytest

from artbot_server.errors import NotFound
from artbot_server.painting.health import NOBODY, Wanted
from artbot_server.sd.base import Abilities, Checkpoint
from artbot_server.storage.backends import SEEN_FOR_S, BackendStore, Standing, merged
from artbot_server.storage.schema import backends
from tests.painting.scripted_backend import ScriptedBackend
from tests.storage.stored import claims, put

RED = Checkpoint("red-v1", "red-v1.safetensors [3558b431d3]", "red-v1.safetensors", "3558b431d3")
FULL = Abilities(
    samplers=("Euler", "DDIM"), models=("red-v1",), fields=("steps",), max_side=1024, max_batch=4, loaded_model="red-v1",
    checkpoints=(RED,),
)  # fmt: skip


@pytest.fixture
def store(database):
    return BackendStore(database)


def test_nobody_yet(store):
    assert store.all() == []
    assert store.abilities() == Abilities()


def test_a_backend_that_was_seen(store):
    store.seen(ScriptedBackend("studio"), FULL)
    [known] = store.all()
    assert known.as_json() == {
        **{"name": "studio", "kind": "scripted", "demo": False},
        **{"up": True, "drained": False, "weight": 1.0},
    }
    assert known.abilities == store.abilities() == FULL


def test_one_that_could_never_be_reached(store):
    store.seen(ScriptedBackend("studio"), None)
    [known] = store.all()
    assert (known.up, known.abilities) == (False, None)
    assert store.abilities() == Abilities()


def test_one_that_went_away_keeps_what_it_could(store):
    store.seen(ScriptedBackend("studio"), FULL)
    store.seen(ScriptedBackend("studio"), None)
    assert store.all()[0].up is False
    assert store.abilities() == FULL


def test_one_that_came_back(store):
    store.seen(ScriptedBackend("studio"), None)
    store.seen(ScriptedBackend("studio"), FULL)
    assert store.all()[0].up is True


def test_no_news_is_bad_news(store, database):
    store.seen(ScriptedBackend("studio"), FULL)
    database.write(
        lambda connection: connection.execute(backends.update().values(seen_at=backends.c.seen_at - SEEN_FOR_S))
    )
    assert store.all()[0].up is False


def test_a_long_job_is_news(store, database):
    store.seen(ScriptedBackend("studio"), FULL)
    put(database, "j1")
    mine = claims(database)
    claimed = mine.claim("studio")
    database.write(
        lambda connection: connection.execute(backends.update().values(seen_at=backends.c.seen_at - SEEN_FOR_S))
    )
    mine.renew(claimed)
    assert store.all()[0].up is True


def test_looking_at_it_leaves_its_lease_alone(store, database):
    store.seen(ScriptedBackend("studio"), FULL)
    put(database, "j1", "j2")
    claims(database).claim("studio")
    store.seen(ScriptedBackend("studio"), FULL)
    assert claims(database, "w2").claim("studio") is None


def test_those_that_are_up_speak(store):
    store.seen(ScriptedBackend("a"), Abilities(samplers=("Euler",)))
    store.seen(ScriptedBackend("b"), FULL)
    store.seen(ScriptedBackend("b"), None)
    assert store.abilities().samplers == ("Euler",)


@pytest.mark.parametrize(
    ("several", "together"),
    [
        ([], Abilities()),
        ([FULL], FULL),
        (
            [Abilities(samplers=("Euler", "DDIM")), Abilities(samplers=("DDIM", "UniPC"))],
            Abilities(samplers=("DDIM",)),
        ),
        ([Abilities(samplers=("Euler",)), Abilities()], Abilities(samplers=("Euler",))),
        ([Abilities(models=("a", "b")), Abilities(models=("b", "c"))], Abilities(models=("a", "b", "c"))),
        ([Abilities(models=("a",)), Abilities()], Abilities()),
        (
            [
                Abilities(max_side=512, max_pixels=900, max_batch=2),
                Abilities(max_side=768, max_pixels=800, max_batch=4),
            ],
            Abilities(max_side=512, max_pixels=800, max_batch=2),
        ),
    ],
)
def test_together(several, together):
    assert merged(several) == together


def test_one_that_does_not_say_what_it_has_loaded_keeps_what_was_painted_with(store, database):
    store.seen(ScriptedBackend("studio"), Abilities())
    put(database, "j1")
    mine = claims(database)
    mine.done(mine.claim("studio"), [], model="red-v1")
    store.seen(ScriptedBackend("studio"), Abilities())
    put(database, "j2", model="blue-v1")
    put(database, "j3", model="red-v1")
    assert mine.claim("studio").id == "j3"


def test_checkpoints_of_several_are_the_sum():
    blue = Checkpoint("blue-v1", "blue-v1.safetensors", "blue-v1.safetensors")
    both = merged([FULL, Abilities(models=("blue-v1", "red-v1"), checkpoints=(blue, RED))])
    assert both.checkpoints == (RED, blue)


def test_a_weight_stays_until_another_is_set(store):
    store.seen(ScriptedBackend("studio"), FULL, weight=2.0)
    store.seen(ScriptedBackend("studio"), None)
    assert store.all()[0].weight == 2.0
    store.seen(ScriptedBackend("studio"), FULL, weight=0.5)
    assert store.all()[0].weight == 0.5


def test_drained_until_it_is_resumed(store, database):
    store.seen(ScriptedBackend("studio"), FULL)
    assert store.drain("studio") == store.all()[0]
    store.seen(ScriptedBackend("studio"), FULL)
    [known] = BackendStore(database).all()
    assert (known.up, known.drained, known.takes_jobs) == (True, True, False)
    assert store.standing("studio").drained
    assert store.resume("studio").takes_jobs
    assert not store.standing("studio").drained


@pytest.mark.parametrize("change", ["drain", "resume", "ask"])
def test_a_backend_nobody_named_cannot_be_changed(store, change):
    store.seen(ScriptedBackend("studio"), FULL)
    with pytest.raises(NotFound) as refused:
        getattr(store, change)("attic")
    assert refused.value.detail["field"] == "backend"
    assert refused.value.detail["allowed"] == ["studio"]


def test_a_drained_backend_has_no_say_while_another_takes_jobs(store):
    store.seen(ScriptedBackend("a"), Abilities(samplers=("Euler",)))
    store.seen(ScriptedBackend("b"), FULL)
    store.drain("a")
    assert store.abilities() == FULL
    store.drain("b")
    assert store.abilities().samplers == ("Euler",)


def test_the_operator_is_told_more(store, database):
    store.seen(ScriptedBackend("studio"), FULL)
    put(database, "j1")
    claims(database).claim("studio")
    [known] = store.all()
    told = known.as_operators_json()
    assert (told["model"], told["models"], told["job_id"]) == ("red-v1", ["red-v1"], "j1")
    assert told["seen_at"] > 1e9


def test_who_wants_a_backend(store, database):
    assert store.standing("studio") == Standing()
    store.seen(ScriptedBackend("studio"), FULL)
    put(database, "j1", model="blue-v1")
    assert store.standing("studio").wanted == NOBODY
    store.seen(ScriptedBackend("studio"), None)
    assert store.standing("studio").wanted == NOBODY  # it does not have that model
    put(database, "j2", model="red-v1")
    assert store.standing("studio").wanted == Wanted(by_job=True)
    store.drain("studio")
    assert store.standing("studio").wanted == NOBODY
    store.ask("studio")
    assert store.standing("studio").wanted == Wanted(by_operator=True)
    store.seen(ScriptedBackend("studio"), None)
    assert store.standing("studio").wanted == NOBODY
    store.resume("studio")
    assert store.standing("studio").wanted == Wanted(by_job=True, by_operator=True)


def test_any_job_wants_a_backend_that_was_never_reached(store, database):
    store.seen(ScriptedBackend("studio"), None)
    put(database, "j1", model="blue-v1")
    assert store.standing("studio").wanted.by_job
