import json
import uuid

import pytest
from sqlalchemy import event

from artbot_server.chat.conversations import EXPORT_PART, ConversationPorts, ConversationService
from artbot_server.errors import BadRequest, Busy, NotFound
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.paintings import Paintings
from artbot_server.storage.picture_files import FolderFiles
from artbot_server.storage.pictures import PictureStore
from tests.storage.conftest import database  # noqa: F401 - a fixture
from tests.storage.test_conversations import conversation, talk, turn
from tests.storage.test_paintings import painted, picture, shown


class Desk:
    """The service on a real database; what it tells and what files it removes is kept."""

    def __init__(self, database, folder):  # noqa: F811
        self.database = database
        self.store = ConversationStore(database, "web-1")
        self.jobs, self.pictures = JobStore(database), PictureStore(database, FolderFiles(folder))
        self.told, self.removed = [], []
        ports = ConversationPorts(
            jobs_of_replies=lambda session_id, ids: self._records(self.jobs.of_replies(session_id, ids)),
            jobs_of_conversation=lambda *part: self._records(self.jobs.of_conversation(*part)),
            remove_files=lambda ids: self.removed.extend(ids),
            address=lambda picture_id: f"/images/{picture_id}/thumbnail",
            own_image=self.pictures.get,
            publish=lambda session_id, told: self.told.append((session_id, told.name, told.fields())),
            new_id=lambda: str(uuid.uuid4()),
        )
        self.service = ConversationService(self.store, Paintings(database), ports)

    def _records(self, jobs):
        return [{"job_id": job.id, "created_at": job.created_at, "prompt": job.prompt} for job in jobs]


@pytest.fixture
def desk(database, tmp_path):  # noqa: F811
    return Desk(database, tmp_path)


