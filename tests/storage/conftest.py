import pytest

from artbot_server.storage.database import Database
from tests.storage.databases import KINDS, fresh_url


@pytest.fixture(params=KINDS)
def database(request, tmp_path):
    """An empty database of each kind."""
    database = Database(fresh_url(request.param, tmp_path))
    yield database
    database.close()
