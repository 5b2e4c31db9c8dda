import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from artbot_server.errors import Unavailable
from artbot_server.storage.database import Database
from artbot_server.storage.migrate import NEWEST, SCRIPTS, migrate
from artbot_server.storage.schema import metadata
from tests.postgres import postgres_url

MIGRATE = """
import sys
from artbot_server.storage.database import Database
from artbot_server.storage.migrate import migrate
database = Database(sys.argv[1])
sys.stdin.readline()
migrate(database)
database.close()
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request, tmp_path):
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'artbot.db'}"
        return
    admin = create_engine(postgres_url(), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE bare"))
    yield postgres_url().replace("/artbot?", "/bare?")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE bare"))
    admin.dispose()


def tables(database):
    return database.read(lambda connection: set(inspect(connection).get_table_names()))


def test_the_migrations_make_what_the_schema_says(bare_url):
    database = Database(bare_url)
    migrate(database)

    def differences(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, metadata)

    assert database.read(differences) == []
    assert tables(database) == {table.name for table in metadata.sorted_tables} | {"alembic_version"}
    database.close()


def test_the_files_names_say_which_is_the_newest():
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


def test_a_start_on_the_newest_shape_does_not_even_load_alembic(bare_url):
    for loads in (True, False):
        look = MIGRATE + "print('alembic' in sys.modules)"
        ran = subprocess.run(
            [sys.executable, "-c", look, bare_url], input="\n", capture_output=True, text=True, check=True
        )
        assert ran.stdout.strip() == str(loads)


def test_a_comparison_would_see_a_missing_column(bare_url):
    database = Database(bare_url)
    migrate(database)
    database.write(lambda connection: connection.execute(text("ALTER TABLE jobs DROP COLUMN steps")))
    found = database.read(lambda connection: compare_metadata(MigrationContext.configure(connection), metadata))
    assert [(kind, table, column.name) for kind, _, table, column in found] == [("add_column", "jobs", "steps")]
    database.close()


def test_a_second_start_changes_nothing(bare_url):
    database = Database(bare_url)
    migrate(database)
    database.write(lambda c: c.execute(text("INSERT INTO server_values (name, value) VALUES ('secret', 'kept')")))
    migrate(database)
    assert database.read(lambda c: c.execute(text("SELECT value FROM server_values")).scalar()) == "kept"
    database.close()


def test_processes_that_start_at_once_migrate_once(bare_url):
    command = [sys.executable, "-W", "error", "-c", MIGRATE, bare_url]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(5)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (0, "")
    database = Database(bare_url)
    assert len(tables(database)) == len(metadata.sorted_tables) + 1
    database.close()


def test_a_file_that_is_no_database_is_unavailable(tmp_path):
    path = tmp_path / "artbot.db"
    path.write_text("this is a letter to my grandmother\n" * 100)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(Unavailable):
        migrate(database)
    database.close()
