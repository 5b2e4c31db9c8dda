import threading
import time

import pytest
from sqlalchemy import Float, insert, literal, null, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from artbot_server.errors import ConfigError, NotFound, Unavailable
from artbot_server.storage.database import LONGEST_LEASE_S, Database, is_over
from artbot_server.storage.schema import server_values
from tests.storage.databases import fresh_url


def put(name, value="x"):
    return lambda connection: connection.execute(insert(server_values).values(name=name, value=value))


def names(database):
    return database.read(lambda connection: set(connection.execute(select(server_values.c.name)).scalars()))


def test_what_is_written_is_there_for_others(database):
    database.write(put("one"))
    assert names(database) == {"one"}


def test_a_write_that_raises_changes_nothing(database):
    def work(connection):
        put("one")(connection)
        raise NotFound("No.")

    with pytest.raises(NotFound):
        database.write(work)
    assert names(database) == set()
    database.write(put("two"))


@pytest.mark.parametrize(
    ("from_now", "over"), [(-0.5, 1), (5, 0), (LONGEST_LEASE_S - 5, 0), (LONGEST_LEASE_S + 5, 1), (3600, 1)]
)
def test_a_lease_is_over_when_it_ended_or_when_no_lease_could_be_so_long(database, from_now, over):
    until = literal(time.time() + from_now, Float)
    found = database.read(lambda c: c.execute(select(is_over(until, database.now))).scalar())
    assert found == over
    assert not database.read(lambda c: c.execute(select(is_over(null(), database.now))).scalar())


def test_the_databases_clock_is_the_time_now(database):
    told = database.read(lambda connection: connection.execute(select(database.now)).scalar())
    assert abs(told - time.time()) < 5


@pytest.fixture
def two(tmp_path):
    """Two processes on one SQLite file."""
    url = fresh_url("sqlite", tmp_path)
    one, other = Database(url), Database(url)
    yield one, other
    one.close()
    other.close()


def test_a_write_waits_until_the_lock_is_free(two):
    one, other = two
    holds = threading.Event()

    def hold(connection):
        put("first")(connection)
        holds.set()
        time.sleep(0.3)

    thread = threading.Thread(target=one.write, args=(hold,))
    thread.start()
    assert holds.wait(10)
    assert other.write(lambda c: set(c.execute(select(server_values.c.name)).scalars())) == {"first"}
    thread.join()


def test_a_write_that_may_not_wait_gives_up_at_once(two):
    one, other = two
    tries = []

    def hold(connection):
        put("first")(connection)
        with pytest.raises(Unavailable):
            other.write(lambda connection: tries.append(1), wait_s=0)

    one.write(hold)
    assert tries == []  # the lock is taken before the work begins
    other.write(put("second"), wait_s=0)


def test_a_reader_waits_for_no_writer_and_sees_whole_transactions(two):
    one, other = two

    def hold(connection):
        put("first")(connection)
        assert names(other) == set()

    one.write(hold)
    assert names(other) == {"first"}


def test_writes_of_many_threads_are_all_done_once(database):
    def work(number):
        for n in range(5):
            database.write(put(f"{number}-{n}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(database)) == 40


def test_a_database_that_is_not_there_is_unavailable(tmp_path):
    for url in (f"sqlite:///{tmp_path}/no/such/folder/artbot.db", f"postgresql://nobody@/x?host={tmp_path}"):
        database = Database(url)
        with pytest.raises(Unavailable) as caught:
            database.read(lambda connection: connection.execute(text("SELECT 1")))
        assert "nobody" not in caught.value.message
        database.close()


def test_a_fault_in_a_statement_is_not_tried_again(database):
    tries = []

    def work(connection):
        tries.append(1)
        connection.execute(text("SELECT * FROM nowhere"))

    with pytest.raises((Unavailable, ProgrammingError)):
        database.read(work)
    assert tries == [1]


def test_a_row_that_is_there_already_is_told_as_it_is(database):
    database.write(put("one"))
    with pytest.raises(IntegrityError):
        database.write(put("one"))


@pytest.mark.parametrize("url", ["mysql://root@host/x", "artbot.db", "", "sqlite3:///x", "http://host/x"])
def test_an_address_of_another_kind_names_the_setting(url):
    with pytest.raises(ConfigError, match="ARTBOT_DATABASE_URL"):
        Database(url)


def test_sqlite_is_set_up_for_several_processes(two):
    def settings(connection):
        asked = ("journal_mode", "busy_timeout", "synchronous", "foreign_keys")
        return [connection.execute(text(f"PRAGMA {name}")).scalar() for name in asked]

    assert two[0].read(settings) == ["wal", 0, 1, 1]


def test_a_postgresql_connection_that_was_cut_is_made_again():
    database = Database(fresh_url("postgresql", None))
    other = Database(fresh_url("postgresql", None))
    try:
        pid = database.read(lambda connection: connection.execute(text("SELECT pg_backend_pid()")).scalar())
        other.write(lambda connection: connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid}))
        database.write(put("after"))
        assert names(database) == {"after"}
    finally:
        database.close()
        other.close()
