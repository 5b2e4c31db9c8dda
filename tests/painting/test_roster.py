import pytest

from artbot_server.errors import NotFound
from artbot_server.painting.jobs import JobState
from artbot_server.painting.roster import Roster
from artbot_server.sd.base import Abilities
from tests.painting.house import until
from tests.painting.scripted_backend import ScriptedBackend


@pytest.fixture
def told():
    return []


@pytest.fixture
def roster(house, told):
    house.backends.seen(ScriptedBackend(), Abilities(models=("red-v1",)))
    return Roster(house.backends, house.hub.wake, lambda: told.append("server"))


def test_records(roster):
    [record] = roster.records()
    assert (record["name"], record["up"], record["drained"], record["models"]) == ("studio", True, False, ["red-v1"])


def test_a_backend_nobody_named(roster, told):
    for act in (roster.drain, roster.resume, roster.check):
        with pytest.raises(NotFound):
            act("attic")
    assert told == []


def test_a_drained_backend_ends_its_job_and_takes_no_other(house, roster, told):
    backend = ScriptedBackend(seconds=0.5)
    house.work(backend)
    first, second = house.submit(), house.submit()
    until(lambda: backend.payloads)
    assert roster.drain("studio")["drained"]
    assert told == ["server"]
    assert house.ended(first).state is JobState.DONE
    until(lambda: "backends_changed" in house.kinds[1:])
    until(lambda: house.jobs.get(second.id).state is JobState.QUEUED)
    assert len(backend.payloads) == 1
    assert not roster.resume("studio")["drained"]
    assert house.ended(second).state is JobState.DONE
