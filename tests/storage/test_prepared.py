from contextlib import closing

import pytest
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from artbot_server.storage.database import Database
from artbot_server.storage.prepared import Prepared, insert_of
from artbot_server.storage.schema import messages, server_values, sessions
from tests.storage.databases import fresh_url

ADD = insert_of(server_values)
VALUE = Prepared(select(server_values.c.value).where(server_values.c.name == bindparam("its_name")))
ROW = dict.fromkeys(messages.columns.keys())
ROW |= {
    "session_id": "anna",
    "id": "r1",
    "conversation_id": "c1",
    "position": 0,
    "role": "assistant",
    "created_at": 1.0,
}
ROW |= {"content": "a “fox” 狐狸", "state": "complete", "message_id": "m1", "seq": 3}


def test_rows_are_written_and_the_first_one_is_read(database):
    assert database.write(lambda connection: ADD.run(connection, {"name": "a", "value": "1"})) == 1
    assert database.read(lambda connection: VALUE.first(connection, {"its_name": "a"})) == ("1",)
    assert database.read(lambda connection: VALUE.first(connection, {"its_name": "b"})) is None


def test_how_many_rows_were_changed(database):
    for name in ("a", "b"):
        database.write(lambda connection, name=name: ADD.run(connection, {"name": name, "value": "1"}))
    change = Prepared(update(server_values).where(server_values.c.value == bindparam("old")), ("value",))
    assert database.write(lambda connection: change.run(connection, {"old": "1", "value": "2"})) == 2
    assert database.write(lambda connection: change.run(connection, {"old": "1", "value": "2"})) == 0


def test_it_writes_what_sqlalchemy_would_also_json_and_its_own_constants(database):
    usage, error = {"total_tokens": 7, "ein Wort": "狐"}, {"code": "x", "detail": {"allowed": [1, None]}}
    row = {name: value for name, value in ROW.items() if name != "owner"} | {"usage": usage, "error": error}
    made = Prepared(messages.insert().values(owner="web-1"), tuple(row))
    database.write(lambda connection: made.run(connection, row))
    found = database.read(lambda connection: connection.execute(select(messages)).mappings().one())
    assert dict(found) == ROW | {"usage": usage, "error": error, "owner": "web-1"}


def test_a_missing_value_is_a_fault_and_nothing_is_written(database):
    with pytest.raises(KeyError, match="value"):
        database.write(lambda connection: ADD.run(connection, {"name": "a"}))
    assert database.read(lambda connection: VALUE.first(connection, {"its_name": "a"})) is None


def test_plain_sql_has_its_values_by_name(database):
    keep = Prepared(text("INSERT INTO sessions (id, created_at) VALUES (:id, :now) ON CONFLICT (id) DO NOTHING"))
    for now in (1.0, 2.0):
        database.write(lambda connection, now=now: keep.run(connection, {"id": "anna", "now": now}))
    assert database.read(lambda connection: connection.execute(select(sessions)).fetchall()) == [("anna", 1.0)]


def test_one_statement_serves_several_databases(tmp_path, postgres):
    with closing(Database(fresh_url("sqlite", tmp_path))) as sqlite:
        _used_on(sqlite, postgres, sqlite)


def _used_on(*several):
    for number, database in enumerate(several):
        row = {"name": f"name {number}", "value": "1"}
        database.write(lambda connection, row=row: ADD.run(connection, row))
        its = {"its_name": row["name"]}
        assert database.read(lambda connection, its=its: VALUE.first(connection, its)) == ("1",)


def test_an_error_has_sqlalchemys_name_and_nothing_is_half_written(database):
    database.write(lambda connection: ADD.run(connection, {"name": "a", "value": "1"}))

    def twice(connection):
        ADD.run(connection, {"name": "b", "value": "1"})
        ADD.run(connection, {"name": "a", "value": "2"})

    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        database.write(twice)
    assert database.read(lambda connection: VALUE.first(connection, {"its_name": "b"})) is None


def test_a_statement_of_no_table_is_a_fault_of_ours(postgres):
    with pytest.raises(DBAPIError, match="nowhere") as raised:
        postgres.write(lambda connection: Prepared(text("DELETE FROM nowhere")).run(connection, {}))
    assert not raised.value.connection_invalidated


@pytest.fixture
def postgres(tmp_path):
    with closing(Database(fresh_url("postgresql", tmp_path))) as database:
        yield database


def cut(postgres, connection):
    """End a connection from another one."""
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    postgres.write(lambda one: one.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid}))


def test_a_connection_that_was_cut_is_not_used_again(postgres):
    tries = []

    def once_cut(connection):
        tries.append(connection)
        if len(tries) == 1:
            cut(postgres, connection)
        return VALUE.first(connection, {"its_name": "a"})

    postgres.write(lambda connection: ADD.run(connection, {"name": "a", "value": "1"}))
    assert postgres.read(once_cut) == ("1",)
    assert len(tries) == 2


def test_what_a_cut_connection_raises(postgres):
    seen = []

    def look(connection):
        if not seen:
            cut(postgres, connection)
            try:
                VALUE.first(connection, {"its_name": "a"})
            except OperationalError as error:
                seen.append((error.connection_invalidated, connection.invalidated))
                raise

    postgres.read(look)
    assert seen == [(True, True)]
