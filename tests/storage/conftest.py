import pytest

from artbot_server.storage.database import Database
from artbot_server.storage.s3_files import S3Files
from tests.storage.buckets import KEYS, s3_server
from tests.storage.databases import KINDS, fresh_url


@pytest.fixture(params=KINDS)
def database(request, tmp_path):
    """An empty database of each kind."""
    database = Database(fresh_url(request.param, tmp_path))
    yield database
    database.close()


@pytest.fixture(scope="module")
def endpoint():
    """The address of an S3 server with the bucket `art`."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in KEYS.items():
            environment.setenv(name, value)
        with s3_server("art") as address:
            yield address


@pytest.fixture
def bucket(endpoint, tmp_path):
    """A place of its own in the bucket."""
    return S3Files(f"s3://art/{tmp_path.name}", endpoint)
