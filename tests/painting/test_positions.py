import pytest

from artbot_server.painting.positions import Place, Positions
from artbot_server.sd.base import Abilities
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.database import Database
from artbot_server.storage.jobs import JobStore
from tests.painting.scripted_backend import ScriptedBackend
from tests.storage.databases import fresh_url
from tests.storage.stored import claims, put


class Told:
    """Positions with a clock of its own; `said()`: what was published since last time."""

    def __init__(self, database):
        self.database = database
        self.time = 100.0
        self._said = []
        self.positions = Positions(JobStore(database), BackendStore(database), self._hear, lambda: self.time)

    def _hear(self, session_id, event):
        assert event.name == "queue"
        self._said += [(session_id, job["job_id"], job["position"], job["eta_s"]) for job in event.jobs]

    def said(self, later=1.0):
        self.time += later
        self.positions.tick()
        said, self._said = self._said, []
        return said


@pytest.fixture
def told(tmp_path):
    database = Database(fresh_url("sqlite", tmp_path))
    BackendStore(database).seen(ScriptedBackend(), Abilities())
    yield Told(database)
    database.close()


def test_nothing_waits(told):
    assert told.positions.now() == {}
    assert told.said() == []


def test_places(told):
    put(told.database, "a1", "a2")
    put(told.database, "b1", session_id="ben")
    assert told.positions.now() == {
        "a1": Place("anna", 0, None),
        "b1": Place("ben", 1, None),
        "a2": Place("anna", 2, None),
    }


def test_only_what_changed_is_told(told):
    put(told.database, "a1", "a2", "a3")
    assert told.said() == [("anna", "a1", 0, None), ("anna", "a2", 1, None), ("anna", "a3", 2, None)]
    assert told.said() == []
    put(told.database, "b1", session_id="ben")
    assert sorted(told.said()) == [("anna", "a2", 2, None), ("anna", "a3", 3, None), ("ben", "b1", 1, None)]
    JobStore(told.database).request_cancel("a3", "anna")
    assert told.said() == []


def test_a_job_that_is_begun_moves_the_others_up(told):
    put(told.database, "a1", "a2")
    told.said()
    claims(told.database).claim("studio")
    assert told.said() == [("anna", "a2", 0, None)]


def test_at_most_once_a_second(told):
    put(told.database, "a1")
    assert told.said() == [("anna", "a1", 0, None)]
    put(told.database, "a2")
    assert told.said(later=0.9) == []
    assert told.said(later=0.2) == [("anna", "a2", 1, None)]


def test_a_known_pace_gives_an_estimate(told):
    put(told.database, "a1", "a2")
    worker = claims(told.database)
    worker.done(worker.claim("studio"), [])
    [place] = told.positions.now().values()
    assert place.eta_s == pytest.approx(0, abs=2)


def test_without_a_backend_there_is_no_estimate(told):
    put(told.database, "a1", "a2")
    worker = claims(told.database)
    worker.done(worker.claim("studio"), [])
    BackendStore(told.database).seen(ScriptedBackend(), None)
    assert told.positions.now()["a2"].eta_s is None


def test_a_job_that_comes_back_to_its_place_is_told_again(told):
    put(told.database, "a1")
    told.said()
    worker = claims(told.database)
    claimed = worker.claim("studio")
    assert told.said() == []
    worker.hand_back(claimed)
    assert told.said() == [("anna", "a1", 0, None)]
