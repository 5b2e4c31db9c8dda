import threading

import pytest
from sqlalchemy import select

from artbot_server.storage import schema
from artbot_server.storage.sessions import Signer, keep_session, shared_secret

SIGNER = Signer(b"x" * 32)


def sessions(database):
    return database.read(lambda connection: connection.execute(select(schema.sessions)).fetchall())


def test_each_token_opens_a_session_of_its_own():
    tokens = {SIGNER.new_token() for _ in range(50)}
    ids = {SIGNER.session_of(token) for token in tokens}
    assert len(tokens) == len(ids) == 50
    assert None not in ids


def test_a_token_opens_the_same_session_in_every_process_with_the_secret():
    token = SIGNER.new_token()
    assert Signer(b"x" * 32).session_of(token) == SIGNER.session_of(token)
    assert Signer(b"y" * 32).session_of(token) is None


def test_a_sessions_id_does_not_give_its_token_away():
    token = SIGNER.new_token()
    id = SIGNER.session_of(token)
    assert id.startswith("s_")
    assert len(id) == 22
    assert token.partition(".")[0] not in id
    assert SIGNER.session_of(id) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda token: "",
        lambda token: ".",
        lambda token: token.partition(".")[0],
        lambda token: token.partition(".")[0] + ".",
        lambda token: "A" + token,
        lambda token: token + "A",
        lambda token: token.swapcase(),
        lambda token: token + ".more",
        lambda token: "狐狸.狐狸",
        lambda token: token.replace(".", "\0."),
    ],
)
def test_a_changed_token_opens_nothing(change):
    assert SIGNER.session_of(change(SIGNER.new_token())) is None


def test_a_signature_holds_for_its_purpose_and_text_alone():
    signature = SIGNER.signature("picture", "p1/original")
    assert len(signature) == 22
    assert SIGNER.matches("picture", "p1/original", signature)
    assert not SIGNER.matches("session", "p1/original", signature)
    assert not SIGNER.matches("picture", "p1/thumbnail", signature)
    assert not SIGNER.matches("picture", "p1/original", "ü" * 22)


def test_the_secret_is_made_once_and_kept(database):
    first = shared_secret(database)
    assert len(first) == 32
    assert shared_secret(database) == first


def test_processes_that_start_at_the_same_instant_share_one_secret(database):
    begin, found = threading.Barrier(5), []

    def start():
        begin.wait()
        found.append(shared_secret(database))

    threads = [threading.Thread(target=start) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 5
    assert len(set(found)) == 1


def test_a_session_is_written_once_and_keeps_its_time(database):
    database.write(lambda connection: keep_session(connection, "anna"))
    first = sessions(database)
    database.write(lambda connection: keep_session(connection, "anna"))
    assert sessions(database) == first
    assert [row.id for row in first] == ["anna"]


def test_a_session_may_begin_in_several_places_at_the_same_instant(database):
    begin, done = threading.Barrier(5), []

    def work():
        begin.wait()
        database.write(lambda connection: keep_session(connection, "anna"))
        done.append(True)

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 5
    assert len(sessions(database)) == 1
