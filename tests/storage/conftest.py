import pytest

from artbot_server.storage.database import Database
from artbot_server.storage.migrate import migrate
from tests.postgres import empty_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """An empty database of each kind."""
    database = Database(f"sqlite:///{tmp_path / 'artbot.db'}" if request.param == "sqlite" else empty_postgres())
    migrate(database)
    yield database
    database.close()