def test_a_page_of_conversations_is_two_questions_to_the_database(desk, database):  # noqa: F811
    for number in range(20):
        desk.store.create(conversation(f"c{number:02}", updated_at=float(number)))
        painted(database, f"j{number}", 5.0, f"c{number:02}")
    asked = []
    event.listen(database._engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    page = desk.service.page("anna", None, 20)
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 2
    urls = [one["picture_url"] for one in page["conversations"]]
    assert urls == [f"/images/p-j{number}/thumbnail" for number in reversed(range(20))]


def test_pages_go_on_where_the_one_before_ended_also_at_the_same_instant(desk):
    for number in range(7):
        desk.store.create(conversation(f"c{number}", updated_at=1700000000.1 + number // 4))
    found, cursor = [], None
    while True:
        page = desk.service.page("anna", cursor, 2)
        found += [one["conversation_id"] for one in page["conversations"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert found == ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]


def test_a_bare_time_is_a_cursor_and_anything_else_is_none(desk):
    for number in range(3):
        desk.store.create(conversation(f"c{number}", updated_at=float(number)))
    assert [one["conversation_id"] for one in desk.service.page("anna", "2.0", 9)["conversations"]] == ["c1", "c0"]
    for wrong in ("yesterday", "", "-1", "nan~c1"):
        with pytest.raises(BadRequest) as caught:
            desk.service.page("anna", wrong, 9)
        assert caught.value.detail["field"] == "before"


def test_history_is_messages_with_their_jobs(desk, database):  # noqa: F811
    assert desk.service.history("anna", None, None, 9) == {
        "conversation": None,
        "messages": [],
        "jobs": [],
        "cursor": None,
    }
    talk(desk.store, 3)
    painted(database, "j1", 5.0, reply_id="r3")
    page = desk.service.history("anna", None, None, 4)
    assert [message["position"] for message in page["messages"]] == [2, 3, 4, 5]
    assert [job["job_id"] for job in page["jobs"]] == ["j1"]
    assert page["conversation"]["picture_url"] == "/images/p-j1/thumbnail"
    earlier = desk.service.history("anna", "c1", page["cursor"], 4)
    assert [message["position"] for message in earlier["messages"]] == [0, 1]
    assert (earlier["cursor"], earlier["jobs"]) == (None, [])
    with pytest.raises(NotFound):
        desk.service.history("bert", "c1", None, 4)


def test_a_new_conversation_is_renamed_and_closed_and_the_devices_are_told(desk):
    made = desk.service.create("anna", title="Foxes", folder="animals")
    named = desk.service.rename("anna", made["conversation_id"], "Red foxes")
    assert named == made | {"title": "Red foxes"}
    closed = desk.service.close("anna", made["conversation_id"])
    assert closed["closed_at"] > made["created_at"] - 1
    assert desk.service.close("anna", made["conversation_id"]) == closed
    assert desk.service.get("anna", made["conversation_id"]) == closed
    assert desk.told[:2] == [("anna", "conversation", {"conversation": each}) for each in (named, closed)]
    again = desk.service.rename("anna", made["conversation_id"], "Old foxes")
    assert (again["title"], again["closed_at"]) == ("Old foxes", closed["closed_at"])


def test_nobody_touches_anothers_conversation(desk):
    desk.store.create(conversation("c1"))
    for touch in (
        lambda: desk.service.get("bert", "c1"),
        lambda: desk.service.rename("bert", "c1", "mine"),
        lambda: desk.service.close("bert", "c1"),
        lambda: desk.service.delete("bert", "c1"),
        lambda: desk.service.export("bert", "c1"),
    ):
        with pytest.raises(NotFound):
            touch()
    assert desk.store.get("anna", "c1").closed_at is None
    assert not desk.told


def test_deleting_takes_the_files_along_and_the_devices_are_told(desk, database):  # noqa: F811
    talk(desk.store, 1)
    painted(database, "j1", 5.0)
    with pytest.raises(Busy):
        desk.service.delete("anna", "c1")
    assert not desk.told
    desk.jobs.request_cancel("j1", "anna")
    desk.service.delete("anna", "c1")
    assert desk.removed == ["p-j1"]
    assert desk.told == [("anna", "conversation_deleted", {"conversation_id": "c1"})]


def test_a_conversation_by_the_clients_own_name(desk):
    first = desk.service.named("anna", "mine")
    assert desk.service.named("anna", "mine") == first
    assert desk.service.named("anna", first) == first
    assert desk.service.named("bert", "mine") != first
    assert desk.service.named("bert", first) not in (first, "mine")
    assert desk.store.get("anna", first).client_sid == "mine"


def test_the_whole_is_written_in_parts_and_is_one_json(desk, database):  # noqa: F811
    turns = EXPORT_PART + 7
    talk(desk.store, turns)
    for number in range(EXPORT_PART + 1):
        painted(database, f"j{number:03}", 5.0 + number // 2, reply_id="r1")
    parts = list(desk.service.export("anna", "c1"))
    assert len(parts) > 6
    assert max(map(len, parts)) < len(b"".join(parts)) / 2
    whole = json.loads(b"".join(parts))
    assert [message["position"] for message in whole["messages"]] == list(range(2 * turns))
    assert [job["job_id"] for job in whole["jobs"]] == [f"j{number:03}" for number in range(EXPORT_PART + 1)]
    assert whole["conversation"] == desk.service.get("anna", "c1")
    assert whole["exported_at"] > whole["conversation"]["updated_at"]


def test_an_empty_conversation_is_written_too(desk):
    desk.store.create(conversation("c1"))
    whole = json.loads(b"".join(desk.service.export("anna", "c1")))
    assert (whole["messages"], whole["jobs"]) == ([], [])


def test_the_last_image_by_its_word(desk, database):  # noqa: F811
    desk.store.create(conversation("c1"))
    for conversation_id in ("c1", None):
        with pytest.raises(NotFound) as caught:
            desk.service.image("anna", conversation_id, "last")
        assert caught.value.detail["field"] == "image_id"
    painted(database, "j1", 5.0)
    assert desk.service.image("anna", "c1", "last") == "p-j1"
    picture(database, "upload", 1.0, kind="upload")
    shown(database, 1, "upload", 20.0)
    assert desk.service.image("anna", "c1", "last") == "upload"
    assert desk.service.image("anna", "c1", None) is None
    assert desk.service.image("anna", None, "p-j1") == "p-j1"
    with pytest.raises(NotFound):
        desk.service.image("bert", None, "p-j1")


def test_a_reply_that_runs_is_no_reason_not_to_close(desk):
    desk.store.create(conversation("c1"))
    desk.store.add_turn(turn(1))
    assert desk.service.close("anna", "c1")["closed_at"]
    desk.store.finish("anna", "r1", {"content": "A fox", "seq": 1, "state": "complete"})
    assert desk.store.message("anna", "r1").content == "A fox"
