import json

import pytest

from artbot_server.chat.sessions import PAGE, SessionService
from artbot_server.errors import Busy
from artbot_server.storage.session_store import SessionStore
from tests.chat.test_conversations import Desk
from tests.storage.conftest import database  # noqa: F401 - a fixture
from tests.storage.test_conversations import conversation, talk
from tests.storage.test_paintings import painted


@pytest.fixture
def desk(database, tmp_path):  # noqa: F811
    return Desk(database, tmp_path)


@pytest.fixture
def service(desk):
    publish = desk.service._ports.publish
    return SessionService(SessionStore(desk.database), desk.service, publish, desk.removed.extend)


def exported(service):
    return json.loads(b"".join(service.export("anna")))


def test_the_whole_is_one_json_also_of_an_empty_session(service):
    whole = exported(service)
    assert (whole["session"]["session_id"], whole["session"]["created_at"]) == ("anna", None)
    assert (whole["conversations"], whole["jobs"]) == ([], [])


def test_an_export_has_each_conversation_once_and_the_jobs_of_none(service, desk, database):  # noqa: F811
    talk(desk.store, 1)
    for number in range(PAGE + 2):
        desk.store.create(conversation(f"n{number:02}", updated_at=float(number)))
    painted(database, "j1", 5.0)
    painted(database, "j2", 6.0, None)
    painted(database, "j3", 6.0, None, session_id="bert")
    whole = exported(service)
    ids = [each["conversation"]["conversation_id"] for each in whole["conversations"]]
    assert sorted(ids) == ["c1", *(f"n{number:02}" for number in range(PAGE + 2))]
    of_c1 = whole["conversations"][ids.index("c1")]
    assert (len(of_c1["messages"]), [job["job_id"] for job in of_c1["jobs"]]) == (2, ["j1"])
    assert [job["job_id"] for job in whole["jobs"]] == ["j2"]


def test_a_conversation_deleted_meanwhile_is_left_out(service, desk):
    for id in ("c1", "c2", "c3"):
        desk.store.create(conversation(id))
    pieces = service.export("anna")
    so_far = [next(pieces), next(pieces)]
    desk.service.delete("anna", "c2")
    whole = json.loads(b"".join([*so_far, *pieces]))
    assert [each["conversation"]["conversation_id"] for each in whole["conversations"]] == ["c3", "c1"]


def test_the_end_of_a_session_takes_the_files_along_and_its_devices_are_told(service, desk, database):  # noqa: F811
    talk(desk.store, 1)
    painted(database, "j1", 5.0)
    with pytest.raises(Busy):
        service.delete("anna")
    assert not desk.told
    desk.jobs.request_cancel("j1", "anna")
    service.delete("anna")
    assert desk.removed == ["p-j1"]
    assert desk.told == [("anna", "conversation_deleted", {"conversation_id": "c1"})]
    assert service.record("anna")["conversations"] == 0
