import pytest
from sqlalchemy import insert, update

from artbot_server.chat.history import Painted
from artbot_server.storage import schema
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.paintings import Paintings
from tests.storage.stored import put
from tests.storage.test_conversations import conversation, turn


@pytest.fixture
def paintings(database):
    return Paintings(database)


def picture(database, id, at, job_id=None, kind="picture", session_id="anna", position=0):
    """A picture's row."""
    row = {"id": id, "session_id": session_id, "job_id": job_id, "kind": kind, "position": position, "bytes": 1,
           "mime": "image/png", "width": 1, "height": 1, "infotext": "", "created_at": at}  # fmt: skip
    database.write(lambda connection: connection.execute(insert(schema.pictures).values(row)))


def painted(database, id, at, conversation_id="c1", session_id="anna", **more):
    """A job that was begun at a time, with one picture `p-<id>` a second later."""
    put(database, id, session_id=session_id, conversation_id=conversation_id, **more)
    begun = update(schema.jobs).where(schema.jobs.c.id == id).values(created_at=at)
    database.write(lambda connection: connection.execute(begun))
    picture(database, f"p-{id}", at + 1, id, session_id=session_id)


def shown(database, number, image_id, at):
    """A message with a picture."""
    store = ConversationStore(database, "web-1")
    made = turn(number)
    store.add_turn(made)
    values = {"image_id": image_id, "created_at": at}
    of_it = (schema.messages.c.id == f"m{number}") & (schema.messages.c.session_id == "anna")
    database.write(lambda connection: connection.execute(update(schema.messages).where(of_it).values(values)))


@pytest.fixture
def talked(database):
    store = ConversationStore(database, "web-1")
    for id in ("c1", "c2"):
        store.create(conversation(id))


def test_the_newest_pictures_of_many_conversations_in_one_answer(database, paintings, talked):
    painted(database, "j1", 10.0)
    painted(database, "j2", 20.0)
    painted(database, "j3", 15.0, "c2")
    picture(database, "grid", 99.0, "j3", kind="grid")
    assert paintings.newest("anna", ["c1", "c2", "c3"]) == {"c1": "p-j2", "c2": "p-j3"}
    assert paintings.newest("anna", []) == {}
    assert paintings.newest("bert", ["c1"]) == {}


def test_of_one_jobs_pictures_the_first_is_the_newest(database, paintings, talked):
    put(database, "j1", conversation_id="c1")
    for position in (1, 0, 2):
        picture(database, f"p{position}", 5.0, "j1", position=position)
    assert paintings.newest("anna", ["c1"]) == {"c1": "p0"}
    assert paintings.last_image("anna", "c1") == "p0"


def test_the_last_image_is_what_was_painted_shown_or_worked_on_last(database, paintings, talked):
    assert paintings.last_image("anna", "c1") is None
    painted(database, "j1", 10.0)
    assert paintings.last_image("anna", "c1") == "p-j1"
    picture(database, "upload", 1.0, kind="upload")
    assert paintings.last_image("anna", "c1") == "p-j1"
    shown(database, 1, "upload", 20.0)
    assert paintings.last_image("anna", "c1") == "upload"
    painted(database, "j2", 30.0, image_id="upload")
    assert paintings.last_image("anna", "c1") == "p-j2"
    put(database, "j3", conversation_id="c1", image_id="upload")  # just now: it waits
    assert paintings.last_image("anna", "c1") == "upload"
    assert paintings.last_image("anna", "c2") is None
    assert paintings.last_image("bert", "c1") is None


def test_masks_grids_and_other_peoples_pictures_are_not_gone_on_from(database, paintings, talked):
    picture(database, "mask", 1.0, kind="mask")
    picture(database, "berts", 1.0, kind="upload", session_id="bert")
    shown(database, 1, "mask", 20.0)
    shown(database, 2, "berts", 30.0)
    put(database, "j1", conversation_id="c1")
    picture(database, "grid", 40.0, "j1", kind="grid")
    assert paintings.last_image("anna", "c1") is None


def test_a_reply_was_painted_with_its_last_prompt(database, paintings, talked):
    painted(database, "j1", 10.0, reply_id="r1", prompt="a fox")
    painted(database, "j2", 20.0, reply_id="r1", prompt="a red fox", negative_prompt="snow")
    painted(database, "j3", 5.0, reply_id="r2", prompt="a cat")
    painted(database, "j4", 30.0, reply_id="r2", prompt="")  # an upscale has no words
    assert paintings.of_replies("anna", ["r1", "r2", "r3"]) == {
        "r1": Painted("a red fox", "snow"),
        "r2": Painted("a cat"),
    }
    assert paintings.of_replies("bert", ["r1"]) == {}
    assert paintings.of_replies("anna", []) == {}


def test_the_prompt_of_a_picture(database, paintings, talked):
    painted(database, "j1", 10.0, prompt="a fox", negative_prompt="snow")
    picture(database, "upload", 1.0, kind="upload")
    assert paintings.of_picture("anna", "p-j1") == Painted("a fox", "snow")
    assert paintings.of_picture("anna", "upload") is None
    assert paintings.of_picture("bert", "p-j1") is None
